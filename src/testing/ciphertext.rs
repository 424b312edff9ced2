//! Fake ciphertexts in the layout of real ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The id of the key version in mock ciphertexts.
pub(super) const KEY_VERSION: &str = "00000000-0000-4000-8000-6d6f636b6564";

const NONCE: &[u8; 12] = b"a mock nonce";
/// Stands in for the tag, so that the ciphertext of an empty text is complete.
const TAG: &[u8; 16] = b"not a cipher tag";

/// Returns a fake ciphertext in the service's layout, in Base64. Equal texts give equal
/// ciphertexts, different texts different ones.
///
/// An instance with a client key accepts only ciphertexts with a key version and a nonce, and the
/// client checks that before it sends anything. Use this for answers and inputs of tests against
/// [`MockGateway::builder`](super::MockGateway::builder). Nothing is encrypted: the text can be
/// read from the result.
///
/// ```
/// use alibabacloud_kms::ExposeSecret;
/// use alibabacloud_kms::api::crypto::DecryptRequest;
/// use alibabacloud_kms::testing::{MockGateway, ciphertext};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), alibabacloud_kms::Error> {
/// let mock = MockGateway::new();
/// mock.on::<DecryptRequest>().answer_with(|_, answer| answer.plaintext = "text".into());
/// let client = mock.builder().build()?;
/// let opened = client.decrypt(DecryptRequest::new(ciphertext("any text"))).await?;
/// assert_eq!(opened.plaintext.expose_secret(), "text");
/// # Ok(()) }
/// ```
pub fn ciphertext(text: impl AsRef<[u8]>) -> String {
    STANDARD.encode([KEY_VERSION.as_bytes(), NONCE, text.as_ref(), TAG].concat())
}
