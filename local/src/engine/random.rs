//! Random bytes.

use zeroize::Zeroizing;

use super::{Engine, Fault};

/// The maximum length of a data key or a random string, in bytes.
const MAX_RANDOM: usize = 1024;

impl Engine {
    /// Generates `length` random bytes (1 to 1024).
    pub(crate) fn generate_random(&self, length: usize) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.random_bytes(length, "Length")
    }

    /// Generates a data key of `number_of_bytes` (1 to 1024). The caller encrypts it in the form of
    /// its dialect.
    pub(crate) fn generate_data_key(
        &self,
        number_of_bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.random_bytes(number_of_bytes, "NumberOfBytes")
    }

    fn random_bytes(&self, length: usize, name: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if !(1..=MAX_RANDOM).contains(&length) {
            return Err(Fault::invalid(name));
        }
        let mut bytes = Zeroizing::new(vec![0; length]);
        self.fill_random(&mut bytes)?;
        Ok(bytes)
    }
}
