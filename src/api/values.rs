//! Parameters with a known set of values, as enums.
//!
//! Each enum keeps an unknown value as `Other`, so a value that KMS introduces later can be sent
//! and read with this version of the crate too.
//!
//! ```
//! use alibabacloud_kms::api::values::{KeySpec, KeyState};
//!
//! assert_eq!(KeySpec::Rsa2048.as_str(), "RSA_2048");
//! assert_eq!(KeyState::from("Enabled"), KeyState::Enabled);
//! assert_eq!(KeyState::from("Resting").as_str(), "Resting");
//! ```

use crate::kms_api;

kms_api! {
    version = "2016-01-20";

    /// The type of a key.
    pub values KeySpec {
        /// `Aliyun_AES_256`, the default.
        Aes256 = "Aliyun_AES_256",
        /// `Aliyun_AES_192`, in hardware instances only.
        Aes192 = "Aliyun_AES_192",
        /// `Aliyun_AES_128`, in hardware instances only.
        Aes128 = "Aliyun_AES_128",
        /// `Aliyun_SM4`, with 128 bits.
        Sm4 = "Aliyun_SM4",
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        /// `EC_P256`, on the NIST curve P-256.
        EcP256 = "EC_P256",
        /// `EC_P256K`, on the curve secp256k1.
        EcP256k = "EC_P256K",
        /// `EC_SM2`, on the curve of SM2.
        EcSm2 = "EC_SM2",
    }

    /// The type of a data key, which gives its length.
    pub values DataKeySpec {
        /// `AES_256`: 32 bytes, the default.
        Aes256 = "AES_256",
        /// `AES_128`: 16 bytes.
        Aes128 = "AES_128",
    }

    /// The use of a key.
    pub values KeyUsage {
        EncryptDecrypt = "ENCRYPT/DECRYPT",
        SignVerify = "SIGN/VERIFY",
    }

    /// The origin of a key's material.
    pub values KeyOrigin {
        /// `Aliyun_KMS`: KMS generated it.
        AliyunKms = "Aliyun_KMS",
        /// `EXTERNAL`: the owner imports it.
        External = "EXTERNAL",
        /// `EXTERNAL_KEY_STORE`: it stays in a key store of the owner.
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }

    /// The protection of a key's material.
    pub values ProtectionLevel {
        Software = "SOFTWARE",
        /// `HSM`, a hardware security module.
        Hsm = "HSM",
    }

    /// The state of a key: whether it can be used.
    pub values KeyState {
        Enabled = "Enabled",
        Disabled = "Disabled",
        /// `PendingDeletion`: its deletion is scheduled, and it cannot be used.
        PendingDeletion = "PendingDeletion",
        /// `PendingImport`: its material has not been imported, and it cannot be used.
        PendingImport = "PendingImport",
    }

    /// The automatic rotation of a key or a secret.
    pub values RotationStatus {
        Enabled = "Enabled",
        Disabled = "Disabled",
        /// `Suspended`: paused because the key cannot be used.
        Suspended = "Suspended",
        /// `Invalid`: the secret cannot be rotated at present.
        Invalid = "Invalid",
    }

    /// Whether a key is protected from deletion.
    pub values DeletionProtection {
        Enabled = "Enabled",
        Disabled = "Disabled",
    }

    /// An encryption algorithm.
    pub values EncryptionAlgorithm {
        /// `RSAES_OAEP_SHA_256`, for RSA keys.
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        /// `RSAES_OAEP_SHA_1`, for RSA keys.
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// `SM2PKE`, for SM2 keys.
        Sm2Pke = "SM2PKE",
        /// `AES_GCM`. Symmetric algorithms are for native operations only.
        AesGcm = "AES_GCM",
        AesCbc = "AES_CBC",
        AesEcb = "AES_ECB",
        Sm4Gcm = "SM4_GCM",
    }

    /// A signature algorithm.
    pub values SigningAlgorithm {
        RsaPssSha256 = "RSA_PSS_SHA_256",
        RsaPkcs1Sha256 = "RSA_PKCS1_SHA_256",
        EcdsaSha256 = "ECDSA_SHA_256",
        /// `SM2DSA`, which signs an SM3 digest.
        Sm2Dsa = "SM2DSA",
    }

    /// Whether a parameter holds a message or its digest.
    pub values MessageType {
        Raw = "RAW",
        Digest = "DIGEST",
    }

    /// An algorithm of message authentication codes.
    pub values MacAlgorithm {
        HmacSha224 = "HMAC_SHA_224",
        HmacSha256 = "HMAC_SHA_256",
        HmacSha384 = "HMAC_SHA_384",
        HmacSha512 = "HMAC_SHA_512",
        HmacSm3 = "HMAC_SM3",
    }

    /// The algorithm that encrypts a key for its transport.
    pub values WrappingAlgorithm {
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// `RSAES_PKCS1_V1_5`, to import key material only.
        RsaesPkcs1V15 = "RSAES_PKCS1_V1_5",
        Sm2Pke = "SM2PKE",
    }

    /// The type of a key that encrypts another for its transport.
    pub values WrappingKeySpec {
        Rsa2048 = "RSA_2048",
        EcSm2 = "EC_SM2",
    }

    /// The format of the public and private key of a data key pair.
    pub values KeyFormat {
        Pem = "PEM",
        Der = "DER",
    }

    /// The type of a secret, which decides how it is rotated.
    pub values SecretType {
        /// `Generic`, the default: any data, which KMS does not rotate.
        Generic = "Generic",
        /// `Rds`: accounts of an ApsaraDB RDS database.
        Rds = "Rds",
        /// `Redis`: accounts of a Tair or Redis database.
        Redis = "Redis",
        /// `RAMCredentials`: the access key of a RAM user.
        RamCredentials = "RAMCredentials",
        /// `ECS`: the password or SSH key of an ECS server.
        Ecs = "ECS",
    }

    /// The type of a secret's data.
    pub values SecretDataType {
        /// `text`, the default.
        Text = "text",
        /// `binary`, in Base64.
        Binary = "binary",
    }

    /// The type of a resource that can have tags.
    pub values ResourceType {
        Key = "key",
        Secret = "secret",
    }

    /// The status of a certificate: whether it can be used.
    pub values CertificateStatus {
        /// `PENDING`: the issued certificate has not been uploaded.
        Pending = "PENDING",
        Active = "ACTIVE",
        Inactive = "INACTIVE",
        /// `REVOKED`: it can verify signatures and cannot make them.
        Revoked = "REVOKED",
    }

    /// How an application authenticates.
    pub values AuthenticationMethod {
        /// `ClientKey`, the default: with a client key.
        ClientKey = "ClientKey",
    }

    /// The origin of a client key.
    pub values ClientKeyOrigin {
        /// `KMS_PROVIDED`: KMS generated it.
        KmsProvided = "KMS_PROVIDED",
    }

    /// The type of network that a rule applies to.
    pub values NetworkType {
        /// `Private`: private addresses.
        Private = "Private",
    }

    /// The provider of an instance.
    pub values InstanceProvider {
        Aliyun = "Aliyun",
    }

    /// The status of an instance: whether it can be used.
    pub values InstanceStatus {
        /// `Uninitialized`: purchased, and not connected to a VPC.
        Uninitialized = "Uninitialized",
        Connecting = "Connecting",
        Connected = "Connected",
        Disconnected = "Disconnected",
        Error = "Error",
    }

    /// Whether an account can use KMS.
    pub values AccountStatus {
        Enabled = "Enabled",
        NotEnabled = "NotEnabled",
        /// `InDebt`: not until outstanding bills are paid.
        InDebt = "InDebt",
    }
}
