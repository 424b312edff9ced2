use alibabacloud_kms::kms_api;

kms_api! {
    version = "dkms-gcs-0.2";

    pub operation Seal {
        idempotent: true;
        request {}
        response {}
    }

    pub operation Open {
        idempotent: true;
        request_id: 2;
        request {}
        response { text: String @ 2 }
    }
}

fn main() {}
