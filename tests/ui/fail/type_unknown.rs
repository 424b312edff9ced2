use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub action ListThings {
        gateways: shared;
        idempotent: true;
        request {
            page_number: Option<u32>,
            page_size: Option<u32>,
            ratio: f64,
        }
        response { sizes: Vec<u32> }
    }
}

fn main() {}
