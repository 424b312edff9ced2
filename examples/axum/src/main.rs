//! One client in an axum service, with a graceful stop.
//!
//! The client is made once and is the state of the handlers; each request clones it, which is cheap. A call
//! ends with its caller: axum drops the handler's future if the peer goes away. On a signal the server
//! takes no more connections, the requests that are being answered are answered, and only then the client
//! is dropped.

mod error;
mod gate;
mod load;

use std::error::Error as StdError;
use std::future::Future;
use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{BoxCall, Call, ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::layer::layer_fn;
use tower::{ServiceExt, service_fn};

use self::error::Failure;
use self::gate::Gate;

#[derive(Deserialize)]
struct Plain {
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    blob: String,
}

async fn seal(
    State(client): State<KmsClient>,
    Json(plain): Json<Plain>,
) -> Result<Json<Sealed>, Failure> {
    let request = EncryptRequest::new("alias/default", plain.text);
    // Less than the peer's patience.
    let sealed = client.encrypt(request).timeout(Duration::from_secs(5)).await?;
    Ok(Json(Sealed { blob: sealed.ciphertext_blob }))
}

async fn open(
    State(client): State<KmsClient>,
    Json(sealed): Json<Sealed>,
) -> Result<String, Failure> {
    let opened = client.decrypt(DecryptRequest::new(sealed.blob)).await?;
    Ok(opened.plaintext.expose_secret().to_owned())
}

/// Serves until `stop` is done, then ends gracefully.
async fn serve(
    listener: TcpListener,
    client: KmsClient,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let routes =
        Router::new().route("/seal", post(seal)).route("/open", post(open)).with_state(client);
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}

/// An interrupt; in production, `SIGTERM` as well.
async fn interrupt() {
    // Without signal handlers the process ends as it always does.
    let _ = tokio::signal::ctrl_c().await;
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let local = LocalGateway::start().await?;
    let gate = Gate::new();
    let gated = {
        let gate = gate.clone();
        layer_fn(move |inner: BoxCall| {
            let gate = gate.clone();
            service_fn(move |call: Call| {
                let (inner, gate) = (inner.clone(), gate.clone());
                async move {
                    gate.pass().await;
                    inner.oneshot(call).await
                }
            })
        })
    };
    let client = KmsClient::builder().instance(local.instance_gateway()).layer(gated).build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;

    // The example asks its own service, and then stops it while requests are on their way.
    let (stop, stopped) = oneshot::channel();
    let load = tokio::spawn(load::run(address, gate, stop));
    let stop = async move {
        tokio::select! {
            _ = stopped => println!("told to stop"),
            () = interrupt() => println!("interrupted"),
        }
    };
    serve(listener, client, stop).await?;
    let answered = load.await??;
    println!("stopped; all {answered} requests were answered");
    Ok(())
}
