//! What the macro that declares actions would emit, written out for two actions.

use std::fmt;

use http::Method;
use secrecy::{SecretSlice, SecretString};
use serde_json::{Map, Value as Json};

use super::SECRET;
use crate::payload::{
    Field, FieldInfo, FieldKind, FieldType, Pairs, Payload, PayloadInfo, Position, Required, Slot,
    Table, Value, fmt_redacted,
};
use crate::{Action, ActionInfo, Dialect, Gateway};

macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty = $info:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        pub(crate) struct $name {
            $(pub(crate) $field: $type,)*
        }

        impl Payload for $name {
            fn info(&self) -> &'static PayloadInfo {
                <Self as Table>::TABLE
            }

            fn field(&self, index: usize) -> Option<&dyn Field> {
                let fields: &[&dyn Field] = &[$(&self.$field),*];
                fields.get(index).copied()
            }

            fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
                let fields: Vec<&mut dyn Field> = vec![$(&mut self.$field),*];
                fields.into_iter().nth(index)
            }
        }

        impl Table for $name {
            const TABLE: &'static PayloadInfo = &PayloadInfo {
                name: stringify!($name),
                fields: &[$(FieldInfo { kind: <$type as FieldType>::KIND, ..$info }),*],
            };
        }

        impl Field for $name {
            fn value(&self) -> Value<'_> {
                Value::Object(self)
            }

            fn slot(&mut self) -> Slot<'_> {
                Slot::Object(self)
            }
        }

        impl FieldType for $name {
            const KIND: FieldKind = FieldKind::Object(<Self as Table>::TABLE);
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt_redacted(self, f)
            }
        }
    };
}

/// A field's description; the kind is the type's own.
const fn field(name: &'static str) -> FieldInfo {
    FieldInfo {
        name,
        docs: "",
        kind: FieldKind::String,
        required: Required::No,
        position: Position::Query,
        json: false,
        number: 0,
        secret: false,
        each: None,
    }
}

const fn required(name: &'static str) -> FieldInfo {
    FieldInfo { required: Required::Always, ..field(name) }
}

const fn numbered(name: &'static str, number: u32) -> FieldInfo {
    FieldInfo { number, ..field(name) }
}

const fn secret(info: FieldInfo) -> FieldInfo {
    FieldInfo { secret: true, ..info }
}

payload!(
    /// An object inside an object.
    Part {
        name: String = field("Name"),
    }
);

payload!(
    /// An object inside requests and responses.
    Tag {
        key: String = field("Key"),
        value: Option<String> = field("Value"),
        note: Option<SecretString> = secret(field("Note")),
        parts: Vec<Part> = field("Part"),
    }
);

payload!(
    /// A request of the RPC dialect with a field of every kind.
    CreateRequest {
        key_id: String = required("KeyId"),
        region: Option<String> = FieldInfo {
            required: Required::OnShared,
            ..field("Region")
        },
        plaintext: SecretString = secret(required("Plaintext")),
        data: Option<SecretString> = FieldInfo {
            position: Position::Body,
            ..secret(field("SecretData"))
        },
        recipient: Option<Vec<u8>> = FieldInfo {
            position: Position::Body,
            ..field("Recipient")
        },
        bytes: Option<i32> = field("NumberOfBytes"),
        enabled: Option<bool> = field("Enabled"),
        context: Option<Pairs> = FieldInfo {
            json: true,
            ..field("EncryptionContext")
        },
        labels: Option<Pairs> = field("Labels"),
        extra: Option<Map<String, Json>> = field("Extra"),
        names: Vec<String> = field("Name"),
        owner: Option<Tag> = field("Owner"),
        tags: Vec<Tag> = field("Tag"),
        json_tags: Vec<Tag> = FieldInfo {
            json: true,
            ..field("JsonTag")
        },
    }
);

payload!(
    /// A response of the RPC dialect with a field of every kind.
    CreateResponse {
        key_id: String = field("KeyId"),
        plaintext: SecretString = secret(field("Plaintext")),
        blob: Vec<u8> = field("Blob"),
        count: i32 = field("Count"),
        total: Option<i64> = field("TotalCount"),
        enabled: bool = field("Enabled"),
        names: Vec<String> = field("Names"),
        stages: Vec<String> = FieldInfo {
            each: Some("VersionStage"),
            ..field("VersionStages")
        },
        keys: Vec<Tag> = FieldInfo {
            each: Some("Key"),
            ..field("Keys")
        },
        owner: Option<Tag> = field("Owner"),
        labels: Option<Pairs> = field("Labels"),
        extra: Option<Map<String, Json>> = field("Extra"),
        request_id: String = field("RequestId"),
    }
);

payload!(
    /// A request of the protobuf dialect with a field of every kind that it has.
    SealRequest {
        key_id: String = FieldInfo {
            required: Required::Always,
            ..numbered("KeyId", 1)
        },
        plaintext: SecretSlice<u8> = secret(FieldInfo {
            required: Required::Always,
            ..numbered("Plaintext", 2)
        }),
        bytes: Option<i32> = numbered("NumberOfBytes", 3),
        forced: Option<bool> = numbered("Forced", 4),
        names: Vec<String> = numbered("Names", 16),
        aad: Option<Vec<u8>> = numbered("Aad", 2000),
    }
);

payload!(
    /// A request whose octets are required and no secret.
    OpenRequest {
        blob: Vec<u8> = FieldInfo {
            required: Required::Always,
            ..numbered("CiphertextBlob", 1)
        },
    }
);

payload!(
    /// A response of the protobuf dialect.
    SealResponse {
        key_id: String = numbered("KeyId", 1),
        blob: Vec<u8> = numbered("CiphertextBlob", 2),
        request_id: String = numbered("RequestId", 3),
        count: i32 = numbered("Count", 4),
        valid: bool = numbered("Valid", 5),
        names: Vec<String> = numbered("Names", 6),
    }
);

impl Action for CreateRequest {
    type Response = CreateResponse;

    const INFO: &'static ActionInfo = &ActionInfo {
        name: "CreateThing",
        version: "2016-01-20",
        dialect: Dialect::Rpc,
        gateways: &[Gateway::Shared],
        data_plane: false,
        method: Method::POST,
        idempotent: true,
        deprecated: false,
        summary: "",
        doc_url: "",
        request: <Self as Table>::TABLE,
        response: CreateResponse::TABLE,
        transfer: None,
        new_request: || Box::new(Self::default()),
        new_response: || Box::new(CreateResponse::default()),
    };
}

impl Action for SealRequest {
    type Response = SealResponse;

    const INFO: &'static ActionInfo = &ActionInfo {
        name: "SealThing",
        version: "dkms-gcs-0.2",
        dialect: Dialect::Protobuf,
        gateways: &[Gateway::Instance],
        data_plane: true,
        method: Method::POST,
        idempotent: false,
        deprecated: false,
        summary: "",
        doc_url: "",
        request: <Self as Table>::TABLE,
        response: SealResponse::TABLE,
        transfer: None,
        new_request: || Box::new(Self::default()),
        new_response: || Box::new(SealResponse::default()),
    };
}

impl CreateRequest {
    /// A request that the shared gateway takes, with a secret.
    pub(crate) fn valid() -> Self {
        Self {
            key_id: "alias/app".into(),
            region: Some("cn-hangzhou".into()),
            plaintext: SECRET.into(),
            ..Self::default()
        }
    }
}

impl SealRequest {
    /// A request that the instance takes, with a secret.
    pub(crate) fn valid() -> Self {
        Self {
            key_id: "key-1".into(),
            plaintext: SECRET.as_bytes().to_vec().into(),
            ..Self::default()
        }
    }
}
