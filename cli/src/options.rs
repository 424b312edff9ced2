//! The options that stand before the action, as clap sees them.

use std::path::PathBuf;
use std::time::Duration;

use alibabacloud_kms::ContextAad;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, RangedU64ValueParser};
use clap::{Arg, ArgAction, ArgMatches, value_parser};

/// All of them.
pub(crate) fn all() -> Vec<Arg> {
    let text = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let path = |name: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf))
    };
    vec![
        text("region", "REGION")
            .help("The shared gateway's region, such as cn-hangzhou; --endpoint wins over it"),
        text("endpoint", "HOST[:PORT]").help("The shared gateway's address"),
        text("instance-endpoint", "HOST[:PORT]").help("The instance gateway's address"),
        path("client-key-file").help("The client key for the instance gateway"),
        path("ca-file").help("Trust the CAs of this PEM file or directory, and no others"),
        Arg::new("ignore-ssl")
            .long("ignore-ssl")
            .action(ArgAction::SetTrue)
            .conflicts_with("ca-file")
            .help("Accept every certificate: whoever is on the way can read everything"),
        path("tls-certificate-file")
            .help("Present this PEM certificate to servers that ask for one (mTLS)"),
        path("tls-key-file")
            .requires("tls-certificate-file")
            .help("The certificate's key, PEM; in the certificate's file unless told"),
        text("protocol", "SCHEME")
            .value_parser(PossibleValuesParser::new(["http", "https"]))
            .help("How to connect; https unless told"),
        Arg::new("use-shared-gateway")
            .long("use-shared-gateway")
            .value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(value_parser!(bool))
            .help("Send everything to the shared gateway (true) or to the instance (false)"),
        text("default-api-name", "ACTION")
            .action(ArgAction::Append)
            .help("Send this action to the shared gateway; may be repeated"),
        text("encoding", "CHARSET").help("The charset of plaintexts on the instance; utf-8"),
        context_aad(),
        Arg::new("force-low-version-crypto-transfer")
            .long("force-low-version-crypto-transfer")
            .action(ArgAction::SetTrue)
            .help("Use the instance's older operations"),
        Arg::new("max-attempts")
            .long("max-attempts")
            .value_name("N")
            .value_parser(RangedU64ValueParser::<u32>::new().range(1..))
            .help("Requests for a call at most, 1 is no retry; 3"),
        Arg::new("timeout")
            .long("timeout")
            .value_name("SECONDS")
            .value_parser(seconds)
            .help("Limit of the whole call, fractions allowed; 30"),
    ]
}

/// How encryption contexts are authenticated on the instance.
pub(crate) fn context_aad() -> Arg {
    Arg::new("context-aad")
        .long("context-aad")
        .value_name("FORM")
        .value_parser(PossibleValuesParser::new(["digest", "python"]))
        .help("How the instance authenticates an encryption context; digest")
}

/// The chosen form, if one was.
pub(crate) fn chosen_context_aad(options: &ArgMatches) -> Option<ContextAad> {
    let form: &String = options.get_one("context-aad")?;
    Some(match form.as_str() {
        "python" => ContextAad::Python,
        _ => ContextAad::Digest,
    })
}

/// A positive number of seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "expected a positive number of seconds, such as 2.5".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_positive_seconds() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for text in ["", "0", "-1", "nan", "inf", "1e30", "1s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
