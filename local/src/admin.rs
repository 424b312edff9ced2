//! Calls to the gateway itself: health checks and admin calls.
//!
//! `/healthz` and `/readyz` are open to everyone. Calls under `/_local/` must come from this
//! machine, and have the token in the folder's file `admin_token` as `Authorization: Bearer`.

use std::net::IpAddr;
use std::time::Duration;

use alibabacloud_kms::middleware::wire::time::{iso8601, parse_iso8601};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::Method;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::exchange::{Request, Response, header, respond};
use crate::faults::{self, FaultRule};
use crate::opened::{export, move_clock};
use crate::state::State;

/// Returns `true` if the path is one of these. Both dialects use `/`.
pub(crate) fn is_for(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz") || path.starts_with("/_local/")
}

/// Answers such a request from this address.
pub(crate) async fn answer(state: &State, request: &Request, peer: IpAddr) -> Response {
    let (status, body) = match handle(state, request, peer).await {
        Ok(body) => (200, body),
        Err((status, message)) => (status, json!({ "error": message })),
    };
    json_answer(status, &body)
}

type Refused = (u16, String);

async fn handle(state: &State, request: &Request, peer: IpAddr) -> Result<Value, Refused> {
    let path = request.uri().path();
    match path {
        "/healthz" => return Ok(json!({ "status": "ok" })),
        "/readyz" => {
            return match state.engine.for_request().kept().await {
                Ok(()) => Ok(json!({ "status": "ready" })),
                Err(fault) => Err((503, fault.message)),
            };
        }
        _ => {}
    }
    permit(state, request, peer)?;
    match (request.method(), path) {
        (&Method::GET, "/_local/clock") => Ok(clock(state)),
        (&Method::POST, "/_local/clock") => {
            let moved: MoveClock = read(request)?;
            moved.apply(state).await?;
            Ok(clock(state))
        }
        (&Method::GET, "/_local/seed") => {
            let engine = state.engine.for_request();
            let seed = export(&engine, &state.identity);
            let seed = engine.kept().await.and(seed);
            seed.map(|seed| json!(seed)).map_err(|fault| (fault.status, fault.message))
        }
        (&Method::GET, "/_local/faults") => Ok(json!(state.faults.counted())),
        (&Method::POST, "/_local/faults") => {
            let rules = one_or_more(request)?;
            faults::check(&rules, &state.own.names()).map_err(|why| (400, why))?;
            state.faults.add(rules);
            Ok(json!(state.faults.counted()))
        }
        (&Method::DELETE, "/_local/faults") => {
            state.faults.clear();
            Ok(json!([]))
        }
        _ => Err((404, "there is no such admin call".to_owned())),
    }
}

fn permit(state: &State, request: &Request, peer: IpAddr) -> Result<(), Refused> {
    if !peer.to_canonical().is_loopback() {
        return Err((403, "admin calls are accepted only from this machine".to_owned()));
    }
    let given = header(request.headers(), AUTHORIZATION.as_str());
    let given = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    let token = state.identity.admin_token.expose_secret();
    verify_slices_are_equal(given.as_bytes(), token.as_bytes()).map_err(|_| {
        (
            401,
            "admin calls need `Authorization: Bearer` with the token in the file admin_token"
                .to_owned(),
        )
    })
}

fn read<'r, T: Deserialize<'r>>(request: &'r Request) -> Result<T, Refused> {
    serde_json::from_slice(request.body())
        .map_err(|error| (400, format!("the body is not valid for this call: {error}")))
}

/// The body of a call that moves the clock: one of these members.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum MoveClock {
    /// A number of seconds.
    Advance(u64),
    /// A time such as `2026-11-23T08:00:00Z`.
    Set(String),
}

impl MoveClock {
    async fn apply(self, state: &State) -> Result<(), Refused> {
        let moved = match self {
            Self::Advance(seconds) => {
                let by = Duration::from_secs(seconds);
                move_clock(&state.engine, &state.ages_by, |clock| clock.advance(by)).await
            }
            Self::Set(text) => {
                let wrong =
                    || (400, "`set` must be a time such as 2026-11-23T08:00:00Z".to_owned());
                let to = parse_iso8601(&text).ok_or_else(wrong)?;
                move_clock(&state.engine, &state.ages_by, |clock| clock.set(to)).await
            }
        };
        moved.map_err(|fault| (fault.status, fault.message))
    }
}

fn clock(state: &State) -> Value {
    json!({ "now": iso8601(state.ages_by.now()), "offset_ms": state.ages_by.offset() })
}

/// Reads a rule, or a list of rules. Which of them is decided first, so that an error is about it.
fn one_or_more(request: &Request) -> Result<Vec<FaultRule>, Refused> {
    if request.body().trim_ascii_start().starts_with(b"[") {
        read(request)
    } else {
        read(request).map(|rule| vec![rule])
    }
}

fn json_answer(status: u16, body: &Value) -> Response {
    respond(status, "application/json", Zeroizing::new(body.to_string().into_bytes()))
}
