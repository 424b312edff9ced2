//! The texts of known values that requests and responses carry.
//!
//! Each is an enum that keeps what it does not know as `Other`: a value that the service learns later
//! can be sent and read with this version of the crate too.
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

    /// What a key is.
    pub values KeySpec {
        /// `Aliyun_AES_256`, the default.
        Aes256 = "Aliyun_AES_256",
        /// `Aliyun_AES_192`: instances with hardware keys only.
        Aes192 = "Aliyun_AES_192",
        /// `Aliyun_AES_128`: instances with hardware keys only.
        Aes128 = "Aliyun_AES_128",
        /// `Aliyun_SM4`: 128 bits.
        Sm4 = "Aliyun_SM4",
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        /// `EC_P256`: NIST's curve P-256.
        EcP256 = "EC_P256",
        /// `EC_P256K`: the curve secp256k1.
        EcP256k = "EC_P256K",
        /// `EC_SM2`: the curve of SM2.
        EcSm2 = "EC_SM2",
    }

    /// How long a data key is.
    pub values DataKeySpec {
        /// `AES_256`: 32 octets, the default.
        Aes256 = "AES_256",
        /// `AES_128`: 16 octets.
        Aes128 = "AES_128",
    }

    /// What a key does.
    pub values KeyUsage {
        EncryptDecrypt = "ENCRYPT/DECRYPT",
        SignVerify = "SIGN/VERIFY",
    }

    /// Where a key's material is from.
    pub values KeyOrigin {
        /// `Aliyun_KMS`: the service made it.
        AliyunKms = "Aliyun_KMS",
        /// `EXTERNAL`: its owner imports it.
        External = "EXTERNAL",
        /// `EXTERNAL_KEY_STORE`: it stays in its owner's key store.
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }

    /// What protects a key's material.
    pub values ProtectionLevel {
        Software = "SOFTWARE",
        /// `HSM`: a hardware security module.
        Hsm = "HSM",
    }

    /// Whether a key can be used.
    pub values KeyState {
        Enabled = "Enabled",
        Disabled = "Disabled",
        /// `PendingDeletion`: it will be deleted, and cannot be used until then.
        PendingDeletion = "PendingDeletion",
        /// `PendingImport`: it has no material.
        PendingImport = "PendingImport",
    }

    /// Whether a key or a secret is rotated.
    pub values RotationStatus {
        Enabled = "Enabled",
        Disabled = "Disabled",
        /// `Suspended`: not while the key cannot be used.
        Suspended = "Suspended",
        /// `Invalid`: the secret cannot be rotated as things are.
        Invalid = "Invalid",
    }

    /// Whether a key is protected from deletion.
    pub values DeletionProtection {
        Enabled = "Enabled",
        Disabled = "Disabled",
    }

    /// An algorithm that encrypts.
    pub values EncryptionAlgorithm {
        /// `RSAES_OAEP_SHA_256`: with RSA keys.
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        /// `RSAES_OAEP_SHA_1`: with RSA keys.
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// `SM2PKE`: with SM2 keys.
        Sm2Pke = "SM2PKE",
        /// `AES_GCM`: an instance's own operations only, as all symmetric ones.
        AesGcm = "AES_GCM",
        AesCbc = "AES_CBC",
        AesEcb = "AES_ECB",
        Sm4Gcm = "SM4_GCM",
    }

    /// An algorithm that signs.
    pub values SigningAlgorithm {
        RsaPssSha256 = "RSA_PSS_SHA_256",
        RsaPkcs1Sha256 = "RSA_PKCS1_SHA_256",
        EcdsaSha256 = "ECDSA_SHA_256",
        /// `SM2DSA`: over a digest of SM3.
        Sm2Dsa = "SM2DSA",
    }

    /// Whether a message is signed itself or was digested before.
    pub values MessageType {
        Raw = "RAW",
        Digest = "DIGEST",
    }

    /// An algorithm that makes message authentication codes.
    pub values MacAlgorithm {
        HmacSha256 = "HMAC_SHA_256",
    }

    /// How a key is encrypted for its transport.
    pub values WrappingAlgorithm {
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// `RSAES_PKCS1_V1_5`: to import key material only.
        RsaesPkcs1V15 = "RSAES_PKCS1_V1_5",
        Sm2Pke = "SM2PKE",
    }

    /// What the key is that encrypts another for its transport.
    pub values WrappingKeySpec {
        Rsa2048 = "RSA_2048",
        EcSm2 = "EC_SM2",
    }

    /// How a data key pair's public and private keys are written.
    pub values KeyFormat {
        Pem = "PEM",
        Der = "DER",
    }

    /// What a secret is, and so who can rotate it.
    pub values SecretType {
        /// `Generic`: any data, the default.
        Generic = "Generic",
        /// `Rds`: accounts of a database of RDS.
        Rds = "Rds",
        /// `Redis`: accounts of a database of Tair or Redis.
        Redis = "Redis",
        /// `RAMCredentials`: an access key of a RAM user.
        RamCredentials = "RAMCredentials",
        /// `ECS`: a password or an SSH key of a server.
        Ecs = "ECS",
    }

    /// What a secret's data is.
    pub values SecretDataType {
        /// `text`, the default.
        Text = "text",
        /// `binary`: in Base64.
        Binary = "binary",
    }

    /// What has tags.
    pub values ResourceType {
        Key = "key",
        Secret = "secret",
    }

    /// Whether a certificate can be used.
    pub values CertificateStatus {
        /// `PENDING`: its certificate is to be uploaded.
        Pending = "PENDING",
        Active = "ACTIVE",
        Inactive = "INACTIVE",
        /// `REVOKED`: it verifies signatures and makes none.
        Revoked = "REVOKED",
    }

    /// How an application shows who it is.
    pub values AuthenticationMethod {
        /// `ClientKey`: with a client key, the default.
        ClientKey = "ClientKey",
    }

    /// Who made a client key.
    pub values ClientKeyOrigin {
        /// `KMS_PROVIDED`: the service.
        KmsProvided = "KMS_PROVIDED",
    }

    /// The network that a rule is about.
    pub values NetworkType {
        /// `Private`: private addresses.
        Private = "Private",
    }

    /// Who provides an instance.
    pub values InstanceProvider {
        Aliyun = "Aliyun",
    }

    /// Whether an instance can be used.
    pub values InstanceStatus {
        /// `Uninitialized`: it was bought and is not connected to a network.
        Uninitialized = "Uninitialized",
        Connecting = "Connecting",
        Connected = "Connected",
        Disconnected = "Disconnected",
        Error = "Error",
    }

    /// Whether an account can use the service.
    pub values AccountStatus {
        Enabled = "Enabled",
        NotEnabled = "NotEnabled",
        /// `InDebt`: not until its bills are paid.
        InDebt = "InDebt",
    }
}
