//! `kms_api!` beside a hand-written twin of what it emits: both must behave alike.
//!
//! [`written`] is where to read what a declaration becomes.

mod written;

use std::sync::Arc;

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, PayloadInfo};
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::middleware::wire::parameters::{self, Parameter, Parameters};
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::transfer::{Native, Operation, Transfer, TransferInfo};
use alibabacloud_kms::{
    Action, ActionInfo, BoxError, Call, Error, ExposeSecret, Gateway, KmsClient, Reply,
};

mod declared {
    use alibabacloud_kms::{Pairs, SecretString, kms_api};

    kms_api! {
        version = "2016-01-20";
        pub(super) trait LabApi;
        examples = "client";
        pub(super) registry ACTIONS;

        /// A note.
        pub(super) object Note {
            /// Who wrote it.
            author: Option<String>,
        }

        /// Seals a text,
        /// and nothing else.
        ///
        /// More about it.
        #[doc_url = "https://example.com/seal"]
        pub(super) action SealText {
            gateways: shared, instance;
            method: GET;
            idempotent: false;
            request {
                /// The key.
                key_id: String,
                #[secret] plaintext: SecretString in body,
                context: Option<Pairs> as json,
                key_version: Option<String> = "KeyVersionId" required,
                note: Vec<Note>,
            }
            response {
                #[secret] ticket: Option<SecretString>,
                stages: Vec<String> each "Stage",
                size: i32,
            }
        }
    }
}

/// The transfer that both sides bring, as a user's action does.
macro_rules! transfer {
    ($side:ident) => {
        impl Transfer for $side::SealTextRequest {
            const OPERATIONS: &'static [Operation] = &[Operation::new::<AdvanceEncryptRequest>()];

            async fn transfer(
                &self,
                native: &mut Native<'_>,
            ) -> Result<$side::SealTextResponse, Error> {
                let plaintext = self.plaintext.expose_secret().as_bytes().to_vec();
                native.send(AdvanceEncryptRequest::new(&self.key_id, plaintext)).await?;
                Ok($side::SealTextResponse::default())
            }
        }
    };
}

transfer!(declared);
transfer!(written);

/// The same value of both sides.
macro_rules! both {
    ($side:ident => $value:expr) => {{
        let macros = {
            use self::declared as $side;
            $value
        };
        let hands = {
            use self::written as $side;
            $value
        };
        (macros, hands)
    }};
}

/// A request that has all fields.
macro_rules! full_request {
    ($side:ident) => {
        $side::SealTextRequest::new("alias/app", "plain text")
            .context([("b", "1"), ("a", "ü")])
            .key_version("v1")
            .note([$side::Note::new().author("me"), $side::Note::new()])
    };
}

#[test]
fn the_tables_are_equal() {
    let (macros, hands) = both!(side => <side::SealTextRequest as Action>::INFO);
    assert_eq!(described(macros), described(hands));
    assert_eq!(macros.summary, "Seals a text, and nothing else.");

    let (macros, hands) = both!(side => side::ACTIONS);
    let names =
        |actions: &[&ActionInfo]| -> Vec<_> { actions.iter().map(|action| action.name).collect() };
    assert_eq!(names(macros), names(hands));
    assert_eq!(macros, [<declared::SealTextRequest as Action>::INFO]);
}

#[test]
fn empty_payloads_are_equal() {
    let (macros, hands) = both!(side => <side::SealTextRequest as Action>::INFO);
    for new in [
        (macros.new_request)(),
        (macros.new_response)(),
        (hands.new_request)(),
        (hands.new_response)(),
    ] {
        let mut payload = new;
        let count = payload.info().fields.len();
        assert!(payload.field(count).is_none() && payload.field_mut(count).is_none());
    }
    assert_eq!(*json::expose(&*(macros.new_request)()), *json::expose(&*(hands.new_request)()));
}

#[test]
fn the_parameters_are_equal() {
    let (macros, hands) = both!(side => written_parameters(&full_request!(side)));
    assert_eq!(macros, hands);
    let context = "Context=%7B%22b%22%3A%221%22%2C%22a%22%3A%22%C3%BC%22%7D";
    let query = format!("KeyId=alias%2Fapp&{context}&KeyVersionId=v1&Note.1.Author=me");
    assert_eq!(macros, (query, "Plaintext=plain%20text".to_owned()));
}

#[test]
fn the_missing_parameters_are_equal() {
    let (macros, hands) = both!(side => {
        let request = side::SealTextRequest::new("alias/app", "text");
        [Gateway::Shared, Gateway::Instance].map(|gateway| {
            parameters::missing(&request, gateway).map(|info| info.name)
        })
    });
    assert_eq!(macros, hands);
    assert_eq!(macros, [Some("KeyVersionId"), None]);
}

#[test]
fn debug_is_equal_and_redacted() {
    let (macros, hands) = both!(side => format!("{:?}", full_request!(side)));
    assert_eq!(macros, hands);
    assert!(macros.contains("alias/app") && !macros.contains("plain text"), "{macros}");

    let (macros, hands) = both!(side => format!("{:?}", response::<side::SealTextResponse>()));
    assert_eq!(macros, hands);
    assert!(macros.contains("s1") && !macros.contains("the ticket"), "{macros}");
}

#[test]
fn json_is_read_and_written_alike() {
    let (macros, hands) = both!(side => {
        let response = response::<side::SealTextResponse>();
        let ticket = response.ticket.as_ref().map(|ticket| ticket.expose_secret().to_owned());
        (ticket, response.stages.clone(), response.size, json::expose(&response).to_string())
    });
    assert_eq!(macros, hands);
    let stages = vec!["s1".to_owned(), "s2".to_owned()];
    let written =
        r#"{"Ticket":"the ticket","Stages":{"Stage":["s1","s2"]},"Size":7,"RequestId":"r1"}"#;
    assert_eq!(macros, (Some("the ticket".to_owned()), stages, 7, written.to_owned()));
}

#[tokio::test]
async fn calls_are_equal() {
    let client = KmsClient::from_service(tower::service_fn(|call: Call| async move {
        assert_eq!(call.action().name, "SealText");
        // The answer's size says what came in: the whole request, its secret too.
        let size = json::expose(call.payload()).len();
        let answer = format!(r#"{{"Size": {size}, "Stages": {{"Stage": ["sealed"]}}}}"#);
        let mut response = (call.action().new_response)();
        json::decode(answer.as_bytes(), &mut *response)?;
        Ok::<_, BoxError>(Reply::from_payload(Arc::from(response), Gateway::Shared))
    }));
    let (macros, hands) = both!(side => {
        let request = full_request!(side);
        let size = json::expose(&request).len();
        let answer = side::LabApi::seal_text(&client, request).await.expect("the service answers");
        assert_eq!(usize::try_from(answer.size), Ok(size));
        answer.stages
    });
    assert_eq!(macros, ["sealed"]);
    assert_eq!(macros, hands);
}

/// What the service might answer, with a field that we do not know and one that is null.
fn response<R: for<'de> serde::Deserialize<'de>>() -> R {
    let text = r#"{
        "Ticket": "the ticket",
        "Stages": {"Stage": ["s1", "s2"], "Count": 2},
        "Size": "7",
        "RequestId": "r1",
        "Future": {"Size": [1]}
    }"#;
    serde_json::from_str(text).expect("the response is JSON of its form")
}

/// The query and the form.
fn written_parameters(request: &dyn Payload) -> (String, String) {
    let Parameters { query, form, .. } = Parameters::new(request);
    let written = |parameters: &[Parameter]| parameters::encode(parameters).to_string();
    (written(&query), written(&form))
}

/// Everything that an action's table says.
fn described(action: &ActionInfo) -> String {
    let ActionInfo {
        name,
        version,
        dialect,
        gateways,
        data_plane,
        method,
        idempotent,
        deprecated,
        summary,
        doc_url,
        request,
        response,
        transfer: _,
        new_request: _,
        new_response: _,
        ..
    } = action;
    let payloads = [request, response].map(|payload| described_payload(payload));
    format!(
        "{name} {version} {dialect:?} {gateways:?} {data_plane} {method} {idempotent} {deprecated} \
         {summary:?} {doc_url} {:?} {payloads:#?}",
        TransferInfo::from_action(action),
    )
}

fn described_payload(payload: &PayloadInfo) -> Vec<String> {
    let PayloadInfo { name, fields, .. } = payload;
    let fields = fields.iter().map(described_field);
    std::iter::once((*name).to_owned()).chain(fields).collect()
}

fn described_field(info: &FieldInfo) -> String {
    let inner = match info.kind {
        FieldKind::Object(object) | FieldKind::ObjectList(object) => described_payload(object),
        _ => Vec::new(),
    };
    // Debug of a kind names the object only.
    format!("{info:?} {inner:?}")
}
