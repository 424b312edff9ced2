use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub object Version {
        old: Option<String>,
        new: Option<String>,
    }

    pub action Rename {
        gateways: shared;
        idempotent: true;
        request { name: String, new: Vec<String> }
        response { new: Option<String> }
    }
}

fn main() {}
