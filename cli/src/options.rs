//! The options before the action, as clap sees them.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use alibabacloud_kms::transfer::ContextAad;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, value_parser};

/// Returns all of them.
pub(crate) fn all() -> Vec<Arg> {
    let text = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let path = |name: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf))
    };
    vec![
        text("region", "REGION")
            .help("Region of the shared gateway, such as cn-hangzhou; --endpoint takes precedence"),
        text("endpoint", "HOST[:PORT]").help("Address of the shared gateway"),
        text("instance-endpoint", "HOST[:PORT]").help("Address of the instance gateway"),
        path("client-key-file").help(
            "Client key of the instance gateway; ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD has its \
             password",
        ),
        path("ca-file").help(
            "Trust the CAs of this PEM file or directory; the shared gateway and https proxies \
             also trust the system's",
        ),
        Arg::new("ignore-ssl")
            .long("ignore-ssl")
            .action(ArgAction::SetTrue)
            .conflicts_with("ca-file")
            .help(
                "Do not check who the server is: anyone on the network can read and change everything",
            ),
        path("tls-certificate-file")
            .help("Present this PEM certificate to servers that require one (mTLS)"),
        path("tls-key-file")
            .requires("tls-certificate-file")
            .help("Private key of the certificate, in PEM [default: in the certificate's file]"),
        text("protocol", "SCHEME")
            .value_parser(PossibleValuesParser::new(["http", "https"]))
            .help("Protocol of the gateways [default: https]"),
        Arg::new("use-shared-gateway")
            .long("use-shared-gateway")
            .value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(value_parser!(bool))
            .help(
                "Send all calls to the shared gateway (true), or all that the instance serves to \
                 the instance (false)",
            ),
        text("default-api-name", "ACTION")
            .action(ArgAction::Append)
            .help("Send this action to the shared gateway. May be repeated"),
        text("encoding", "CHARSET").help("Charset of plaintexts on the instance [default: utf-8]"),
        context_aad(&["digest", "java", "python"]),
        Arg::new("force-low-version-crypto-transfer")
            .long("force-low-version-crypto-transfer")
            .action(ArgAction::SetTrue)
            .help("Use the older operations of the instance"),
        Arg::new("max-attempts")
            .long("max-attempts")
            .value_name("N")
            .allow_negative_numbers(true)
            .value_parser(whole_number(1..=u32::MAX))
            .help("Maximum number of attempts per call, 1 disables retries [default: 3]"),
        Arg::new("timeout")
            .long("timeout")
            .value_name("SECONDS")
            .allow_negative_numbers(true)
            .value_parser(seconds)
            .help("Time limit of the whole call, fractions allowed [default: 30]"),
    ]
}

/// Returns the option for the form of encryption contexts on the instance, one of `forms`.
pub(crate) fn context_aad(forms: &'static [&'static str]) -> Arg {
    Arg::new("context-aad")
        .long("context-aad")
        .value_name("FORM")
        .value_parser(PossibleValuesParser::new(forms))
        .help("How the instance authenticates encryption contexts [default: digest]")
}

/// Returns the chosen form, if there is one.
pub(crate) fn chosen_context_aad(options: &ArgMatches) -> Option<ContextAad> {
    let form: &String = options.get_one("context-aad")?;
    Some(match form.as_str() {
        "java" => ContextAad::Java,
        "python" => ContextAad::Python,
        _ => ContextAad::Digest,
    })
}

/// Returns the parser of a whole number in a range.
pub(crate) fn whole_number(
    range: RangeInclusive<u32>,
) -> impl Fn(&str) -> Result<u32, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            format!("expected a whole number from {} to {}", range.start(), range.end())
        })
    }
}

/// Parses a positive number of seconds, up to 100 years: clocks cannot count much further.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|time| !time.is_zero() && *time <= CENTURY)
        .ok_or_else(|| {
            "expected a positive number of seconds, at most 100 years, such as 2.5".into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_outside_of_its_range_is_told_the_range() {
        let parse = whole_number(1..=10);
        assert_eq!(parse("10"), Ok(10));
        for text in ["", "0", "-1", "11", "canary", "1.5", "99999999999"] {
            let message = parse(text).expect_err(text);
            assert_eq!(message, "expected a whole number from 1 to 10");
        }
    }

    #[test]
    fn times_are_positive_seconds() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("3153600000"), Ok(Duration::from_secs(3_153_600_000)));
        for text in ["", "0", "-1", "nan", "inf", "1e19", "1e30", "1s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
