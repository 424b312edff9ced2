//! A layer that records what a gateway answers, without the secrets.

use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tower::{Layer, Service};

use super::recording;
use crate::lock::lock;
use crate::{BoxError, BoxFuture, Call, CallService, Reply};

/// Records the calls of a client against a real or a local gateway, for a mock to replay.
///
/// A recorder is a layer of the client. Its file has one line of JSON per call: the action, the
/// request, and the response or the error. Fields of a secrecy type are replaced by `[redacted]` at
/// every depth. Options, headers and extensions of calls are not recorded. Everything that is not
/// of a secrecy type is written as it is: check the file before you publish it.
///
/// ```
/// use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};
/// use alibabacloud_kms::testing::{MockGateway, Recorder, Recording};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let gateway = MockGateway::new();
/// # let mut response = EncryptResponse::default();
/// # response.ciphertext_blob = "c2VhbGVk".into();
/// # gateway.push(response);
/// # let client = gateway.client();
/// # let path = std::env::temp_dir().join(format!("kms-recording-{}", std::process::id()));
/// // Once, against a gateway:
/// let recorder = Recorder::new();
/// let client = client.with_layer(recorder.clone());
/// client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
/// recorder.save(&path)?;
///
/// // In tests, from the file:
/// let mock = MockGateway::replay(&Recording::from_file(&path)?);
/// let sealed = mock.client().encrypt(EncryptRequest::new("alias/app", "other text")).await?;
/// assert_eq!(sealed.ciphertext_blob, "c2VhbGVk");
/// # std::fs::remove_file(path)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Recorder {
    lines: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    /// Creates a recorder. Clones share one recording.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the recording so far: one line of JSON for each call that has ended.
    pub fn text(&self) -> String {
        lock(&self.lines).iter().map(|line| format!("{line}\n")).collect()
    }

    /// Writes the recording to a file, replacing its content.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        std::fs::File::create(path)?.write_all(self.text().as_bytes())
    }
}

impl<S> Layer<S> for Recorder {
    type Service = Record<S>;

    fn layer(&self, inner: S) -> Record<S> {
        Record { inner, recorder: self.clone() }
    }
}

/// Records calls and their answers.
#[derive(Clone)]
pub struct Record<S> {
    inner: S,
    recorder: Recorder,
}

impl<S: CallService> Service<Call> for Record<S> {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let recorder = self.recorder.clone();
        let answer = self.inner.call(call.clone());
        Box::pin(async move {
            let answer = answer.await.map_err(Into::into);
            if let Some(line) = recording::line(&call, answer.as_ref().map_err(|error| &**error)) {
                lock(&recorder.lines).push(line);
            }
            answer
        })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("calls", &lock(&self.lines).len()).finish()
    }
}

impl<S: fmt::Debug> fmt::Debug for Record<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("inner", &self.inner).finish_non_exhaustive()
    }
}
