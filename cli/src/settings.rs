//! Builds a client from options and environment.
//!
//! An option takes precedence over its variable; an empty variable counts as unset.

mod gateways;

use alibabacloud_kms::{Charset, CharsetError, Error, KmsClient, ProxyOptions};
use clap::ArgMatches;

use self::gateways::{CLIENT_KEY_PASSWORD, GatewaySettings, with_native_roots};
use crate::environment::{Env, wrong};
use crate::registry::Registry;
use crate::{names, options};

/// The maximum length of an unknown charset's name that is shown, shorter than any key.
const MAX_CHARSET: usize = 12;

/// Returns the client that options and environment describe.
pub(crate) fn client(
    options: &ArgMatches,
    env: &Env,
    registry: &Registry,
) -> Result<KmsClient, Error> {
    let settings = GatewaySettings { options, env };
    let tls = settings.tls()?;
    let proxy = ProxyOptions::from_variables(|name| env(name));
    let proxy = proxy.tls(with_native_roots(&tls)?.for_proxy());
    let mut builder = KmsClient::builder().proxy(proxy);
    let (shared, instance) = (settings.shared(&tls)?, settings.instance(&tls)?);
    if shared.is_none() && instance.is_none() {
        return Err(wrong(format!(
            "no gateway is configured: give --region or --endpoint, or --instance-endpoint with \
             --client-key-file and {CLIENT_KEY_PASSWORD}"
        )));
    }
    if let Some(gateway) = shared {
        builder = builder.shared(gateway);
    }
    if let Some(gateway) = instance {
        builder = builder.instance(gateway);
    }
    if let Some(&shared) = options.get_one("use-shared-gateway") {
        builder = builder.use_shared_gateway(shared);
    }
    let names = options.get_many("default-api-name").into_iter().flatten();
    builder = builder
        .actions(&registry.actions())
        .default_kms_api_names(names.map(|name: &String| wire_name(name, registry)))?;
    if let Some(name) = options.get_one::<String>("encoding") {
        builder = builder.charset(charset(name)?.name())?;
    }
    if let Some(form) = options::chosen_context_aad(options) {
        builder = builder.context_aad(form);
    }
    if let Some(&attempts) = options.get_one("max-attempts") {
        builder = builder.max_attempts(attempts);
    }
    if let Some(&limit) = options.get_one("timeout") {
        builder = builder.timeout(limit);
    }
    builder
        .force_low_version_crypto_transfer(options.get_flag("force-low-version-crypto-transfer"))
        .build()
}

/// Returns the charset of this name. An unknown name is shown if it looks like one.
fn charset(name: &str) -> Result<Charset, Error> {
    name.parse().map_err(|error: CharsetError| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let shown = name.len() <= MAX_CHARSET && name.bytes().all(is_name);
        let name = if shown { format!(" {name}") } else { String::new() };
        wrong(format!("--encoding{name} is wrong")).with_source(error)
    })
}

/// Returns the wire name of an action in any spelling.
fn wire_name<'a>(name: &'a str, registry: &Registry) -> &'a str {
    registry
        .actions()
        .into_iter()
        .find(|action| names::kebab(action.name) == name)
        .map_or(name, |action| action.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::{env, fs, process};

    use alibabacloud_kms::ErrorKind;
    use alibabacloud_kms_local::LocalGateway;
    use clap::Command;
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use tokio::runtime::Builder;

    use super::gateways::{CA_FILE, CLIENT_KEY_FILE, ENDPOINT, INSTANCE_ENDPOINT, REGION};
    use super::*;
    use crate::output::Failure;
    use crate::process::block_on;

    const ACCESS_KEY: [(&str, &str); 2] =
        [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "canary-1")];

    /// A folder that goes with its test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let folder = env::temp_dir().join(format!("kms-settings-{test}-{}", process::id()));
            fs::create_dir(&folder).expect("a folder");
            Self(folder)
        }

        fn file(&self, name: &str) -> String {
            self.0.join(name).to_str().expect("UTF-8").to_owned()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// An instance gateway and a client key for it.
    struct Instance {
        key_file: String,
        password: String,
        _folder: Folder,
    }

    impl Instance {
        fn new(test: &str) -> Self {
            let folder = Folder::new(test);
            let gateway = LocalGateway::builder().directory(&folder.0).start();
            let gateway = block_on(Builder::new_current_thread(), gateway).expect("a runtime");
            gateway.expect("a gateway");
            let password = fs::read_to_string(folder.file("password")).expect("a password");
            Self { key_file: folder.file("client_key.json"), password, _folder: folder }
        }

        fn variables(&self) -> [(&str, &str); 3] {
            [
                (INSTANCE_ENDPOINT, "instance.example"),
                (CLIENT_KEY_FILE, &self.key_file),
                (CLIENT_KEY_PASSWORD, &self.password),
            ]
        }
    }

    /// What the client says of its settings.
    fn built(line: &[&str], variables: &[(&str, &str)]) -> Result<String, Error> {
        let options = Command::new("kms")
            .args(options::all())
            .try_get_matches_from(std::iter::once(&"kms").chain(line))
            .expect("options");
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), OsString::from(value));
        let variables: BTreeMap<_, _> = variables.iter().map(owned).collect();
        let env: Env = Arc::new(move |name: &str| variables.get(name).cloned());
        let client = client(&options, &env, &Registry::default())?;
        Ok(format!("{client:?}"))
    }

    fn refused(line: &[&str], variables: &[(&str, &str)]) -> Error {
        built(line, variables).expect_err("a wrong setting")
    }

    fn with<'a>(
        some: &[(&'a str, &'a str)],
        more: &[(&'a str, &'a str)],
    ) -> Vec<(&'a str, &'a str)> {
        [some, more].concat()
    }

    #[test]
    fn an_option_wins_over_its_variable_and_an_empty_variable_is_as_unset() {
        let region = |line: &[&str], variables| {
            built(line, &with(&ACCESS_KEY, variables)).expect("a client")
        };
        let variables = [(REGION, "cn-beijing")];
        assert!(region(&[], &variables).contains("https://kms.cn-beijing.aliyuncs.com"));
        assert!(region(&["--region=cn-hangzhou"], &variables).contains("kms.cn-hangzhou."));
        let variables = [(REGION, "cn-beijing"), (ENDPOINT, "")];
        assert!(region(&[], &variables).contains("kms.cn-beijing."));
        let variables = [(REGION, "cn-beijing"), (ENDPOINT, "kms.example")];
        assert!(region(&[], &variables).contains("https://kms.example"));
        let variables = [(ENDPOINT, "kms.example")];
        assert!(region(&["--endpoint=other.example"], &variables).contains("other.example"));
    }

    #[test]
    fn a_variable_that_names_no_region_does_not_break_what_needs_none() {
        let instance = Instance::new("region");
        let wrong = (REGION, "no region");
        let variables = with(&instance.variables(), &[wrong]);
        assert!(built(&[], &variables).expect("a client").contains("https://instance.example"));
        for (line, variables) in [
            (&["--region=no region"][..], &variables[..3]),
            (&["--region=no region"], &variables),
            (&[], &[wrong]),
        ] {
            let error = refused(line, variables);
            let setting = if line.is_empty() { REGION } else { "--region" };
            assert!(error.to_string().contains(setting), "{error}");
        }
        let variables = with(&ACCESS_KEY, &[wrong, (ENDPOINT, "kms.example")]);
        assert!(built(&[], &variables).expect("a client").contains("https://kms.example"));
    }

    #[test]
    fn the_protocol_is_the_endpoints_own_or_the_options() {
        let shared = |line: &[&str]| built(line, &ACCESS_KEY).expect("a client");
        assert!(shared(&["--endpoint=h:1"]).contains("https://h:1"));
        assert!(shared(&["--endpoint=http://h:1"]).contains("http://h:1"));
        assert!(shared(&["--endpoint=h:1", "--protocol=http"]).contains("http://h:1"));
        assert!(shared(&["--region=r", "--protocol=http"]).contains("http://kms.r.aliyuncs.com"));
        for line in [
            ["--endpoint=http://h", "--protocol=https"],
            ["--endpoint=https://h", "--protocol=http"],
        ] {
            assert_eq!(refused(&line, &ACCESS_KEY).kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn what_a_gateway_lacks_is_named() {
        let instance = Instance::new("lacks");
        for (left_out, variable) in [(1, CLIENT_KEY_FILE), (2, CLIENT_KEY_PASSWORD)] {
            let mut variables = instance.variables().to_vec();
            variables.remove(left_out);
            let error = refused(&[], &variables);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(variable));
        }
        assert_eq!(refused(&[], &ACCESS_KEY).kind(), ErrorKind::Config);
        assert_eq!(refused(&[], &[]).kind(), ErrorKind::Config);
    }

    #[test]
    fn a_gateway_is_configured_by_its_address_whoever_signs() {
        let instance = Instance::new("address");
        let variables = instance.variables();
        let settings = built(&["--region=cn-hangzhou"], &[]).expect("a client");
        assert!(settings.contains("kms.cn-hangzhou.") && settings.contains("DefaultChain"));
        let settings = built(&["--region=cn-hangzhou"], &variables).expect("a client");
        assert!(settings.contains("https://instance.example"));
        let settings = built(&[], &variables[..1]).expect("a client");
        assert!(settings.contains("https://instance.example") && settings.contains("DefaultChain"));
    }

    #[test]
    fn a_wrong_password_is_a_client_key_error() {
        let instance = Instance::new("password");
        let mut variables = instance.variables();
        for (password, has_space) in [("canary-2", false), ("canary 2", true)] {
            variables[2].1 = password;
            let error = refused(&[], &variables);
            assert_eq!(error.kind(), ErrorKind::ClientKey);
            assert_eq!(error.to_string().contains("white space"), has_space, "{error}");
            assert!(!format!("{error:?}").contains("canary"));
        }
    }

    #[test]
    fn a_ca_file_and_ignore_ssl_exclude_each_other() {
        let variables = with(&ACCESS_KEY, &[(CA_FILE, "/nonexistent/ca.pem")]);
        let error = refused(&["--region=r", "--ignore-ssl"], &variables);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(CA_FILE));
        let error = refused(&["--region=r"], &variables);
        assert!(error.to_string().contains("/nonexistent/ca.pem"));
        assert!(built(&["--region=r", "--ignore-ssl"], &ACCESS_KEY).is_ok());
    }

    #[test]
    fn cas_and_a_certificate_for_tls_are_read_from_files() {
        let folder = Folder::new("tls");
        for name in ["one.pem", "another.pem"] {
            let CertifiedKey { cert, signing_key } =
                generate_simple_self_signed([name.to_owned()]).expect("a certificate");
            fs::write(folder.file(name), cert.pem() + &signing_key.serialize_pem())
                .expect("written");
        }
        let settings = |line: &[String]| {
            let line: Vec<_> = line.iter().map(String::as_str).collect();
            built(&line, &with(&ACCESS_KEY, &[(REGION, "r")])).expect("a client")
        };
        let cas = format!("--ca-file={}", folder.0.display());
        assert!(settings(&[cas]).contains("native roots and 2 CAs"));
        let certificate = format!("--tls-certificate-file={}", folder.file("one.pem"));
        let in_one_file = settings(std::slice::from_ref(&certificate));
        assert!(in_one_file.contains("TlsIdentity("), "{in_one_file}");
        let key = format!("--tls-key-file={}", folder.file("one.pem"));
        assert_eq!(settings(&[certificate.clone(), key]), in_one_file);
        let key = format!("--tls-key-file={}", folder.file("another.pem"));
        let error = refused(&["--region=r", &certificate, &key], &ACCESS_KEY);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("another.pem"));
    }

    #[test]
    fn settings_reach_the_client_and_secrets_do_not_show() {
        let line = [
            "--region=cn-hangzhou",
            "--use-shared-gateway",
            "--default-api-name=encrypt",
            "--default-api-name=GetSecretValue",
            "--encoding=gbk",
            "--context-aad=python",
            "--force-low-version-crypto-transfer",
            "--max-attempts=7",
            "--timeout=2.5",
        ];
        let instance = Instance::new("reach");
        let variables = with(&ACCESS_KEY, &instance.variables());
        let settings = built(&line, &variables).expect("a client");
        for part in [
            "DefaultChain",
            "use_shared_gateway: Some(true)",
            r#"["Encrypt", "GetSecretValue"]"#,
            "Python",
            "force_low_version_crypto_transfer: true",
            "max_attempts: 7",
            "timeout: 2.5s",
        ] {
            assert!(settings.contains(part), "{part} in {settings}");
        }
        assert!(!settings.contains("canary") && !settings.contains(&instance.password));
    }

    #[test]
    fn an_unknown_charset_is_told_once_with_its_option() {
        let told = |option: &str| {
            let refused = refused(&["--region=r", option], &ACCESS_KEY);
            serde_json::to_string(&Failure::from(refused)).expect("JSON")
        };
        let message = told("--encoding=cp437");
        assert!(message.contains("--encoding cp437 is wrong"), "{message}");
        assert_eq!(message.matches("unknown").count(), 1, "{message}");
        assert!(told("--encoding=gbkk").contains("did you mean gbk?"));
        for secret in ["--encoding=canary/x", "--encoding=canary0123456789abcdef0123456789"] {
            let message = told(secret);
            assert!(message.contains("--encoding is wrong") && !message.contains("canary"));
        }
        assert!(built(&["--region=r", "--encoding=GB-18030"], &ACCESS_KEY).is_ok());
    }

    #[test]
    fn an_action_that_is_not_one_is_a_config_error() {
        let line = ["--region=r", "--default-api-name=Encrpt"];
        assert_eq!(refused(&line, &ACCESS_KEY).kind(), ErrorKind::Config);
    }
}
