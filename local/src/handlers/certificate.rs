//! Certificates. All of these actions are deprecated.

#![expect(deprecated, reason = "the service still answers them")]

use alibabacloud_kms::api::certificate::{
    CertificatePrivateKeyDecryptRequest, CertificatePrivateKeyDecryptResponse,
    CertificatePrivateKeySignRequest, CertificatePrivateKeySignResponse,
    CertificatePublicKeyEncryptRequest, CertificatePublicKeyEncryptResponse,
    CertificatePublicKeyVerifyRequest, CertificatePublicKeyVerifyResponse,
    DeleteCertificateRequest, DeleteCertificateResponse, DescribeCertificateRequest,
    DescribeCertificateResponse, GetCertificateRequest, GetCertificateResponse,
    UpdateCertificateStatusRequest, UpdateCertificateStatusResponse, UploadCertificateRequest,
    UploadCertificateResponse,
};
use alibabacloud_kms::middleware::wire::time::iso8601;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::checks::{decode, encode};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{
    CertificateMetadata, CertificateStatus, EncryptionAlgorithm, Fault, Message, SigningAlgorithm,
};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CertificatePrivateKeyDecryptRequest>(),
    Handler::new::<CertificatePrivateKeySignRequest>(),
    Handler::new::<CertificatePublicKeyEncryptRequest>(),
    Handler::new::<CertificatePublicKeyVerifyRequest>(),
    Handler::new::<DeleteCertificateRequest>(),
    Handler::new::<DescribeCertificateRequest>(),
    Handler::new::<GetCertificateRequest>(),
    Handler::new::<UpdateCertificateStatusRequest>(),
    Handler::new::<UploadCertificateRequest>(),
];

impl Handle for UploadCertificateRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UploadCertificateResponse>, Fault> {
        let chain = optional(self.certificate_chain.as_ref());
        context.engine.upload_certificate(&self.certificate_id, &self.certificate, chain)?;
        Ok(UploadCertificateResponse::default().into())
    }
}

impl Handle for GetCertificateRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetCertificateResponse>, Fault> {
        let kept = context.engine.certificate(&self.certificate_id)?;
        let response = payload!(GetCertificateResponse {
            certificate_id: kept.id,
            certificate: kept.certificate,
            certificate_chain: kept.chain,
            csr: Some(kept.request),
        });
        Ok(response.into())
    }
}

impl Handle for DescribeCertificateRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DescribeCertificateResponse>, Fault> {
        Ok(describe(context.engine.describe_certificate(&self.certificate_id)?).into())
    }
}

fn describe(kept: CertificateMetadata) -> DescribeCertificateResponse {
    let tags = kept.tags.into_iter().map(|tag| (tag.key, tag.value.into())).collect();
    let mut response = payload!(DescribeCertificateResponse {
        arn: Some(kept.arn),
        certificate_id: kept.id,
        status: Some(kept.status.as_str().into()),
        key_spec: Some(kept.spec.as_str().into()),
        exportable_private_key: Some(kept.is_exportable),
        subject: Some(kept.subject),
        subject_alternative_names: kept.alternative_names,
        subject_public_key: Some(kept.public_key),
        created_at: Some(kept.create_time.into()),
        updated_at: Some(kept.update_time.into()),
        tags: Some(tags),
    });
    if let Some(x509) = kept.x509 {
        response.signature_algorithm = Some(x509.signature_algorithm);
        response.issuer = Some(x509.issuer);
        response.serial = Some(x509.serial);
        response.subject = Some(x509.subject);
        response.subject_alternative_names = x509.alternative_names;
        response.subject_key_identifier = x509.key_identifier;
        response.not_before = Some(iso8601(x509.not_before));
        response.not_after = Some(iso8601(x509.not_after));
    }
    response
}

impl Handle for UpdateCertificateStatusRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateCertificateStatusResponse>, Fault> {
        let status = CertificateStatus::parse(self.status.as_str())?;
        context.engine.set_certificate_status(&self.certificate_id, status)?;
        Ok(UpdateCertificateStatusResponse::default().into())
    }
}

impl Handle for DeleteCertificateRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DeleteCertificateResponse>, Fault> {
        context.engine.delete_certificate(&self.certificate_id)?;
        Ok(DeleteCertificateResponse::default().into())
    }
}

impl Handle for CertificatePublicKeyEncryptRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CertificatePublicKeyEncryptResponse>, Fault> {
        let ciphertext = context.engine.certificate_encrypt(
            &self.certificate_id,
            EncryptionAlgorithm::parse(self.algorithm.as_str())?,
            &decode("Plaintext", self.plaintext.expose_secret())?,
        )?;
        let response = payload!(CertificatePublicKeyEncryptResponse {
            certificate_id: self.certificate_id.clone(),
            ciphertext_blob: encode(&ciphertext),
        });
        Ok(response.into())
    }
}

impl Handle for CertificatePrivateKeyDecryptRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CertificatePrivateKeyDecryptResponse>, Fault> {
        let plaintext = context.engine.certificate_decrypt(
            &self.certificate_id,
            EncryptionAlgorithm::parse(self.algorithm.as_str())?,
            &decode("CiphertextBlob", &self.ciphertext_blob)?,
        )?;
        let text = Zeroizing::new(encode(&plaintext));
        let response = payload!(CertificatePrivateKeyDecryptResponse {
            certificate_id: self.certificate_id.clone(),
            plaintext: SecretString::from(text.as_str()),
        });
        Ok(response.into())
    }
}

impl Handle for CertificatePrivateKeySignRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CertificatePrivateKeySignResponse>, Fault> {
        let text = decode("Message", self.message.expose_secret())?;
        let signature = context.engine.certificate_sign(
            &self.certificate_id,
            SigningAlgorithm::parse(self.algorithm.as_str())?,
            message(self.message_type.as_str(), &text)?,
        )?;
        let response = payload!(CertificatePrivateKeySignResponse {
            certificate_id: self.certificate_id.clone(),
            signature_value: encode(&signature),
        });
        Ok(response.into())
    }
}

impl Handle for CertificatePublicKeyVerifyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CertificatePublicKeyVerifyResponse>, Fault> {
        let text = decode("Message", self.message.expose_secret())?;
        let is_valid = context.engine.certificate_verify(
            &self.certificate_id,
            SigningAlgorithm::parse(self.algorithm.as_str())?,
            message(self.message_type.as_str(), &text)?,
            &decode("SignatureValue", &self.signature_value)?,
        )?;
        let response = payload!(CertificatePublicKeyVerifyResponse {
            certificate_id: self.certificate_id.clone(),
            signature_valid: is_valid,
        });
        Ok(response.into())
    }
}

fn message<'a>(message_type: &str, text: &'a [u8]) -> Result<Message<'a>, Fault> {
    match message_type {
        "RAW" => Ok(Message::Raw(text)),
        "DIGEST" => Ok(Message::Digest(text)),
        _ => Err(Fault::invalid("MessageType")),
    }
}
