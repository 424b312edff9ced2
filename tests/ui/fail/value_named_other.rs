use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub values State {
        Enabled = "Enabled",
        Other = "Other",
    }
}

fn main() {}
