use alibabacloud_kms::kms_api;

type SecretString = String;

kms_api! {
    version = "2016-01-20";

    pub action Seal {
        gateways: shared;
        idempotent: true;
        request { #[secret] plaintext: SecretString }
        response { #[secret] ticket: Option<SecretString> }
    }
}

fn main() {}
