//! Certificates whose keys are in KMS: deprecated as a whole.
//!
//! KMS takes no new certificates. Certificate Management Service issues and keeps them, and
//! [`asymmetric`](super::asymmetric) keys encrypt and sign.

use crate::api::values::{
    CertificateStatus, EncryptionAlgorithm, KeySpec, MessageType, SigningAlgorithm,
};
use crate::{JsonObject, KmsClient, SecretString, Timestamp, kms_api};

kms_api! {
    version = "2016-01-20";
    impl KmsClient;
    examples = "client";
    pub registry ACTIONS;

    /// Uploads the certificate that was issued for a certificate request of KMS.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-uploadcertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action UploadCertificate {
        gateways: shared;
        // A repeated call is refused: the certificate was uploaded already.
        idempotent: false;
        request {
            /// The id of the certificate.
            certificate_id: String,
            /// The certificate, in PEM.
            certificate: String,
            /// The certificates of its issuers, in PEM.
            certificate_chain: Option<String>,
        }
        response {}
    }

    /// Returns a certificate with the certificates of its issuers.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-getcertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action GetCertificate {
        gateways: shared;
        idempotent: true;
        request {
            /// The id of the certificate.
            certificate_id: String,
        }
        response {
            /// The id of the certificate.
            certificate_id: String,
            /// The certificate, in PEM.
            certificate: Option<String>,
            /// The certificates of its issuers, in PEM.
            certificate_chain: Option<String>,
            /// The certificate request that it was issued for, in PEM.
            csr: Option<String>,
        }
    }

    /// Returns the description of a certificate.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-describecertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action DescribeCertificate {
        gateways: shared;
        idempotent: true;
        request {
            /// The id of the certificate.
            certificate_id: String,
        }
        response {
            /// The certificate's ARN.
            arn: Option<String>,
            /// The id of the certificate.
            certificate_id: String,
            /// The status: whether it can be used.
            status: Option<CertificateStatus>,
            /// The type of its key.
            key_spec: Option<KeySpec>,
            /// The algorithm that signed it, such as `RSA2048-SHA256`.
            signature_algorithm: Option<String>,
            /// Whether its private key can be exported from KMS.
            exportable_private_key: Option<bool>,
            /// The issuer's distinguished name.
            issuer: Option<String>,
            /// The serial number.
            serial: Option<String>,
            /// The subject's distinguished name.
            subject: Option<String>,
            /// The subject's alternative names, such as domains.
            subject_alternative_names: Vec<String>,
            /// The public key's identifier.
            subject_key_identifier: Option<String>,
            /// The public key, in PEM.
            subject_public_key: Option<String>,
            /// The time from which it is valid, in UTC.
            not_before: Option<String>,
            /// The time until which it is valid, in UTC.
            not_after: Option<String>,
            /// The time of its creation, in UTC.
            created_at: Option<Timestamp>,
            /// The time of its last change, in UTC.
            updated_at: Option<Timestamp>,
            /// The tags.
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
            /// The id of the certificate.
            certificate_id: String,
            /// `ACTIVE`, `INACTIVE` or `REVOKED`.
            status: CertificateStatus,
        }
        response {}
    }

    /// Deletes a certificate and its key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-deletecertificate"]
    #[deprecated(note = "use Certificate Management Service")]
    pub action DeleteCertificate {
        gateways: shared;
        // A repeated call is refused: the certificate is gone.
        idempotent: false;
        request {
            /// The id of the certificate.
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
            /// The id of the certificate.
            certificate_id: String,
            /// The algorithm.
            algorithm: EncryptionAlgorithm,
            /// The plaintext, in Base64.
            #[secret] plaintext: SecretString as base64,
        }
        response {
            /// The id of the certificate.
            certificate_id: String,
            /// The ciphertext, in Base64.
            ciphertext_blob: String,
        }
    }

    /// Decrypts a ciphertext with a certificate's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-certificateprivatekeydecrypt"]
    #[deprecated(note = "use AsymmetricDecrypt with a key of the service")]
    pub action CertificatePrivateKeyDecrypt {
        gateways: shared;
        idempotent: true;
        request {
            /// The id of the certificate.
            certificate_id: String,
            /// The algorithm that made the ciphertext.
            algorithm: EncryptionAlgorithm,
            /// The ciphertext, in Base64.
            ciphertext_blob: String as base64,
        }
        response {
            /// The id of the certificate.
            certificate_id: String,
            /// The plaintext, in Base64.
            #[secret] plaintext: SecretString or empty,
        }
    }

    /// Signs a message or its digest with a certificate's private key.
    #[doc_url = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-certificateprivatekeysign"]
    #[deprecated(note = "use AsymmetricSign with a key of the service")]
    pub action CertificatePrivateKeySign {
        gateways: shared;
        idempotent: true;
        request {
            /// The id of the certificate.
            certificate_id: String,
            /// The algorithm.
            algorithm: SigningAlgorithm,
            /// The message (up to 4 KB) or its digest, in Base64.
            #[secret] message: SecretString as base64,
            /// Whether `Message` is the message itself or its digest.
            message_type: MessageType,
        }
        response {
            /// The id of the certificate.
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
            /// The id of the certificate.
            certificate_id: String,
            /// The algorithm that made the signature.
            algorithm: SigningAlgorithm,
            /// The message (up to 4 KB) or its digest, in Base64.
            #[secret] message: SecretString as base64,
            /// Whether `Message` is the message itself or its digest.
            message_type: MessageType,
            /// The signature, in Base64.
            signature_value: String as base64,
        }
        response {
            /// The id of the certificate.
            certificate_id: String,
            /// Whether the signature is valid for the message.
            signature_valid: bool,
        }
    }
}
