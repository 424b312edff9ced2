use alibabacloud_kms::kms_api;

kms_api! {
    version = "2016-01-20";

    pub object Note {
        text: String,
    }

    pub action Seal {
        gateways: shared;
        idempotent: true;
        request {
            key_id: String,
            note: Option<Note>,
        }
        response {}
    }
}

fn main() {
    let _ = SealRequest::new("alias/app", "text");
    let _ = SealRequest::new("alias/app").note();
    let _ = Note::new();
}
