//! What every local gateway has, and where it says that it is.

/// The alias of a symmetric key (`Aliyun_AES_256`) that every local gateway has.
pub const DEFAULT_KEY: &str = "alias/default";
/// The alias of an `RSA_2048` key that encrypts.
pub const RSA_ENCRYPT_KEY: &str = "alias/rsa-encrypt";
/// The alias of an `RSA_2048` key that signs.
pub const RSA_SIGN_KEY: &str = "alias/rsa-sign";
/// The alias of an `EC_P256` key that signs.
pub const EC_SIGN_KEY: &str = "alias/ec-sign";
/// The name of a secret of the type `Generic` that every local gateway has.
pub const EXAMPLE_SECRET: &str = "example";
/// The region in every ARN.
pub const REGION: &str = "cn-hangzhou";
