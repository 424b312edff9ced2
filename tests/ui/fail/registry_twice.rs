use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";
    pub registry ACTIONS;
}

kms_api! {
    version = "2016-01-20";
    pub registry ACTIONS;
}

fn main() {}
