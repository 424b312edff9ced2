//! The life of one request: it is read, answered, stored and logged, or changed by a fault.

use std::future::{pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alibabacloud_kms::__private::collect;
use alibabacloud_kms::middleware::wire::time::iso8601;
use alibabacloud_kms::{BoxError, Dialect};
use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http_body::Body;
use zeroize::Zeroizing;

use super::connections::ConnectionState;
use crate::engine::Fault;
use crate::exchange::{Request, Response, ServedResponse, served};
use crate::faults::{FaultEffect, FaultRule, broken};
use crate::request_log::LoggedRequest;
use crate::state::State;
use crate::{admin, service};

/// The largest request body, in bytes.
const MAX_BODY: usize = 1 << 20;
/// The number of bytes that are read of a body that is too large, so that the client gets the
/// refusal. A body that is known to be larger is refused before it is read.
const MAX_DISCARDED: usize = 16 << 20;
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// Reads and answers a request. An error closes the connection.
pub(super) async fn answer<B>(
    state: State,
    place: Arc<ConnectionState>,
    peer: SocketAddr,
    request: http::Request<B>,
) -> io::Result<ServedResponse>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let begun = Instant::now();
    let dialect = service::dialect(&request);
    let (request, refused) = match whole(request).await? {
        Ok(request) => (request, None),
        Err((head, fault)) => (head, Some(service::refuse(dialect, fault))),
    };
    let _answering = place.answering();
    if refused.is_none() && admin::is_for(request.uri().path()) {
        let response = admin::answer(&state, &request, peer.ip()).await;
        let path = request.uri().path().to_owned();
        log(&state, "local", Some(path), Some(&response), None, begun);
        return Ok(served(response));
    }
    // Only faults and the log need the action's name, and most gateways have neither.
    let is_named = !state.faults.is_empty() || state.log.is_on();
    let action = if is_named { service::action_name(&state, &request) } else { None };
    let fault = if refused.is_none() {
        state.faults.of_request(action.as_deref().unwrap_or_default())
    } else {
        None
    };
    let effect = fault.as_ref().map_or(&FaultEffect::None, FaultRule::effect);
    if let Some(fault) = &fault {
        tokio::time::sleep(fault.delay_of_each()).await;
    }
    let injected = effect.answer(dialect, state.clock.now());
    let name = fault.as_ref().map(|fault| fault.effect().name());
    let log = |state: &State, response: Option<&Response>| {
        let spoken = if dialect == Dialect::Rpc { "rpc" } else { "protobuf" };
        log(state, spoken, action.clone(), response, name, begun);
    };
    if *effect == FaultEffect::Hang {
        log(&state, None);
        return pending().await;
    }
    let response = match refused.or(injected) {
        Some(response) => response,
        None => compute(state.clone(), dialect, request).await,
    };
    match effect {
        FaultEffect::LoseConnection => {
            log(&state, None);
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        FaultEffect::BreakBody => {
            log(&state, Some(&response));
            Ok(broken(served(response)))
        }
        _ => {
            log(&state, Some(&response));
            Ok(served(response))
        }
    }
}

/// Returns the gateway's own answer, once everything that it reports is stored.
async fn compute(state: State, dialect: Dialect, request: Request) -> Response {
    let state = state.for_request();
    let engine = state.engine.clone();
    let answered = tokio::task::spawn_blocking(move || service::answer(&state, &request)).await;
    // A handler that panicked, or a runtime that shuts down.
    let answered = answered.map_err(|_| Fault::internal());
    let kept = engine.kept().await.and(answered);
    kept.unwrap_or_else(|fault| service::refuse(dialect, fault))
}

fn log(
    state: &State,
    dialect: &'static str,
    action: Option<String>,
    response: Option<&Response>,
    fault: Option<&'static str>,
    begun: Instant,
) {
    state.log.write(|| LoggedRequest {
        time: iso8601(state.clock.now()),
        action,
        dialect,
        status: response.map(|response| response.status().as_u16()),
        fault,
        duration: begun.elapsed(),
    });
}

/// Returns the whole request, or its head and the reason for its refusal.
async fn whole<B>(request: http::Request<B>) -> io::Result<Result<Request, (Request, Fault)>>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let is_without_length = lacks_length(&request);
    let (head, body) = request.into_parts();
    let head = |body| http::Request::from_parts(head, body);
    if is_without_length {
        let message = "You must provide the Content-Length HTTP header.";
        let fault = Fault::new(411, "MissingContentLength", message);
        return Ok(Err((head(Zeroizing::default()), fault)));
    }
    let body = match tokio::time::timeout(BODY_LIMIT, read(body)).await {
        Ok(Ok(body)) => body,
        // Chunks that are none. A client that is gone does not read the refusal.
        Ok(Err(_)) => {
            let message = "The body of the request cannot be read.";
            return Ok(Err((
                head(Zeroizing::default()),
                Fault::new(400, "InvalidParameter", message),
            )));
        }
        Err(_) => return Err(io::ErrorKind::TimedOut.into()),
    };
    Ok(body.map(head.clone()).ok_or_else(|| {
        let message = format!("The request is larger than {MAX_BODY} bytes.");
        (head(Zeroizing::default()), Fault::new(413, "RequestEntityTooLarge", message))
    }))
}

/// Returns `true` if a request whose method lets a server expect a body says nothing of its length.
/// Many servers and proxies in front of the service refuse it, so that a client must not send it.
fn lacks_length<B>(request: &http::Request<B>) -> bool {
    let expects_body = matches!(*request.method(), Method::POST | Method::PUT);
    let has_length = |name| request.headers().contains_key(name);
    expects_body && !has_length(CONTENT_LENGTH) && !has_length(TRANSFER_ENCODING)
}

/// Returns the body, or `None` if it is too large. More of it is then read and discarded, so that
/// the client gets the refusal.
async fn read<B>(body: B) -> io::Result<Option<Zeroizing<Vec<u8>>>>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    if body.size_hint().lower() > MAX_DISCARDED as u64 {
        return Ok(None);
    }
    let mut body = pin!(body);
    let read = collect(body.as_mut(), MAX_BODY).await.map_err(io::Error::other)?;
    let mut discarded = 0_usize;
    while read.is_none() && discarded < MAX_DISCARDED {
        let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await else { break };
        let frame = frame.map_err(|error| io::Error::other(error.into()))?;
        discarded = discarded.saturating_add(frame.data_ref().map_or(0, Bytes::len));
    }
    Ok(read.map(Into::into))
}
