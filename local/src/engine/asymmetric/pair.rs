//! Data key pairs: the service generates them, and their owner keeps them.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::PrivateDecryptingKey;
use aws_lc_rs::signature::KeyPair;
use zeroize::Zeroizing;

use super::super::Fault;
use super::super::material::{Drawn, Material};
use super::super::spec::{KeySpec, KeyUsage};
use super::pem::{private_pem, public_pem};

/// The encoding of a pair: the private key is PKCS#8, the public key a `SubjectPublicKeyInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFormat {
    Pem,
    Der,
}

/// An encoded pair.
pub(crate) struct DataKeyPair {
    pub(crate) spec: KeySpec,
    pub(crate) private_key: Zeroizing<Vec<u8>>,
    pub(crate) public_key: Vec<u8>,
}

impl KeyFormat {
    /// Returns the format named `name`, or PEM if `name` is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" | "PEM" => Ok(Self::Pem),
            "DER" => Ok(Self::Der),
            _ => Err(Fault::invalid("KeyFormat")),
        }
    }
}

impl DataKeyPair {
    /// Generates a pair of the spec named `spec`.
    pub(crate) fn generate(spec: &str, format: KeyFormat) -> Result<Self, Fault> {
        if spec.is_empty() {
            return Err(Fault::missing("KeyPairSpec"));
        }
        let invalid = || Fault::invalid("KeyPairSpec");
        let spec = KeySpec::parse(spec).map_err(|_| invalid())?;
        if !spec.is_asymmetric() {
            return Err(invalid());
        }
        spec.check_built()?;
        // An RSA pair is generated for decryption, because `rsa` encodes only this type.
        let usage = spec.usages().first().copied().unwrap_or(KeyUsage::SignVerify);
        let material = Material::lazy(spec, usage);
        let (private, public) = match material.drawn()? {
            Drawn::RsaDecrypt(pair) => rsa(pair)?,
            Drawn::EcSign(pair) => {
                let private = pair.to_pkcs8v1()?;
                let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
                (Zeroizing::new(private.as_ref().to_vec()), public.as_ref().to_vec())
            }
            #[cfg(feature = "sm")]
            Drawn::Sm2(pair) => (pair.private_der()?, pair.public_der()?),
            Drawn::Bytes(_) | Drawn::RsaSign(_) => return Err(Fault::internal()),
        };
        let (private_key, public_key) = match format {
            KeyFormat::Der => (private, public),
            KeyFormat::Pem => {
                let pem = private_pem(&private);
                (Zeroizing::new(pem.as_bytes().to_vec()), public_pem(&public).into_bytes())
            }
        };
        Ok(Self { spec, private_key, public_key })
    }
}

fn rsa(pair: &PrivateDecryptingKey) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), Fault> {
    let private: Pkcs8V1Der<'_> = pair.as_der()?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
    Ok((Zeroizing::new(private.as_ref().to_vec()), public.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::{DataKeyPair, Fault, KeyFormat, KeySpec};

    #[test]
    fn pairs_of_every_asymmetric_spec_are_written_in_both_formats() {
        for (spec, name) in KeySpec::ALL {
            for format in [KeyFormat::Pem, KeyFormat::Der] {
                let pair = DataKeyPair::generate(name, format);
                if !spec.is_asymmetric() {
                    assert_eq!(pair.err(), Some(Fault::invalid("KeyPairSpec")), "{name}");
                    continue;
                }
                if let Err(fault) = spec.check_built() {
                    assert_eq!(pair.err(), Some(fault));
                    continue;
                }
                let pair = pair.expect("the pair is drawn");
                assert_eq!(pair.spec, spec);
                let (private, public) = (&pair.private_key, &pair.public_key);
                if format == KeyFormat::Pem {
                    assert!(private.starts_with(b"-----BEGIN PRIVATE KEY-----\n"), "{name}");
                    assert!(public.starts_with(b"-----BEGIN PUBLIC KEY-----\n"), "{name}");
                } else {
                    assert_eq!((private[0], public[0]), (0x30, 0x30), "{name}");
                }
            }
        }
    }

    #[test]
    fn names_outside_the_lists_are_refused() {
        let missing = DataKeyPair::generate("", KeyFormat::Pem).err();
        assert_eq!(missing, Some(Fault::missing("KeyPairSpec")));
        let invalid = DataKeyPair::generate("RSA_1024", KeyFormat::Pem).err();
        assert_eq!(invalid, Some(Fault::invalid("KeyPairSpec")));
        assert_eq!(KeyFormat::parse("pem"), Err(Fault::invalid("KeyFormat")));
        assert_eq!(KeyFormat::parse(""), Ok(KeyFormat::Pem));
    }
}
