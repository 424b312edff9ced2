//! `CreateCertificate`, which is in the service's pages, but not in its newer specification and so
//! not in [`api`](alibabacloud_kms::api). Without it, there would be no certificate to upload.

use alibabacloud_kms::kms_api;

use super::checks::text_list;
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, KeySpec, NewCertificate};

/// The supported actions that are not declared in [`api`](alibabacloud_kms::api).
pub(super) const ACTIONS: &[Handler] = &[Handler::new::<CreateCertificateRequest>()];

kms_api! {
    version = "2016-01-20";

    /// Generates a key and creates the request for its certificate.
    pub(super) action CreateCertificate {
        gateways: shared;
        idempotent: false;
        request {
            /// `RSA_2048`, `EC_P256` or `EC_SM2`.
            key_spec: String,
            /// In the form of RFC 2253.
            subject: String,
            /// Up to 10 domains, as a JSON list.
            subject_alternative_names: Option<String>,
            /// Whether the private key can be exported (default `true`).
            exportable_private_key: Option<bool>,
        }
        response {
            /// The certificate's id.
            certificate_id: String,
            /// The certificate's ARN.
            arn: String,
            /// The certificate request, in PEM.
            csr: String,
        }
    }
}

impl Handle for CreateCertificateRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CreateCertificateResponse>, Fault> {
        let names = optional(self.subject_alternative_names.as_ref());
        let names = names.map(|json| text_list(json, "SubjectAlternativeNames")).transpose()?;
        let made = context.engine.create_certificate(NewCertificate {
            spec: KeySpec::parse(&self.key_spec)?,
            subject: &self.subject,
            alternative_names: names.unwrap_or_default(),
            is_exportable: self.exportable_private_key != Some(false),
        })?;
        let response = payload!(CreateCertificateResponse {
            certificate_id: made.id,
            arn: made.arn,
            csr: made.request,
        });
        Ok(response.into())
    }
}
