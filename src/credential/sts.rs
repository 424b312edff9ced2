//! STS, the service that issues temporary access keys for roles; API version 2015-04-01.
//!
//! Parameters are sent in the form: an OIDC token must not travel in a URL.

use alibabacloud_kms_middleware::__private::{read_in_success, wiped_on_drop, with_id_of_headers};
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method, Request};
use std::sync::Arc;
use zeroize::Zeroizing;

use super::environment::wrong_variable;
use super::http_client::{HttpAnswer, LIMIT};
use super::issued::Issued;
use super::{Environment, Temporary};
use crate::gateway::open_api::endpoint_of_region;
use crate::middleware::encode::service_error;
use crate::middleware::payload::Payload;
use crate::middleware::sign::SignAcs3Layer;
use crate::middleware::wire::parameters::{self, Parameters};
use crate::middleware::wire::time::iso8601;
use crate::{Action, Body, Credential, Endpoint, Error, ErrorKind, SecretString, kms_api};

const REGION: &str = "ALIBABA_CLOUD_STS_REGION";
const VPC: &str = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED";

/// The endpoint of STS.
#[derive(Debug, Clone)]
pub struct Sts {
    endpoint: Endpoint,
}

impl Sts {
    /// Returns the global endpoint, `sts.aliyuncs.com`.
    pub fn global() -> Self {
        Self::new("sts.aliyuncs.com".parse().expect("it is a host"))
    }

    /// Returns the endpoint of a region on the internet, `sts.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: `region` is not the id of a region.
    pub fn region(region: &str) -> Result<Self, Error> {
        endpoint_of_region("sts", region, "").map(Self::new)
    }

    /// Returns the endpoint of a region inside a VPC, `sts-vpc.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: `region` is not the id of a region.
    pub fn vpc(region: &str) -> Result<Self, Error> {
        endpoint_of_region("sts-vpc", region, "").map(Self::new)
    }

    /// Creates an STS at this endpoint.
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    /// Returns the endpoint of the region in `ALIBABA_CLOUD_STS_REGION`, inside a VPC if
    /// `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` is `true`. Without a region it is the global one, as in
    /// the official SDKs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the variable is not the id of a region.
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        match environment.word(REGION)? {
            None => Ok(Self::global()),
            Some(region) => Self::from_region(&region, None, environment)
                .map_err(|error| wrong_variable(REGION, error)),
        }
    }

    /// Returns the endpoint of a region. `in_vpc` decides whether it is inside a VPC, else the
    /// variable.
    pub(super) fn from_region(
        region: &str,
        in_vpc: Option<bool>,
        environment: &Environment,
    ) -> Result<Self, Error> {
        match in_vpc.unwrap_or_else(|| environment.is_true(VPC)) {
            true => Self::vpc(region),
            false => Self::region(region),
        }
    }

    /// Calls `AssumeRole`, signed with this credential.
    pub(super) async fn assume_role(
        &self,
        request: &AssumeRoleRequest,
        signer: Credential,
        environment: &Environment,
    ) -> Result<Temporary, Error> {
        let mut http = self.request(request, "")?;
        for (name, value) in [
            ("x-acs-action", AssumeRoleRequest::INFO.name),
            ("x-acs-version", AssumeRoleRequest::INFO.version),
        ] {
            let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
            http.headers_mut().insert(name, value);
        }
        let secrets = Issued::from_credential(&signer);
        let sign = SignAcs3Layer::new(Arc::new(signer))
            .clock(environment.clock().clone())
            .nonce(environment.nonce().clone());
        let answer = environment.http().layered(&sign)?.send(http, LIMIT).await?;
        temporary(answer, AssumeRoleRequest::INFO.name, &secrets)
    }

    /// Calls `AssumeRoleWithOIDC`, which is not signed: the token is the proof.
    ///
    /// Action and version, headers in signed calls, are in the query here, as the official SDKs
    /// send them.
    pub(super) async fn assume_role_with_oidc(
        &self,
        request: &AssumeRoleWithOIDCRequest,
        environment: &Environment,
    ) -> Result<Temporary, Error> {
        let info = AssumeRoleWithOIDCRequest::INFO;
        let names = [
            ("Action", info.name.to_owned()),
            ("Format", "JSON".to_owned()),
            ("Timestamp", iso8601(environment.clock().now())),
            ("Version", info.version.to_owned()),
        ];
        let names =
            names.map(|(name, value)| parameters::Parameter::new(name, Zeroizing::new(value)));
        let http = self.request(request, &parameters::encode(&names))?;
        let answer = environment.http().send(http, LIMIT).await?;
        temporary(answer, info.name, request)
    }

    fn request(&self, request: &dyn Payload, query: &str) -> Result<Request<Body>, Error> {
        let mut form = parameters::encode(&Parameters::new(request).form);
        let form = Zeroizing::new(std::mem::take(&mut *form).into_bytes());
        let mut http = Request::new(Body::new(wiped_on_drop(form)));
        *http.method_mut() = Method::POST;
        *http.uri_mut() = self.endpoint.uri(query)?;
        let host = HeaderValue::from_str(self.endpoint.authority()).map_err(|error| {
            Error::new(ErrorKind::Config, "the endpoint of STS cannot be a Host header")
                .with_source(error)
        })?;
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        http.headers_mut().insert(HOST, host);
        http.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        http.headers_mut().insert(CONTENT_TYPE, form_type);
        Ok(http)
    }
}

/// Returns the credential of an answer. Messages of refusals are shown without the secrets that
/// were sent.
fn temporary(answer: HttpAnswer, action: &str, secrets: &dyn Payload) -> Result<Temporary, Error> {
    let refusal = match answer.status {
        status if status.is_redirection() => None,
        status if status.is_success() => read_in_success(&answer.body, secrets),
        _ => Some(service_error(&answer.body, secrets)),
    };
    if let Some(service) = refusal {
        let service = service.with_status(answer.status);
        let service = with_id_of_headers(service, &answer.headers, secrets);
        return Err(Error::new(ErrorKind::Credential, format!("STS refused {action}"))
            .with_status(answer.status)
            .with_source(Error::from_service(service)));
    }
    let assumed: AssumeRoleResponse = answer.success()?.json()?;
    assumed.credentials.unwrap_or_default().into_temporary("STS")
}

kms_api! {
    version = "2015-04-01";

    /// Returns a temporary access key of a role.
    pub action AssumeRole {
        gateways: shared;
        idempotent: true;
        request {
            role_arn: String in body,
            role_session_name: String in body,
            duration_seconds: i64 in body,
            policy: Option<String> in body,
            external_id: Option<String> in body,
        }
        response { credentials: Option<Issued> }
    }

    /// Returns a temporary access key of a role to the owner of an OIDC token.
    pub action AssumeRoleWithOIDC {
        gateways: shared;
        idempotent: true;
        request {
            #[secret] oidc_token: SecretString = "OIDCToken" in body,
            oidc_provider_arn: String = "OIDCProviderArn" in body,
            role_arn: String in body,
            role_session_name: String in body,
            duration_seconds: i64 in body,
            policy: Option<String> in body,
        }
        response { credentials: Option<Issued> }
    }
}
