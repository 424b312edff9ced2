//! STS, the service that gives temporary access keys for roles; API version 2015-04-01.
//!
//! Parameters go into the form: an OIDC token must not travel in a URL.

use ::http::header::{ACCEPT, CONTENT_TYPE, HOST};
use ::http::{HeaderName, HeaderValue, Method, Request};
use std::sync::Arc;
use zeroize::Zeroizing;

use super::environment::wrong_variable;
use super::http::{Answer, LIMIT};
use super::issued::Issued;
use super::{Environment, Temporary};
use crate::gateway::open_api::endpoint_of_region;
use crate::middleware::clock::iso8601;
use crate::middleware::encode::service_error;
use crate::middleware::sign::SignAcs3Layer;
use crate::wire::parameters::{self, Parameters};
use crate::wire::secret_bytes::wiped_on_drop;
use crate::{Action, Body, Credential, Endpoint, Error, ErrorKind, Payload, SecretString, kms_api};

const REGION: &str = "ALIBABA_CLOUD_STS_REGION";
const VPC: &str = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED";

/// Where STS is.
#[derive(Debug, Clone)]
pub struct Sts {
    endpoint: Endpoint,
}

impl Sts {
    /// The one for everybody, `sts.aliyuncs.com`.
    ///
    /// # Panics
    ///
    /// Never.
    pub fn global() -> Self {
        Self::at("sts.aliyuncs.com".parse().expect("it is a host"))
    }

    /// A region's, on the internet: `sts.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is not a region's id.
    pub fn region(region: &str) -> Result<Self, Error> {
        endpoint_of_region("sts", region).map(Self::at)
    }

    /// A region's, inside a VPC: `sts-vpc.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is not a region's id.
    pub fn vpc(region: &str) -> Result<Self, Error> {
        endpoint_of_region("sts-vpc", region).map(Self::at)
    }

    /// One at this address.
    pub fn at(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    /// The one that `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` name; the
    /// global one without a region, as the official SDKs have it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the variable is not a region's id.
    pub fn of(environment: &Environment) -> Result<Self, Error> {
        match environment.variable(REGION)? {
            None => Ok(Self::global()),
            Some(region) => Self::of_region(&region, None, environment)
                .map_err(|error| wrong_variable(REGION, error)),
        }
    }

    /// A region's, inside a VPC or on the internet: as told, else as the variable says.
    pub(super) fn of_region(
        region: &str,
        in_vpc: Option<bool>,
        environment: &Environment,
    ) -> Result<Self, Error> {
        match in_vpc.unwrap_or_else(|| environment.is_true(VPC)) {
            true => Self::vpc(region),
            false => Self::region(region),
        }
    }

    /// `AssumeRole`, signed by this credential.
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
        let secrets = Issued::of(&signer);
        let sign = SignAcs3Layer::new(Arc::new(signer))
            .clock(environment.clock().clone())
            .nonce(environment.nonce().clone());
        let answer = environment.http().layered(&sign)?.send(http, LIMIT).await?;
        temporary(answer, AssumeRoleRequest::INFO.name, &secrets)
    }

    /// `AssumeRoleWithOIDC`, which nobody signs: the token is the proof.
    ///
    /// What is signed otherwise stands in headers; here the names are in the query, as the official
    /// SDKs send them.
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
        let mut form = parameters::encode(&Parameters::of(request).form);
        let form = Zeroizing::new(std::mem::take(&mut *form).into_bytes());
        let mut http = Request::new(Body::new(wiped_on_drop(form)));
        *http.method_mut() = Method::POST;
        *http.uri_mut() = self.endpoint.uri(query)?;
        let host = HeaderValue::from_str(self.endpoint.authority()).map_err(|error| {
            Error::new(ErrorKind::Config, "the endpoint of STS is not a host").with_source(error)
        })?;
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        http.headers_mut().insert(HOST, host);
        http.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        http.headers_mut().insert(CONTENT_TYPE, form_type);
        Ok(http)
    }
}

/// What STS gave. Its words of refusal are told without the secrets that it was sent.
fn temporary(answer: Answer, action: &str, secrets: &dyn Payload) -> Result<Temporary, Error> {
    if !answer.status.is_success() && !answer.status.is_redirection() {
        let service = service_error(&answer.body, secrets).with_status(answer.status);
        return Err(Error::new(ErrorKind::Credential, format!("STS refused {action}"))
            .with_status(answer.status)
            .with_source(Error::from_service(service)));
    }
    let assumed: AssumeRoleResponse = answer.success()?.json()?;
    assumed.credentials.unwrap_or_default().into_temporary("STS")
}

kms_api! {
    version = "2015-04-01";

    /// Gives a temporary access key of a role.
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

    /// Gives a temporary access key of a role to the owner of an OIDC token.
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
