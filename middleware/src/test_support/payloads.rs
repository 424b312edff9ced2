//! What the macro that declares actions would emit, written out for two actions.

use std::fmt;

use secrecy::{SecretSlice, SecretString};
use serde_json::{Map, Value as Json};

use super::SECRET;
use crate::payload::{
    Field, FieldInfo, FieldKind, FieldType, Payload, PayloadInfo, Required, Slot, Table, Value,
    fmt_redacted,
};
use crate::{Action, ActionInfo, Pairs};

macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $(
            $field:ident: $type:ty = $wire:literal $(, $set:ident($($value:expr)?))*;
        )* }) => {
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
            const TABLE: &'static PayloadInfo = &PayloadInfo::new(
                stringify!($name),
                &[$(FieldInfo::new::<$type>($wire) $(.$set($($value)?))*),*],
            );
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

payload!(
    /// An object inside an object.
    Part {
        name: String = "Name";
    }
);

payload!(
    /// An object inside requests and responses.
    Tag {
        key: String = "Key";
        value: Option<String> = "Value";
        note: Option<SecretString> = "Note";
        parts: Vec<Part> = "Part";
    }
);

payload!(
    /// A request of the RPC dialect with a field of every kind.
    CreateRequest {
        key_id: String = "KeyId", required(Required::Always);
        region: Option<String> = "Region", required(Required::OnShared);
        plaintext: SecretString = "Plaintext", required(Required::Always);
        data: Option<SecretString> = "SecretData", in_body();
        recipient: Option<Vec<u8>> = "Recipient", in_body();
        digest: Option<String> = "Digest", as_base64();
        bytes: Option<i32> = "NumberOfBytes";
        enabled: Option<bool> = "Enabled";
        context: Option<Pairs> = "EncryptionContext", as_json();
        labels: Option<Pairs> = "Labels";
        extra: Option<Map<String, Json>> = "Extra";
        names: Vec<String> = "Name";
        owner: Option<Tag> = "Owner";
        tags: Vec<Tag> = "Tag";
        json_tags: Vec<Tag> = "JsonTag", as_json();
    }
);

payload!(
    /// A response of the RPC dialect with a field of every kind.
    CreateResponse {
        key_id: String = "KeyId";
        plaintext: SecretString = "Plaintext";
        blob: Vec<u8> = "Blob";
        count: i32 = "Count";
        total: Option<i64> = "TotalCount";
        enabled: bool = "Enabled";
        names: Vec<String> = "Names";
        stages: Vec<String> = "VersionStages", each("VersionStage");
        keys: Vec<Tag> = "Keys", each("Key");
        owner: Option<Tag> = "Owner";
        labels: Option<Pairs> = "Labels";
        extra: Option<Map<String, Json>> = "Extra";
        request_id: String = "RequestId";
    }
);

payload!(
    /// A request of the protobuf dialect with a field of every kind that it has.
    SealRequest {
        key_id: String = "KeyId", number(1), required(Required::Always);
        plaintext: SecretSlice<u8> = "Plaintext", number(2), required(Required::Always);
        bytes: Option<i32> = "NumberOfBytes", number(3);
        forced: Option<bool> = "Forced", number(4);
        names: Vec<String> = "Names", number(16);
        aad: Option<Vec<u8>> = "Aad", number(2000);
    }
);

payload!(
    /// A request whose bytes are required and no secret.
    OpenRequest {
        blob: Vec<u8> = "CiphertextBlob", number(1), required(Required::Always);
    }
);

payload!(
    /// A response of the protobuf dialect.
    SealResponse {
        key_id: String = "KeyId", number(1);
        blob: Vec<u8> = "CiphertextBlob", number(2);
        request_id: String = "RequestId", number(3);
        count: i32 = "Count", number(4);
        valid: bool = "Valid", number(5);
        names: Vec<String> = "Names", number(6);
    }
);

impl Action for CreateRequest {
    type Response = CreateResponse;

    const INFO: &'static ActionInfo =
        &ActionInfo::new::<Self>("CreateThing", "2016-01-20").idempotent(true);
}

impl Action for SealRequest {
    type Response = SealResponse;

    const INFO: &'static ActionInfo =
        &ActionInfo::new_operation::<Self>("SealThing", "dkms-gcs-0.2");
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
