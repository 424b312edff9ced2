//! The two gateways of the options and the environment.
//!
//! A gateway is configured when its address is: what it then lacks is an error that names the
//! setting.

use std::path::PathBuf;

use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{
    Credential, Endpoint, Error, ErrorKind, InstanceGateway, OpenApiGateway, SecretString,
    TlsIdentity, TlsOptions,
};
use clap::ArgMatches;

use super::{Env, config, variable};

pub(super) const ACCESS_KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
pub(super) const ACCESS_KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
pub(super) const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";
pub(super) const REGION: &str = "ALIBABA_CLOUD_REGION_ID";
pub(super) const ENDPOINT: &str = "ALIBABA_CLOUD_KMS_ENDPOINT";
pub(super) const INSTANCE_ENDPOINT: &str = "ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT";
pub(super) const CLIENT_KEY_FILE: &str = "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE";
pub(super) const CLIENT_KEY_PASSWORD: &str = "ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD";
pub(super) const CA_FILE: &str = "ALIBABA_CLOUD_KMS_CA_FILE";

/// Options and environment.
pub(super) struct Settings<'a> {
    pub(super) options: &'a ArgMatches,
    pub(super) env: &'a Env<'a>,
}

impl Settings<'_> {
    /// Configured by an address and an access key.
    pub(super) fn shared(&self, tls: &TlsOptions) -> Result<Option<OpenApiGateway>, Error> {
        let endpoint = self.text("endpoint", ENDPOINT)?;
        let region = self.text("region", REGION)?;
        if endpoint.is_none() && region.is_none() {
            return Ok(None);
        }
        let Some(credential) = self.credential()? else {
            return match (endpoint, self.text("instance-endpoint", INSTANCE_ENDPOINT)?) {
                // A region is often set for other tools; an endpoint is for this one.
                (None, Some(_)) => Ok(None),
                _ => Err(Error::new(
                    ErrorKind::Credential,
                    format!("{ACCESS_KEY_ID} and {ACCESS_KEY_SECRET} are not set"),
                )),
            };
        };
        let gateway = match (endpoint, region) {
            (Some(endpoint), _) => {
                OpenApiGateway::at(self.endpoint(&endpoint, "shared")?, credential)
            }
            (None, region) => {
                let gateway = OpenApiGateway::region(&region.unwrap_or_default(), credential)?;
                match self.protocol() {
                    Some("http") => gateway.over_http(),
                    _ => gateway,
                }
            }
        };
        // The CA file may be the instance's own, which did not sign for the shared gateway.
        Ok(Some(gateway.tls(tls.clone().and_roots())))
    }

    fn credential(&self) -> Result<Option<Credential>, Error> {
        let id = variable(self.env, ACCESS_KEY_ID)?;
        let secret = variable(self.env, ACCESS_KEY_SECRET)?.map(SecretString::from);
        let token = variable(self.env, SECURITY_TOKEN)?.map(SecretString::from);
        let missing = |set, unset| {
            let message = format!("{set} is set but {unset} is not");
            Err(Error::new(ErrorKind::Credential, message))
        };
        match (id, secret, token) {
            (None, None, _) => Ok(None),
            (Some(_), None, _) => missing(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
            (None, Some(_), _) => missing(ACCESS_KEY_SECRET, ACCESS_KEY_ID),
            (Some(id), Some(secret), None) => Ok(Some(Credential::access_key(id, secret))),
            (Some(id), Some(secret), Some(token)) => Ok(Some(Credential::sts(id, secret, token))),
        }
    }

    /// Configured by an address; then a client key must be there, or an access key for RPC.
    pub(super) fn instance(&self, tls: &TlsOptions) -> Result<Option<InstanceGateway>, Error> {
        let Some(endpoint) = self.text("instance-endpoint", INSTANCE_ENDPOINT)? else {
            return Ok(None);
        };
        let endpoint = self.endpoint(&endpoint, "instance")?;
        let missing = |what: String| {
            config(format!("the instance gateway needs a client key, and {what} is not given"))
        };
        let file = self.path("client-key-file", CLIENT_KEY_FILE);
        let password = variable(self.env, CLIENT_KEY_PASSWORD)?;
        if let (None, None, Some(credential)) = (&file, &password, self.credential()?) {
            return Ok(Some(
                InstanceGateway::with_credential(endpoint, credential).tls(tls.clone()),
            ));
        }
        let file =
            file.ok_or_else(|| missing(format!("--client-key-file or {CLIENT_KEY_FILE}")))?;
        let password: SecretString = password
            .ok_or_else(|| missing(format!("its password in {CLIENT_KEY_PASSWORD}")))?
            .into();
        let key = ClientKey::from_file(&file, &password).map_err(|error| {
            Error::new(ErrorKind::ClientKey, "the client key cannot be used").with_source(error)
        })?;
        Ok(Some(InstanceGateway::new(endpoint, key).tls(tls.clone())))
    }

    /// One CA and one certificate for both gateways, as the official clients have it.
    pub(super) fn tls(&self) -> Result<TlsOptions, Error> {
        let tls = self.trust()?;
        let file = |option| self.options.get_one::<PathBuf>(option);
        Ok(match file("tls-certificate-file") {
            None => tls,
            Some(certificate) => {
                let key = file("tls-key-file").unwrap_or(certificate);
                tls.identity(TlsIdentity::pem_files(certificate, key)?)
            }
        })
    }

    fn trust(&self) -> Result<TlsOptions, Error> {
        match (self.path("ca-file", CA_FILE), self.options.get_flag("ignore-ssl")) {
            (Some(_), true) => Err(config(format!(
                "--ignore-ssl and a CA file exclude each other: unset {CA_FILE}"
            ))),
            (Some(path), false) if path.is_dir() => TlsOptions::ca_directory(path),
            (Some(path), false) => TlsOptions::ca_file(path),
            (None, true) => Ok(TlsOptions::danger_accept_any_certificate()),
            (None, false) => Ok(TlsOptions::default()),
        }
    }

    fn endpoint(&self, text: &str, gateway: &str) -> Result<Endpoint, Error> {
        let endpoint: Endpoint = text.parse()?;
        match self.protocol() {
            None => Ok(endpoint),
            Some("http") if !text.contains("://") => Ok(endpoint.over_http()),
            Some(protocol) if endpoint.is_https() == (protocol == "https") => Ok(endpoint),
            Some(protocol) => Err(config(format!(
                "--protocol {protocol} and the {gateway} gateway's endpoint disagree"
            ))),
        }
    }

    fn protocol(&self) -> Option<&str> {
        self.options.get_one("protocol").map(|name: &String| name.as_str())
    }

    fn text(&self, option: &str, name: &str) -> Result<Option<String>, Error> {
        match self.options.get_one::<String>(option) {
            Some(text) => Ok(Some(text.clone())),
            None => variable(self.env, name),
        }
    }

    fn path(&self, option: &str, name: &str) -> Option<PathBuf> {
        let variable = || (self.env)(name).filter(|path| !path.is_empty());
        match self.options.get_one::<PathBuf>(option) {
            Some(path) => Some(path.clone()),
            None => variable().map(PathBuf::from),
        }
    }
}
