//! Certificates with keys of the service: deprecated as a whole.
//!
//! The service takes no new certificates. Certificate Management Service issues and keeps them, and
//! [`asymmetric`](super::asymmetric) keys encrypt and sign.

use crate::api::values::{
    CertificateStatus, EncryptionAlgorithm, KeySpec, MessageType, SigningAlgorithm,
};
use crate::{JsonObject, KmsClient, SecretString, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    pub registry ACTIONS;

    /// Uploads the certificate that was issued for a key of the service.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-uploadcertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action UploadCertificate {
        gateways: shared;
        // A repeated call is refused: the certificate is there.
        idempotent: false;
        request {
            /// The certificate's id.
            certificate_id: String,
            /// The certificate, as PEM.
            certificate: String,
            /// The chain above it, as PEM.
            certificate_chain: Option<String>,
        }
        response {}
    }

    /// Gives a certificate with its chain.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getcertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action GetCertificate {
        gateways: shared;
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
        }
        response {
            /// The certificate's id.
            certificate_id: String,
            /// The certificate, as PEM.
            certificate: Option<String>,
            /// The chain above it, as PEM.
            certificate_chain: Option<String>,
            /// The request that it was issued for, as PEM.
            csr: Option<String>,
        }
    }

    /// Describes a certificate.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describecertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action DescribeCertificate {
        gateways: shared;
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
        }
        response {
            /// The certificate's ARN.
            arn: Option<String>,
            /// The certificate's id.
            certificate_id: String,
            /// Whether it can be used.
            status: Option<CertificateStatus>,
            /// What its key is.
            key_spec: Option<KeySpec>,
            /// The algorithm that signed it, such as `RSA2048-SHA256`.
            signature_algorithm: Option<String>,
            /// Whether its private key can leave the service.
            exportable_private_key: Option<bool>,
            /// The issuer's distinguished name.
            issuer: Option<String>,
            /// The serial number.
            serial: Option<String>,
            /// The subject's distinguished name.
            subject: Option<String>,
            /// The subject's other names, such as domains.
            subject_alternative_names: Vec<String>,
            /// The public key's identifier.
            subject_key_identifier: Option<String>,
            /// The public key, as PEM.
            subject_public_key: Option<String>,
            /// When it begins to be valid, in UTC.
            not_before: Option<String>,
            /// When it ends to be valid, in UTC.
            not_after: Option<String>,
            /// When it was made, in UTC.
            created_at: Option<String>,
            /// When it was last changed, in UTC.
            updated_at: Option<String>,
            /// Its tags.
            tags: Option<JsonObject>,
        }
    }

    /// Sets whether a certificate can be used.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-updatecertificatestatus"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action UpdateCertificateStatus {
        gateways: shared;
        // The same status again changes nothing.
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
            /// `ACTIVE`, `INACTIVE` or `REVOKED`.
            status: CertificateStatus,
        }
        response {}
    }

    /// Deletes a certificate with its key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletecertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action DeleteCertificate {
        gateways: shared;
        // A repeated call is refused: the certificate is gone.
        idempotent: false;
        request {
            /// The certificate's id.
            certificate_id: String,
        }
        response {}
    }

    /// Encrypts a short value with a certificate's public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-certificatepublickeyencrypt"]
    #[deprecated(note = "use AsymmetricEncrypt with a key of the service")]
    pub action CertificatePublicKeyEncrypt {
        gateways: shared;
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
            /// The algorithm.
            algorithm: EncryptionAlgorithm,
            /// What to encrypt, in Base64.
            #[secret] plaintext: SecretString,
        }
        response {
            /// The certificate's id.
            certificate_id: String,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
        }
    }

    /// Decrypts with a certificate's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-certificateprivatekeydecrypt"]
    #[deprecated(note = "use AsymmetricDecrypt with a key of the service")]
    pub action CertificatePrivateKeyDecrypt {
        gateways: shared;
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
            /// The algorithm that encrypted.
            algorithm: EncryptionAlgorithm,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
        }
        response {
            /// The certificate's id.
            certificate_id: String,
            /// What was encrypted, in Base64.
            #[secret] plaintext: SecretString,
        }
    }

    /// Signs a message or its digest with a certificate's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-certificateprivatekeysign"]
    #[deprecated(note = "use AsymmetricSign with a key of the service")]
    pub action CertificatePrivateKeySign {
        gateways: shared;
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
            /// The algorithm.
            algorithm: SigningAlgorithm,
            /// The message, 4 KB at most, or its digest, in Base64.
            #[secret] message: SecretString,
            /// Which of the two it is.
            message_type: MessageType,
        }
        response {
            /// The certificate's id.
            certificate_id: String,
            /// The signature, in Base64.
            signature_value: String,
        }
    }

    /// Verifies a signature with a certificate's public key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-certificatepublickeyverify"]
    #[deprecated(note = "use AsymmetricVerify with a key of the service")]
    pub action CertificatePublicKeyVerify {
        gateways: shared;
        idempotent: true;
        request {
            /// The certificate's id.
            certificate_id: String,
            /// The algorithm that signed.
            algorithm: SigningAlgorithm,
            /// The message, 4 KB at most, or its digest, in Base64.
            #[secret] message: SecretString,
            /// Which of the two it is.
            message_type: MessageType,
            /// The signature, in Base64.
            signature_value: String,
        }
        response {
            /// The certificate's id.
            certificate_id: String,
            /// Whether the signature is the message's.
            signature_valid: bool,
        }
    }
}
