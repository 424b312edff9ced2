//! A transport of our own under signing: requests leave through a Unix socket.
//!
//! That is how a process without a network speaks to KMS: a sidecar owns the socket and the way out.
//! Signing is above, so that the sidecar sees no key and can change nothing.

use std::error::Error;

#[cfg(unix)]
mod unix {
    use std::path::Path;
    use std::sync::Arc;
    use std::task::{Context, Poll};

    use alibabacloud_kms::middleware::signals::Departure;
    use alibabacloud_kms::{Body, BoxError, BoxFuture, Error, ErrorKind, Outcome};
    use http_body_util::BodyExt as _;
    use hyper::client::conn::http1;
    use hyper_util::rt::TokioIo;
    use tokio::io::copy_bidirectional;
    use tokio::net::{TcpStream, UnixListener, UnixStream};
    use tower::Service;

    /// Sends each request over a connection of its own to a Unix socket.
    #[derive(Clone)]
    pub(crate) struct UnixTransport {
        socket: Arc<Path>,
    }

    impl UnixTransport {
        pub(crate) fn new(socket: &Path) -> Self {
            Self { socket: socket.into() }
        }
    }

    impl Service<http::Request<Body>> for UnixTransport {
        type Response = http::Response<Body>;
        type Error = BoxError;
        type Future = BoxFuture<Self::Response>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: http::Request<Body>) -> Self::Future {
            let socket = Arc::clone(&self.socket);
            // So that a time limit that ends the request before it is sent can say so.
            let departure = request.extensions().get::<Departure>().cloned().unwrap_or_default();
            Box::pin(async move {
                departure.mark_held();
                // The retry policy asks the error's kind and outcome what may be repeated.
                let stream = UnixStream::connect(socket).await.map_err(|error| {
                    Error::new(
                        ErrorKind::Connect,
                        "nothing listens on the socket: start the sidecar",
                    )
                    .with_source(error)
                })?;
                departure.mark_sent();
                send(stream, request).await.map_err(|error| {
                    Error::new(ErrorKind::Transport, "the sidecar broke off")
                        .with_outcome(Outcome::Unknown)
                        .with_source(error)
                        .into()
                })
            })
        }
    }

    /// Spawns nothing: a call that is dropped takes its connection along.
    async fn send(
        stream: UnixStream,
        mut request: http::Request<Body>,
    ) -> Result<http::Response<Body>, hyper::Error> {
        // A server is sent the path and the query; the host is in its header.
        if let Some(target) = request.uri().path_and_query().cloned() {
            *request.uri_mut() = target.into();
        }
        let (mut connection, io) = http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async move {
            let (head, body) = connection.send_request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok(http::Response::from_parts(head, Body::new(body)))
        };
        let (response, ()) = tokio::try_join!(exchange, io)?;
        Ok(response)
    }

    /// The sidecar: it only passes bytes on.
    pub(crate) async fn sidecar(listener: UnixListener, to: std::net::SocketAddr) {
        while let Ok((mut inside, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut outside = TcpStream::connect(to).await?;
                copy_bidirectional(&mut inside, &mut outside).await
            });
        }
    }
}

#[cfg(unix)]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    use alibabacloud_kms::KmsClient;
    use alibabacloud_kms::api::crypto::EncryptRequest;
    use alibabacloud_kms_local::LocalGateway;

    let local = LocalGateway::start().await?;
    let socket = std::env::temp_dir().join(format!("kms-sidecar-{}", std::process::id()));
    let listener = tokio::net::UnixListener::bind(&socket)?;
    tokio::spawn(unix::sidecar(listener, local.address()));

    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .transport(unix::UnixTransport::new(&socket))
        .build()?;

    let request = EncryptRequest::new("alias/default", "text");
    let reply = client.encrypt(request).reply().await;
    std::fs::remove_file(&socket)?;
    let reply = reply?;
    println!("through the socket the {} gateway answered {}", reply.gateway(), reply.status());
    Ok(())
}

#[cfg(not(unix))]
fn main() -> Result<(), Box<dyn Error>> {
    Err("there are no Unix sockets here".into())
}
