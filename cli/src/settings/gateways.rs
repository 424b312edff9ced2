//! Builds the two gateways from options and environment.
//!
//! A gateway is configured if its address is set. If it lacks anything else, the error names that
//! setting.

use std::path::PathBuf;

use alibabacloud_kms::__private::{fault_of_key, trimmed};
use alibabacloud_kms::credential::DefaultChain;
use alibabacloud_kms::{
    ClientKey, ClientKeyErrorKind, Credential, Endpoint, Error, ErrorKind, ExposeSecret as _,
    Identity, InstanceGateway, OpenApiGateway, ProvideCredential, SecretString, TlsIdentity,
    TlsOptions,
};
use async_trait::async_trait;
use clap::ArgMatches;

use crate::environment::{Env, credentials, path, set, variable, wrong};

pub(super) const REGION: &str = "ALIBABA_CLOUD_REGION_ID";
pub(super) const ENDPOINT: &str = "ALIBABA_CLOUD_KMS_ENDPOINT";
pub(super) const INSTANCE_ENDPOINT: &str = "ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT";
pub(super) const CLIENT_KEY_FILE: &str = "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE";
pub(super) const CLIENT_KEY_PASSWORD: &str = "ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD";
pub(super) const CA_FILE: &str = "ALIBABA_CLOUD_KMS_CA_FILE";

/// Options and environment.
pub(super) struct GatewaySettings<'a> {
    pub(super) options: &'a ArgMatches,
    pub(super) env: &'a Env,
}

impl GatewaySettings<'_> {
    /// Returns the shared gateway, if its address is set. The chain of credentials signs.
    pub(super) fn shared(&self, tls: &TlsOptions) -> Result<Option<OpenApiGateway>, Error> {
        let gateway = match self.text("endpoint", ENDPOINT)? {
            Some(endpoint) => {
                let endpoint = self.endpoint(&endpoint, "shared")?;
                Some(OpenApiGateway::new(endpoint, credentials(self.env)))
            }
            None => self.of_region()?,
        };
        gateway.map(|gateway| Ok(gateway.tls(with_native_roots(tls)?))).transpose()
    }

    /// Returns the shared gateway of the region, if there is one. The variable is also for other
    /// programs: if its value is wrong, a command that has an instance does without it.
    fn of_region(&self) -> Result<Option<OpenApiGateway>, Error> {
        let region = self.text("region", REGION);
        match region.and_then(|region| region.map(|region| self.in_region(&region)).transpose()) {
            Err(error) if self.given("region").is_none() && self.has_instance() => {
                tracing::warn!("{error}: there is no shared gateway");
                Ok(None)
            }
            gateway => gateway,
        }
    }

    fn in_region(&self, region: &Text) -> Result<OpenApiGateway, Error> {
        let Text { text, setting } = region;
        let gateway = OpenApiGateway::region(text, credentials(self.env))
            .map_err(|error| wrong(format!("{setting} is wrong")).with_source(error))?;
        Ok(match self.protocol() {
            Some("http") => gateway.over_http(),
            _ => gateway,
        })
    }

    fn has_instance(&self) -> bool {
        matches!(self.text("instance-endpoint", INSTANCE_ENDPOINT), Ok(Some(_)))
    }

    /// Returns the instance gateway, if its address is set. The client key signs or, without one,
    /// the chain of credentials.
    pub(super) fn instance(&self, tls: &TlsOptions) -> Result<Option<InstanceGateway>, Error> {
        let Some(endpoint) = self.text("instance-endpoint", INSTANCE_ENDPOINT)? else {
            return Ok(None);
        };
        let endpoint = self.endpoint(&endpoint, "instance")?;
        let missing =
            |what: String| wrong(format!("the instance gateway needs a client key: set {what}"));
        let file = self.path("client-key-file", CLIENT_KEY_FILE)?;
        let password = variable(self.env, CLIENT_KEY_PASSWORD)?;
        if file.is_none() && password.is_none() {
            let credential = WithoutClientKey(credentials(self.env));
            let gateway = InstanceGateway::with_credential(endpoint, credential);
            return Ok(Some(gateway.tls(tls.clone())));
        }
        let file =
            file.ok_or_else(|| missing(format!("--client-key-file or {CLIENT_KEY_FILE}")))?;
        let password: SecretString = password
            .ok_or_else(|| missing(format!("its password in {CLIENT_KEY_PASSWORD}")))?
            .into();
        let key = ClientKey::from_file(&file, &password).map_err(|error| {
            let what = match error.kind() {
                ClientKeyErrorKind::WrongPassword => {
                    // The service's passwords have nothing of this.
                    let fault = fault_of_key(trimmed(password.expose_secret()));
                    let fault = fault.map(|fault| format!(": it has {fault}")).unwrap_or_default();
                    format!("{CLIENT_KEY_PASSWORD} does not open the client key{fault}")
                }
                _ => "the client key cannot be used".to_owned(),
            };
            Error::new(ErrorKind::ClientKey, what).with_source(error)
        })?;
        Ok(Some(InstanceGateway::new(endpoint, key).tls(tls.clone())))
    }

    /// Returns the TLS options: one CA and one certificate for both gateways, as in the official
    /// clients.
    pub(super) fn tls(&self) -> Result<TlsOptions, Error> {
        let tls = self.trust()?;
        let file = |option: &str| {
            let file = self.options.get_one::<PathBuf>(option);
            file.map(|file| path(file.as_os_str(), &format!("--{option}"))).transpose()
        };
        Ok(match (file("tls-certificate-file")?, file("tls-key-file")?) {
            (None, _) => tls,
            (Some(certificate), key) => {
                let key = key.as_ref().unwrap_or(&certificate);
                tls.identity(TlsIdentity::pem_files(&certificate, key)?)
            }
        })
    }

    fn trust(&self) -> Result<TlsOptions, Error> {
        match (self.path("ca-file", CA_FILE)?, self.options.get_flag("ignore-ssl")) {
            (Some(_), true) => {
                Err(wrong(format!("--ignore-ssl cannot be used with a CA file: unset {CA_FILE}")))
            }
            (Some(path), false) if path.is_dir() => TlsOptions::ca_directory(path),
            (Some(path), false) => TlsOptions::ca_file(path),
            (None, true) => Ok(TlsOptions::danger_accept_any_certificate()),
            (None, false) => Ok(TlsOptions::native_roots()),
        }
    }

    fn endpoint(&self, endpoint: &Text, gateway: &str) -> Result<Endpoint, Error> {
        let Text { text, setting } = endpoint;
        let endpoint: Endpoint = text
            .parse()
            .map_err(|error: Error| wrong(format!("{setting} is wrong")).with_source(error))?;
        match self.protocol() {
            None => Ok(endpoint),
            Some("http") if !text.contains("://") => Ok(endpoint.over_http()),
            Some(protocol) if endpoint.is_https() == (protocol == "https") => Ok(endpoint),
            Some(protocol) => Err(wrong(format!(
                "--protocol {protocol} contradicts the scheme of the {gateway} gateway's endpoint: \
                 leave one of them out"
            ))),
        }
    }

    fn protocol(&self) -> Option<&str> {
        self.options.get_one("protocol").map(|name: &String| name.as_str())
    }

    fn given(&self, option: &str) -> Option<&String> {
        self.options.get_one(option)
    }

    fn text(&self, option: &str, name: &str) -> Result<Option<Text>, Error> {
        let given = match self.given(option) {
            Some(text) => Some((text.clone(), format!("--{option}"))),
            None => variable(self.env, name)?.map(|text| (text, name.to_owned())),
        };
        let text = |(text, setting): (String, _)| Text { text: trimmed(&text).to_owned(), setting };
        Ok(given.map(text).filter(|given| !given.text.is_empty()))
    }

    fn path(&self, option: &str, name: &str) -> Result<Option<PathBuf>, Error> {
        if let Some(given) = self.options.get_one::<PathBuf>(option) {
            return path(given.as_os_str(), &format!("--{option}")).map(Some);
        }
        set(self.env, name).map(|value| path(&value, name)).transpose()
    }
}

/// A text, and the option or variable that it comes from.
#[derive(Default)]
struct Text {
    text: String,
    setting: String,
}

/// Adds the operating system's CAs: the given CA may be the instance's own, which did not sign the
/// certificates of the shared gateway or a proxy.
pub(super) fn with_native_roots(tls: &TlsOptions) -> Result<TlsOptions, Error> {
    if tls.accepts_any_certificate() { Ok(tls.clone()) } else { tls.clone().and_native_roots() }
}

/// The chain of credentials of an instance gateway without a client key. Its error also names the
/// client key, which may have been forgotten.
#[derive(Debug)]
struct WithoutClientKey(DefaultChain);

#[async_trait]
impl ProvideCredential for WithoutClientKey {
    async fn provide(&self) -> Result<Credential, Error> {
        self.0.provide().await.map_err(|error| {
            let message = format!(
                "the instance gateway has neither a client key nor a credential: give \
                 --client-key-file (or {CLIENT_KEY_FILE}) and {CLIENT_KEY_PASSWORD}, or a credential"
            );
            Error::new(ErrorKind::Credential, message).with_source(error)
        })
    }

    fn identity(&self) -> Option<Identity> {
        self.0.identity()
    }

    fn refused(&self, credential: Identity) -> bool {
        self.0.refused(credential)
    }
}
