//! Encodes answers as a gateway would, in the dialect of the request.

use alibabacloud_kms_middleware::__private::{PartialAnswer, wiped_on_drop};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use crate::middleware::payload::Payload;
use crate::middleware::payload::{Scalar, Slot, Value};
use crate::middleware::wire::{json, protobuf};
use crate::transfer::{self, KEY_VERSION};
use crate::{ActionInfo, Body, Call, Charset, Dialect, Error};

/// What an answer needs to know about its request.
pub(super) struct WireAnswer {
    /// The operation that was requested: the call's action, or what that was transferred to.
    pub(super) operation: &'static ActionInfo,
    /// The call's charset, resolved.
    pub(super) charset: Charset,
    /// The request id of an answer without one.
    pub(super) request_id: String,
}

impl WireAnswer {
    /// Returns the answer of an action to a call of it.
    pub(super) fn success(
        &self,
        answer: &dyn Payload,
        call: &Call,
    ) -> Result<http::Response<Body>, Error> {
        if self.operation == call.action() {
            return Ok(self.respond(StatusCode::OK, self.encode(answer)));
        }
        let (native, key_version) =
            transfer::back(call.action(), self.operation, answer, self.charset)?;
        let mut response = self.respond(StatusCode::OK, self.encode(&*native));
        if let Some(version) = key_version {
            response.headers_mut().insert(KEY_VERSION, version);
        }
        Ok(response)
    }

    /// Returns an error of the service.
    pub(super) fn refusal(
        &self,
        status: StatusCode,
        code: &str,
        message: &str,
    ) -> http::Response<Body> {
        let id = &self.request_id;
        let body = match self.operation.dialect {
            Dialect::Rpc => {
                let body = serde_json::json!({ "Code": code, "Message": message, "RequestId": id });
                body.to_string().into()
            }
            Dialect::Protobuf => protobuf::encode_error(status.as_u16(), code, message, id).into(),
        };
        self.respond(status, body)
    }

    /// Sets the request id of an answer, unless it has one.
    pub(super) fn identify(&self, answer: &mut dyn Payload) {
        if let Some((_, field)) = answer.named_mut("RequestId")
            && matches!(field.value(), Value::Absent | Value::Text(""))
            && let Slot::Scalar(field) = field.slot()
        {
            field.set(Scalar::Text(&self.request_id));
        }
    }

    fn encode(&self, answer: &dyn Payload) -> Bytes {
        wiped_on_drop(match self.operation.dialect {
            Dialect::Rpc => std::mem::take(&mut *json::expose(answer)).into_bytes().into(),
            Dialect::Protobuf => protobuf::encode(answer),
        })
    }

    fn respond(&self, status: StatusCode, body: Bytes) -> http::Response<Body> {
        let content_type = match self.operation.dialect {
            Dialect::Rpc => "application/json;charset=utf-8",
            Dialect::Protobuf => "application/x-protobuf",
        };
        let mut response = http::Response::new(Body::new(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        // A rule's response has only what its test needs.
        response.extensions_mut().insert(PartialAnswer);
        response
    }
}
