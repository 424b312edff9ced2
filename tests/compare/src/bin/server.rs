//! Answers every request at once with the same ciphertext, in the words of both services.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const ANSWER: &str = r#"{"CiphertextBlob":"YSBjaXBoZXJ0ZXh0IHRoYXQgaXMgbG9uZyBlbm91Z2ggZm9yIGEgcGFzc3dvcmQ=","KeyId":"key-1","KeyVersionId":"version-1","RequestId":"4c9a3b7e-0000-0000-0000-000000000000","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#;

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    request.into_body().collect().await?;
    let mut response = Response::new(Full::from(ANSWER));
    let json = "application/x-amz-json-1.1".parse().expect("a value");
    response.headers_mut().insert("content-type", json);
    Ok(response)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<Infallible, std::io::Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        // A client that goes away is no error.
        tokio::spawn(async move { drop(connection.await) });
    }
}
