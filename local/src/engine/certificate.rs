//! Certificates for keys of the service: requests, uploads and use.
//!
//! For these actions, the service's pages name only the code `Certificate.NotFound`. If the status
//! of a certificate does not allow an action, the codes are those of keys.

mod name;
mod request;
mod x509;

use std::time::SystemTime;

use zeroize::Zeroizing;

use self::x509::X509;
use super::asymmetric::public_pem;
use super::material::Material;
use super::spec::{KeySpec, KeyUsage};
use super::tables::{Certificate, CertificateStatus, Tables};
use super::{
    DataKeyPair, EncryptionAlgorithm, Engine, Fault, KeyFormat, Message, ResourceType,
    SigningAlgorithm, Tag,
};

/// The maximum length, in bytes, of a message that is signed without being hashed by the caller.
const MAX_MESSAGE: usize = 4096;
const MAX_NAMES: usize = 10;

/// A certificate to request.
pub(crate) struct NewCertificate<'a> {
    pub(crate) spec: KeySpec,
    /// In the form of RFC 2253, with `CN`, `OU`, `O` and `C`.
    pub(crate) subject: &'a str,
    /// Up to 10 domains.
    pub(crate) alternative_names: Vec<String>,
    pub(crate) is_exportable: bool,
}

/// A stored certificate.
pub(crate) struct CertificateText {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) request: String,
    pub(crate) certificate: Option<String>,
    pub(crate) chain: Option<String>,
}

/// A certificate as the service describes it.
pub(crate) struct CertificateMetadata {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) spec: KeySpec,
    pub(crate) status: CertificateStatus,
    pub(crate) subject: String,
    pub(crate) alternative_names: Vec<String>,
    pub(crate) is_exportable: bool,
    pub(crate) public_key: String,
    pub(crate) create_time: SystemTime,
    pub(crate) update_time: SystemTime,
    pub(crate) tags: Vec<Tag>,
    /// `None` before the upload.
    pub(crate) x509: Option<X509>,
}

impl Engine {
    /// Generates a key and creates a certificate request for it.
    pub(crate) fn create_certificate(
        &self,
        new: NewCertificate<'_>,
    ) -> Result<CertificateText, Fault> {
        if new.alternative_names.len() > MAX_NAMES {
            return Err(Fault::invalid("SubjectAlternativeNames"));
        }
        let subject = name::parse(new.subject).ok_or_else(|| Fault::invalid("Subject"))?;
        match new.spec {
            KeySpec::Rsa2048 | KeySpec::EcP256 => {}
            KeySpec::EcSm2 => {
                let message = "The local gateway does not make certificate requests for EC_SM2.";
                return Err(Fault::new(400, "UnsupportedOperation", message));
            }
            _ => return Err(Fault::invalid("KeySpec")),
        }
        let pair = DataKeyPair::generate(new.spec.as_str(), KeyFormat::Der)?;
        let request = request::write(new.spec, &pair.private_key, subject, &new.alternative_names)?;
        let now = self.now();
        let row = Certificate {
            id: self.random_uuid()?,
            spec: new.spec,
            private_key: pair.private_key,
            request,
            subject: new.subject.to_owned(),
            alternative_names: new.alternative_names,
            is_exportable: new.is_exportable,
            status: CertificateStatus::Pending,
            certificate: None,
            chain: None,
            create_time: now,
            update_time: now,
        };
        let text = self.certificate_text(&row);
        self.write().certificates.insert(row.id.clone(), row);
        Ok(text)
    }

    /// Stores and activates the certificate that was issued for a request. Only one upload is
    /// possible.
    pub(crate) fn upload_certificate(
        &self,
        id: &str,
        certificate: &str,
        chain: Option<&str>,
    ) -> Result<(), Fault> {
        let invalid = || Fault::invalid("Certificate");
        let issued = X509::parse(certificate).ok_or_else(invalid)?;
        if chain.is_some_and(|chain| !x509::is_chain(chain)) {
            return Err(Fault::invalid("CertificateChain"));
        }
        self.change_certificate(id, |row| {
            if row.status != CertificateStatus::Pending {
                return Err(Fault::resource_exists());
            }
            if row.pair(KeyUsage::SignVerify)?.public_der()? != issued.public_key {
                return Err(invalid());
            }
            row.certificate = Some(certificate.to_owned());
            row.chain = chain.map(str::to_owned);
            row.status = CertificateStatus::Active;
            Ok(())
        })
    }

    /// Returns a certificate with its request and its chain.
    pub(crate) fn certificate(&self, id: &str) -> Result<CertificateText, Fault> {
        let tables = self.read();
        Ok(self.certificate_text(tables.certificate(id)?))
    }

    /// Returns the description of a certificate.
    pub(crate) fn describe_certificate(&self, id: &str) -> Result<CertificateMetadata, Fault> {
        let tables = self.read();
        let row = tables.certificate(id)?.clone();
        let tags = tables.tags_of(ResourceType::Certificate, id).cloned().collect();
        drop(tables);
        let x509 = row.certificate.as_deref().map(X509::parse);
        let x509 = x509.map(|x509| x509.ok_or_else(Fault::internal)).transpose()?;
        Ok(CertificateMetadata {
            arn: self.certificate_arn(id),
            public_key: public_pem(&row.pair(KeyUsage::SignVerify)?.public_der()?),
            id: row.id,
            spec: row.spec,
            status: row.status,
            subject: row.subject,
            alternative_names: row.alternative_names,
            is_exportable: row.is_exportable,
            create_time: row.create_time,
            update_time: row.update_time,
            tags,
            x509,
        })
    }

    /// Sets the status of a certificate. A pending or revoked certificate cannot change its status.
    pub(crate) fn set_certificate_status(
        &self,
        id: &str,
        status: CertificateStatus,
    ) -> Result<(), Fault> {
        self.change_certificate(id, |row| {
            let is_final =
                matches!(row.status, CertificateStatus::Pending | CertificateStatus::Revoked);
            if is_final && status != row.status {
                return Err(Fault::key_state_unchangeable());
            }
            row.status = status;
            Ok(())
        })
    }

    /// Deletes a certificate and its key.
    pub(crate) fn delete_certificate(&self, id: &str) -> Result<(), Fault> {
        let tables = &mut *self.write();
        tables.certificate(id)?;
        tables.certificates.remove(id);
        tables.tags.retain(|(kind, of, _), _| *kind != ResourceType::Certificate || of != id);
        Ok(())
    }

    /// Encrypts with the public key of a certificate.
    pub(crate) fn certificate_encrypt(
        &self,
        id: &str,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        self.certificate_pair(id, KeyUsage::EncryptDecrypt)?.encrypt(algorithm, plaintext)
    }

    /// Decrypts a ciphertext with a certificate's private key.
    pub(crate) fn certificate_decrypt(
        &self,
        id: &str,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.certificate_pair(id, KeyUsage::EncryptDecrypt)?.decrypt(algorithm, ciphertext)
    }

    /// Signs a message with a certificate's private key.
    pub(crate) fn certificate_sign(
        &self,
        id: &str,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, Fault> {
        check_length(message)?;
        self.certificate_pair(id, KeyUsage::SignVerify)?.sign(algorithm, message)
    }

    /// Returns `true` if `signature` is valid for a certificate, which may be revoked.
    pub(crate) fn certificate_verify(
        &self,
        id: &str,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<bool, Fault> {
        check_length(message)?;
        let row = self.read().certificate(id)?.clone();
        if row.status != CertificateStatus::Revoked {
            row.check_active()?;
        }
        row.pair(KeyUsage::SignVerify)?.verify(algorithm, message, signature)
    }

    /// Returns the key pair of an active certificate.
    fn certificate_pair(&self, id: &str, usage: KeyUsage) -> Result<Material, Fault> {
        let row = self.read().certificate(id)?.clone();
        row.check_active()?;
        row.pair(usage)
    }

    fn change_certificate(
        &self,
        id: &str,
        change: impl FnOnce(&mut Certificate) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let now = self.now();
        let tables = &mut *self.write();
        let mut row = tables.certificate(id)?.clone();
        change(&mut row)?;
        row.update_time = now;
        tables.certificates.insert(row.id.clone(), row);
        Ok(())
    }

    fn certificate_text(&self, row: &Certificate) -> CertificateText {
        CertificateText {
            id: row.id.clone(),
            arn: self.certificate_arn(&row.id),
            request: row.request.clone(),
            certificate: row.certificate.clone(),
            chain: row.chain.clone(),
        }
    }

    fn certificate_arn(&self, id: &str) -> String {
        self.arn(&format!("certificate/{id}"))
    }
}

impl Tables {
    pub(super) fn certificate(&self, id: &str) -> Result<&Certificate, Fault> {
        self.certificates.get(id).ok_or_else(Fault::certificate_not_found)
    }
}

impl Certificate {
    fn pair(&self, usage: KeyUsage) -> Result<Material, Fault> {
        let material = Material::imported(self.spec, usage, self.private_key.clone());
        material.ok_or_else(Fault::internal)
    }

    fn check_active(&self) -> Result<(), Fault> {
        let code = match self.status {
            CertificateStatus::Active => return Ok(()),
            CertificateStatus::Pending => "Rejected.PendingImport",
            CertificateStatus::Inactive | CertificateStatus::Revoked => "Rejected.Disabled",
        };
        let status = self.status.as_str();
        let message = format!("The request was rejected because the certificate is {status}.");
        Err(Fault::new(409, code, message))
    }
}

fn check_length(message: Message<'_>) -> Result<(), Fault> {
    match message {
        Message::Raw(message) if message.len() > MAX_MESSAGE => Err(Fault::invalid("Message")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
