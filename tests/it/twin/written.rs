//! What `kms_api!` makes of the twin's declaration, by hand and with public names only.

use std::fmt;

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::payload::{
    Field, FieldInfo, PayloadInfo, Required, Table, fmt_redacted,
};
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::transfer::TransferInfo;
use alibabacloud_kms::{Action, ActionInfo, Gateway, KmsClient, Pairs, PendingCall, SecretString};
use http::Method;
use serde::{Deserialize, Deserializer};

/// A note.
#[derive(Clone, Default)]
#[non_exhaustive]
pub(crate) struct Note {
    /// Who wrote it.
    pub(crate) author: Option<String>,
}

impl Payload for Note {
    fn info(&self) -> &'static PayloadInfo {
        Self::TABLE
    }

    fn field(&self, index: usize) -> Option<&dyn Field> {
        match index {
            0 => Some(&self.author),
            _ => None,
        }
    }

    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
        match index {
            0 => Some(&mut self.author),
            _ => None,
        }
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_redacted(self, f)
    }
}

impl Table for Note {
    const TABLE: &'static PayloadInfo = &PayloadInfo::new(
        "Note",
        &[FieldInfo::new::<Option<String>>("Author").docs("Who wrote it.")],
    );
}

impl Note {
    /// Creates a `Note` from its required fields.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sets `Author`: Who wrote it.
    #[must_use]
    pub(crate) fn author(mut self, author: impl Into<String>) -> Self {
        self.author = Some(author.into());
        self
    }
}

/// The request of `SealText`.
///
/// Seals a text,
/// and nothing else.
///
/// More about it.
///
/// # Example
///
/// ```no_run
/// use it::twin::written::{LabApi, SealTextRequest};
///
/// # type Result = std::result::Result<(), alibabacloud_kms::Error>;
/// # async fn run(client: alibabacloud_kms::KmsClient, given: SealTextRequest) -> Result {
/// # let SealTextRequest { key_id, plaintext, key_version: Some(key_version), .. } = given
/// # else { return Ok(()) };
/// let request = SealTextRequest::new(key_id, plaintext).key_version(key_version);
/// let response = client.seal_text(request).await?;
/// println!("{response:?}");
/// # Ok(())
/// # }
/// ```
///
/// [Official documentation](https://example.com/seal)
#[derive(Clone, Default)]
#[non_exhaustive]
pub(crate) struct SealTextRequest {
    /// The key.
    pub(crate) key_id: String,
    /// `Plaintext`.
    pub(crate) plaintext: SecretString,
    /// `Context`.
    pub(crate) context: Option<Pairs>,
    /// `KeyVersionId`.
    pub(crate) key_version: Option<String>,
    /// `Note`.
    pub(crate) note: Vec<Note>,
}

impl Payload for SealTextRequest {
    fn info(&self) -> &'static PayloadInfo {
        <Self as Table>::TABLE
    }

    fn field(&self, index: usize) -> Option<&dyn Field> {
        match index {
            0 => Some(&self.key_id),
            1 => Some(&self.plaintext),
            2 => Some(&self.context),
            3 => Some(&self.key_version),
            4 => Some(&self.note),
            _ => None,
        }
    }

    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
        match index {
            0 => Some(&mut self.key_id),
            1 => Some(&mut self.plaintext),
            2 => Some(&mut self.context),
            3 => Some(&mut self.key_version),
            4 => Some(&mut self.note),
            _ => None,
        }
    }
}

impl fmt::Debug for SealTextRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_redacted(self, f)
    }
}

impl Table for SealTextRequest {
    const TABLE: &'static PayloadInfo = &PayloadInfo::new(
        "SealTextRequest",
        &[
            FieldInfo::new::<String>("KeyId").docs("The key.").required(Required::Always),
            FieldInfo::new::<SecretString>("Plaintext").required(Required::Always).in_body(),
            FieldInfo::new::<Option<Pairs>>("Context").as_json(),
            FieldInfo::new::<Option<String>>("KeyVersionId").required(Required::OnShared),
            FieldInfo::new::<Vec<Note>>("Note"),
        ],
    );
}

impl SealTextRequest {
    /// Creates a request of `SealText` from its required fields.
    pub(crate) fn new(key_id: impl Into<String>, plaintext: impl Into<SecretString>) -> Self {
        Self { key_id: key_id.into(), plaintext: plaintext.into(), ..Self::default() }
    }

    /// Sets `Context`.
    #[must_use]
    pub(crate) fn context(mut self, context: impl Into<Pairs>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Sets `KeyVersionId`.
    #[must_use]
    pub(crate) fn key_version(mut self, key_version: impl Into<String>) -> Self {
        self.key_version = Some(key_version.into());
        self
    }

    /// Sets `Note`.
    #[must_use]
    pub(crate) fn note(mut self, note: impl IntoIterator<Item = impl Into<Note>>) -> Self {
        self.note = note.into_iter().map(Into::into).collect();
        self
    }
}

/// The response of `SealText`.
#[derive(Clone, Default)]
#[non_exhaustive]
pub(crate) struct SealTextResponse {
    /// `Ticket`.
    pub(crate) ticket: Option<SecretString>,
    /// `Stages`.
    pub(crate) stages: Vec<String>,
    /// `Size`.
    pub(crate) size: i32,
    /// The id of the request, to quote to support.
    pub(crate) request_id: String,
}

impl Payload for SealTextResponse {
    fn info(&self) -> &'static PayloadInfo {
        Self::TABLE
    }

    fn field(&self, index: usize) -> Option<&dyn Field> {
        match index {
            0 => Some(&self.ticket),
            1 => Some(&self.stages),
            2 => Some(&self.size),
            3 => Some(&self.request_id),
            _ => None,
        }
    }

    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
        match index {
            0 => Some(&mut self.ticket),
            1 => Some(&mut self.stages),
            2 => Some(&mut self.size),
            3 => Some(&mut self.request_id),
            _ => None,
        }
    }
}

impl fmt::Debug for SealTextResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_redacted(self, f)
    }
}

impl Table for SealTextResponse {
    const TABLE: &'static PayloadInfo = &PayloadInfo::new(
        "SealTextResponse",
        &[
            FieldInfo::new::<Option<SecretString>>("Ticket"),
            FieldInfo::new::<Vec<String>>("Stages").each("Stage"),
            FieldInfo::new::<i32>("Size").required(Required::Always),
            FieldInfo::new::<String>("RequestId")
                .docs("The id of the request, to quote to support."),
        ],
    );
}

impl<'de> Deserialize<'de> for SealTextResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut response = Self::default();
        json::deserialize(deserializer, &mut response)?;
        Ok(response)
    }
}

impl Action for SealTextRequest {
    type Response = SealTextResponse;

    const INFO: &'static ActionInfo = &ActionInfo::new::<SealTextRequest>("SealText", "2016-01-20")
        .gateways(&[Gateway::Shared, Gateway::Instance])
        .data_plane(true)
        .method(Method::GET)
        .summary("Seals a text, and nothing else.")
        .doc_url("https://example.com/seal")
        .transfer(TransferInfo::for_action::<SealTextRequest>());
}

/// The actions that are declared here.
pub(crate) const ACTIONS: &[&ActionInfo] = &[<SealTextRequest as Action>::INFO];

/// Client methods of the actions that are declared here.
pub(crate) trait LabApi {
    /// Seals a text,
    /// and nothing else.
    ///
    /// More about it.
    ///
    /// [Official documentation](https://example.com/seal)
    fn seal_text(&self, request: SealTextRequest) -> PendingCall<SealTextRequest>;
}

impl LabApi for KmsClient {
    fn seal_text(&self, request: SealTextRequest) -> PendingCall<SealTextRequest> {
        self.invoke(request)
    }
}
