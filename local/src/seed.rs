//! The initial keys and secrets of every local gateway, and its region.

/// The alias of an `Aliyun_AES_256` key that every local gateway has.
pub const DEFAULT_KEY: &str = "alias/default";
/// The alias of an `RSA_2048` key for encryption.
pub const RSA_ENCRYPT_KEY: &str = "alias/rsa-encrypt";
/// The alias of an `RSA_2048` key for signatures.
pub const RSA_SIGN_KEY: &str = "alias/rsa-sign";
/// The alias of an `EC_P256` key for signatures.
pub const EC_SIGN_KEY: &str = "alias/ec-sign";
/// The name of a secret of the type `Generic` that every local gateway has.
pub const EXAMPLE_SECRET: &str = "example";
/// The name of a managed data key, of two versions, that every local gateway has: no action makes
/// one.
pub const EXAMPLE_DATA_KEY: &str = "example-data-key";
/// The region in every ARN.
pub const REGION: &str = "cn-hangzhou";
