//! What a mock has recorded: calls above the stack, requests below signing.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::lock::lock;
use crate::middleware::payload::Payload;
use crate::middleware::wire::parameters::{self, Parameter};
use crate::middleware::wire::protobuf;
use crate::{Action, ActionInfo, Call, Dialect, Gateway};

/// A request as it would have gone over the network, signed.
///
/// All of its parts can be read, including secrets; `Debug` shows no secret.
#[derive(Clone)]
pub struct CapturedRequest {
    pub(super) origin: Arc<Origin>,
    pub(super) operation: &'static ActionInfo,
    pub(super) gateway: Option<Gateway>,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl CapturedRequest {
    /// Returns the call that it belongs to.
    pub fn call(&self) -> &Call {
        &self.origin.call
    }

    /// Returns the name of the call's action, or of the native operation that a call on the
    /// instance was transferred to.
    pub fn operation(&self) -> &'static str {
        self.operation.name
    }

    /// Returns the gateway that it would have gone to, or `None` if none of this library's codecs
    /// encoded it.
    pub fn gateway(&self) -> Option<Gateway> {
        self.gateway
    }

    /// Returns the request as an `A`, decoded from the wire, or `None` if it is of another action
    /// or native operation.
    ///
    /// On an instance it is the request of the operation: `payload::<AdvanceEncryptRequest>()`,
    /// with the plaintext as bytes. [`call`](Self::call) has the program's own request.
    pub fn payload<A: Action>(&self) -> Option<A> {
        if self.operation != A::INFO {
            return None;
        }
        let mut request = (A::INFO.new_request)();
        match self.operation.dialect {
            Dialect::Rpc => parameters::fill(&mut *request, &self.given()?).ok()?,
            Dialect::Protobuf => protobuf::decode(&self.body, &mut *request).ok()?,
        }
        let request: Box<dyn Any> = request;
        request.downcast().ok().map(|request| *request)
    }

    /// Returns the decoded parameters of the RPC dialect, from query and form, by their flattened
    /// wire names such as `EncryptionContext` and `Tag.1.Key`. Empty in the instance's own dialect.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let given = self.given().unwrap_or_default();
        given.into_iter().map(|mut it| (it.name, std::mem::take(&mut *it.value))).collect()
    }

    /// Returns the id of the access key or client key that signed it.
    pub fn signed_by(&self) -> Option<&str> {
        let acs3 = || {
            let (_, rest) = self.header("authorization")?.split_once("Credential=")?;
            rest.split_once(',').map(|(id, _)| id)
        };
        self.header("x-kms-acccesskeyid").or_else(acs3)
    }

    fn given(&self) -> Option<Vec<Parameter>> {
        if self.operation.dialect == Dialect::Protobuf {
            return None;
        }
        let mut given = parameters::parse(self.uri.query().unwrap_or_default().as_bytes())?;
        given.extend(parameters::parse(&self.body)?);
        Some(given)
    }

    /// Returns the method, `POST` or `GET`.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URI: gateway and query. In the RPC dialect most parameters are in the query.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns all headers, including those of the signature.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body: a form in the RPC dialect, protobuf in the instance's own.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for CapturedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Names<'a>(&'a HeaderMap);
        impl fmt::Debug for Names<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries(self.0.keys()).finish()
            }
        }
        f.debug_struct("CapturedRequest")
            .field("operation", &self.operation.name)
            .field("method", &self.method)
            .field("host", &self.uri.host())
            .field("headers", &Names(&self.headers))
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}

/// A call as it came to the stack. It travels with each of its requests as an extension.
pub(super) struct Origin {
    pub(super) call: Call,
    answered: Mutex<Option<Answered>>,
}

/// The answer to the whole call, from its first request on.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) operation: &'static ActionInfo,
    pub(super) answer: Arc<dyn Payload>,
    /// The entry of the rule, with its type erased: this file may not depend on that of the type.
    pub(super) rule: Arc<dyn Any + Send + Sync>,
}

impl Origin {
    pub(super) fn new(call: Call) -> Self {
        Self { call, answered: Mutex::default() }
    }

    pub(super) fn remember(&self, answered: Answered) {
        *lock(&self.answered) = Some(answered);
    }

    /// Returns the answer of an earlier request of the call, if this request is another part of it:
    /// a data key on an instance takes two operations, which are parts of one answer.
    pub(super) fn answered_before(&self, operation: &'static ActionInfo) -> Option<Answered> {
        let answered = lock(&self.answered).clone();
        answered.filter(|before| before.operation != operation)
    }
}
