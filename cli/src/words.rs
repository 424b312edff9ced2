//! The words of the library in errors and advice, and what stands for them in the command.
//!
//! The library names its methods and types as remedies. A user of the command has options.

/// What the library says, and what the command says instead.
const WORDS: [(&str, &str); 20] = [
    ("with .tls(TlsOptions::ca_file(..))", "with --ca-file"),
    ("with `TlsOptions::ca_file`", "with --ca-file"),
    (", or `webpki_roots()`", ""),
    (
        "a text in another charset needs `charset(..)`",
        "a text in another charset needs --encoding, and bytes that are not text need \
         `kms instance`",
    ),
    ("`time_limit()` says which: raise it", "raise --timeout"),
    (
        "after `Outcome::Unknown` check whether the service acted",
        "check whether the service acted before you repeat a call that must not happen twice",
    ),
    ("see its error, which is the source", "see the end of the message"),
    (": set a larger max_answer", ""),
    (", for example with `quota::QuotaLayer`", ""),
    ("; `access_denied_detail()` names the policy that decided", ""),
    ("`use_shared_gateway(true)`", "--use-shared-gateway"),
    (
        "use a provider that renews its credential, for example `credential::DefaultChain`, in \
         place of a fixed `Credential::sts`",
        "give a new one, or use a source that renews it: `kms credentials` lists the sources",
    ),
    ("an endpoint is given with `new`", "an endpoint is given with --endpoint"),
    ("default_kms_api_names", "--default-api-name"),
    (", and register actions of your own with `actions(..)` first", ""),
    (
        "check the credential; the error of a signer of your own is the source",
        "check the credential",
    ),
    ("add a shared gateway to the client", "give --region or --endpoint"),
    ("add an instance gateway to the client", "give --instance-endpoint"),
    (
        "give the instance gateway a client key instead of a credential",
        "give --client-key-file, and its password in ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD",
    ),
    ("set one with its key in TlsOptions", "give --tls-certificate-file and --tls-key-file"),
];

/// Returns a text of the library in the words of the command.
pub(crate) fn own(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::__private::{CODES, KINDS};
    use alibabacloud_kms::{Credential, OpenApiGateway, Routing};

    use super::own;

    #[test]
    fn no_advice_names_anything_of_rust() {
        let advice = CODES.iter().map(|row| row.advice);
        for advice in advice.chain(KINDS.iter().filter_map(|row| row.advice)) {
            let own = own(advice);
            let is_rust = ["::", "()", "(..)", "(true)"].iter().any(|it| own.contains(it));
            assert!(!is_rust && !own.is_empty(), "{own}");
        }
    }

    #[test]
    fn a_remedy_is_an_option() {
        let credential = Credential::access_key("i", "s");
        let region = OpenApiGateway::region("x.y", credential).expect_err("an endpoint");
        assert!(own(&region.to_string()).ends_with("an endpoint is given with --endpoint"));
        let name = Routing::new().default_kms_api_names(["Xyzzy"]).expect_err("no action");
        let name = own(&name.to_string());
        assert!(name.contains("--default-api-name") && !name.contains("actions(..)"), "{name}");
    }
}
