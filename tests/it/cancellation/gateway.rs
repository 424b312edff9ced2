//! Calls to a real gateway over real connections, dropped on the way.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::api::tag::ListTagResourcesRequest;
use alibabacloud_kms::api::values::ResourceType;
use alibabacloud_kms::{
    Body, BoxError, Error, ErrorKind, ExposeSecret as _, KmsClient, OpenApiGateway,
};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway, REGION};
use alibabacloud_kms_tests::cancel::polled;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout;
use tower::service_fn;

/// A gateway whose tasks are in a runtime of their own, so that the test can count the client's.
struct Elsewhere {
    gateway: LocalGateway,
    _runtime: Runtime,
}

impl Elsewhere {
    fn start() -> Self {
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime");
        let gateway = LocalGateway::builder().with_tls().start();
        let gateway = runtime.block_on(gateway).expect("a gateway");
        Self { gateway, _runtime: runtime }
    }

    fn client(&self) -> KmsClient {
        let client = KmsClient::builder()
            .shared(self.gateway.open_api_gateway())
            .instance(self.gateway.instance_gateway());
        client.build().expect("a client")
    }
}

fn block_on(test: impl Future<Output = ()>) {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime").block_on(test);
}

async fn encrypt(client: &KmsClient, shared: bool) -> Result<(), Error> {
    let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    call.use_shared_gateway(shared).await.map(drop)
}

async fn data_key(client: &KmsClient) -> Result<(), Error> {
    client.generate_data_key(GenerateDataKeyRequest::new(DEFAULT_KEY)).await.map(drop)
}

#[test]
fn dropped_calls_leave_a_client_that_is_usable_and_no_task() {
    let elsewhere = Elsewhere::start();
    block_on(async {
        let tasks = Handle::current().metrics();
        for polls in 0.. {
            let client = elsewhere.client();
            // The first of each makes a connection, those after it find one.
            let answers = [
                polled(encrypt(&client, true), polls).await,
                polled(encrypt(&client, false), polls).await,
                polled(data_key(&client), polls).await,
            ];
            for shared in [true, false] {
                encrypt(&client, shared).await.expect("an answer");
            }
            drop(client);
            let ended = async {
                while tasks.num_alive_tasks() > 0 {
                    yield_now().await;
                }
            };
            let ended = timeout(Duration::from_secs(20), ended).await;
            assert!(ended.is_ok(), "{} tasks go on", tasks.num_alive_tasks());
            if answers.iter().flatten().filter(|answer| answer.is_ok()).count() == 3 {
                assert!(polls > 3, "it was over after {polls} polls");
                break;
            }
        }
    });
}

const DATA: &str = "data of the secret";
const TAGS: &str = r#"[{"TagKey":"a","TagValue":"1"},{"TagKey":"b","TagValue":"2"}]"#;

async fn create(client: &KmsClient, name: &str) -> Result<(), Error> {
    let request = CreateSecretRequest::new(name, "v1", DATA).tags(TAGS);
    client.create_secret(request).await.map(drop)
}

/// Whether the secret is there; if it is, wholly.
async fn exists(client: &KmsClient, name: &str) -> bool {
    let tags = ListTagResourcesRequest::new(REGION, ResourceType::Secret).resource_id([name]);
    // Read before the secret: what comes first must not be there without the rest.
    let tags = client.list_tag_resources(tags).await.map(|tags| tags.tag_resources.len());
    let value = client.get_secret_value(GetSecretValueRequest::new(name)).await;
    match (tags, value) {
        (tags, Ok(value)) => {
            assert_eq!(value.secret_data.expose_secret(), DATA);
            assert_eq!(
                (&*value.version_id, &value.version_stages[..]),
                ("v1", &["ACSCurrent".to_owned()][..])
            );
            assert!(tags.is_err() || tags.is_ok_and(|tags| tags == 2), "with all of its tags");
            true
        }
        (tags, Err(error)) => {
            assert_eq!(error.code(), Some("Forbidden.ResourceNotFound"));
            assert!(tags.is_err(), "no tags without a secret");
            false
        }
    }
}

#[test]
fn a_secret_whose_creation_was_dropped_is_there_or_is_not() {
    let elsewhere = Elsewhere::start();
    block_on(async {
        let reader = elsewhere.client();
        for polls in 0.. {
            let name = format!("secret-{polls}");
            let answer = polled(create(&elsewhere.client(), &name), polls).await;
            exists(&reader, &name).await;
            match create(&reader, &name).await {
                Ok(()) => {}
                Err(error) => assert_eq!(error.code(), Some("Rejected.ResourceExist")),
            }
            assert!(exists(&reader, &name).await);
            if answer.is_some() {
                assert!(polls > 3, "it was over after {polls} polls");
                break;
            }
        }
    });
}

/// Sends the first bytes of a request and waits until the gateway has done with them.
async fn send_beginning(
    to: SocketAddr,
    request: Request<Body>,
    length: usize,
) -> Result<Response<Body>, BoxError> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut bytes = format!("{} {target} HTTP/1.1\r\n", head.method).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
    bytes.extend_from_slice(&body);
    let is_whole = length >= bytes.len();
    bytes.truncate(length);

    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(&bytes).await?;
    if !is_whole {
        stream.shutdown().await?;
    }
    let mut answer = [0; 12];
    let answered = stream.read_exact(&mut answer).await.is_ok();
    match is_whole && answered && answer.ends_with(b" 200") {
        true => Err("sent".into()),
        false => Err("cut".into()),
    }
}

#[tokio::test]
async fn a_request_that_broke_off_anywhere_changes_nothing_and_a_whole_one_everything() {
    let gateway = LocalGateway::start().await.expect("a gateway");
    let reader = KmsClient::builder().shared(gateway.open_api_gateway()).build().expect("a client");
    let mut broken = 0;
    for length in (0..).step_by(61) {
        let name = format!("secret-{length}");
        let to = gateway.address();
        let shared = OpenApiGateway::new(gateway.endpoint(), gateway.credential());
        let writer = KmsClient::builder()
            .shared(shared)
            .max_attempts(1)
            .transport(service_fn(move |request| send_beginning(to, request, length)))
            .build()
            .expect("a client");
        let error = create(&writer, &name).await.expect_err("the transport gives no answer");
        assert_eq!(error.kind(), ErrorKind::Layer);
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        let is_whole = cause.as_deref() == Some("sent");
        assert_eq!(exists(&reader, &name).await, is_whole, "after {length} bytes");
        if is_whole {
            break;
        }
        broken += 1;
    }
    assert!(broken > 8, "the request was whole after {broken} beginnings");
}
