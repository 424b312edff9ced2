use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub acton Seal {
        gateways: shared;
    }

    pub action Open {
        gateways: private;
        idempotent: maybe;
        request {
            key_id String,
            text: String in header,
            #[secret] each: Vec<String> each Key,
            text: Option<String> = "Other",
        }
        answer {}
    }

    pub action Close {
        request { new: Option<String> }
    }

    pub values State {
        On: "On",
        Off = "Off",
        Other = "Other",
    }
}

fn main() {}
