//! Both gateways through real proxies. `tests/proxies/run` installs these and runs the tests.

mod proxy;

use std::ffi::OsString;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::{
    ClientBuilder, Error, ErrorKind, ExposeSecret, Gateway, KmsClient, Outcome, ProxyOptions,
};
use alibabacloud_kms_local::LocalGateway;

use crate::proxy::{RealProxy, TlsFront};

fn through(url: &str) -> ProxyOptions {
    ProxyOptions::all(url).expect("a proxy's URL")
}

fn client(gateway: &LocalGateway, proxy: ProxyOptions) -> KmsClient {
    builder(gateway).proxy(proxy).build().expect("a client")
}

fn builder(gateway: &LocalGateway) -> ClientBuilder {
    KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .max_attempts(1)
}

/// Encrypts on one gateway and decrypts on the other.
async fn round_trip(client: &KmsClient) -> Result<(), Error> {
    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    let opened =
        client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).use_shared_gateway(true);
    assert_eq!(opened.await?.plaintext.expose_secret(), "text");
    Ok(())
}

/// The error of a call that must not have left.
async fn not_sent(client: &KmsClient) -> Error {
    let error = round_trip(client).await.expect_err("no way");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connect, Outcome::NotSent));
    assert_eq!(error.gateway(), Some(Gateway::Instance));
    error
}

async fn gateways() -> [LocalGateway; 2] {
    let plain = LocalGateway::start().await.expect("a gateway");
    let tls = LocalGateway::builder().with_tls().start().await.expect("a gateway");
    [plain, tls]
}

#[tokio::test]
#[ignore = "needs tinyproxy and microsocks: tests/proxies/run"]
async fn both_gateways_are_reached_through_each_proxy_with_and_without_tls() {
    for gateway in gateways().await {
        for user in [None, Some(("user", "password"))] {
            for proxy in [RealProxy::tinyproxy(user), RealProxy::microsocks(user)] {
                let client = client(&gateway, through(&proxy.url(user)));
                round_trip(&client).await.expect("through the proxy");
                let port = gateway.endpoint().port().to_string();
                assert!(proxy.has_logged(&port), "nothing went through {proxy:?}");
            }
        }
    }
}

#[tokio::test]
#[ignore = "needs tinyproxy and microsocks: tests/proxies/run"]
async fn a_proxy_that_wants_a_user_and_gets_another_lets_nothing_through() {
    let wanted = Some(("user", "password"));
    let [_, tls] = gateways().await;
    for proxy in [RealProxy::tinyproxy(wanted), RealProxy::microsocks(wanted)] {
        for given in [None, Some(("user", "canary-password"))] {
            let error = not_sent(&client(&tls, through(&proxy.url(given)))).await;
            assert!(!format!("{error:?}").contains("canary-password"));
        }
    }
}

#[tokio::test]
#[ignore = "needs tinyproxy and microsocks: tests/proxies/run"]
async fn a_proxy_that_allows_no_such_port_lets_nothing_through() {
    let [_, tls] = gateways().await;
    let proxy = RealProxy::tinyproxy_for_port(443);
    not_sent(&client(&tls, through(&proxy.url(None)))).await;
}

#[tokio::test]
#[ignore = "needs tinyproxy and microsocks: tests/proxies/run"]
async fn a_proxy_that_wants_tls_itself_is_checked_like_a_server() {
    let user = Some(("user", "password"));
    let front = TlsFront::before(RealProxy::tinyproxy(user)).await;
    for gateway in gateways().await {
        let trusting = |tls: &alibabacloud_kms::TlsOptions| {
            let shared = gateway.open_api_gateway().tls(tls.clone());
            let instance = gateway.instance_gateway().tls(tls.clone());
            let client = KmsClient::builder().shared(shared).instance(instance).max_attempts(1);
            client.proxy(through(&front.url(user))).build().expect("a client")
        };
        round_trip(&trusting(&front.trust_with(gateway.ca_pem()))).await.expect("both are trusted");
        let own = through(&front.url(user)).tls(front.trust_with(None));
        round_trip(&client(&gateway, own)).await.expect("each is trusted by itself");
        let error = round_trip(&client(&gateway, through(&front.url(user)))).await;
        assert_eq!(error.expect_err("an unknown CA").outcome(), Outcome::NotSent);
    }
}

#[tokio::test]
#[ignore = "needs tinyproxy and microsocks: tests/proxies/run"]
async fn this_machine_is_never_asked_for_through_a_proxy_of_the_environment() {
    let [_, gateway] = gateways().await;
    let proxy = RealProxy::tinyproxy(None);
    let url = OsString::from(proxy.url(None));
    let options = ProxyOptions::from_variables(|name| (name == "https_proxy").then(|| url.clone()));
    round_trip(&client(&gateway, options)).await.expect("past the proxy");
    assert!(!proxy.has_logged(&gateway.endpoint().port().to_string()));
}

#[tokio::test]
#[ignore = "needs tinyproxy and microsocks: tests/proxies/run"]
async fn a_call_has_its_own_proxy() {
    let [_, gateway] = gateways().await;
    let proxy = RealProxy::microsocks(None);
    let dead = through("socks5://127.0.0.1:1");
    let client = client(&gateway, dead.clone());
    not_sent(&client).await;
    let request = || EncryptRequest::new("alias/default", "text");
    client.encrypt(request()).proxy(through(&proxy.url(None))).await.expect("through the proxy");
    let past_it = dead.no_proxy("127.0.0.0/8").expect("a list");
    client.encrypt(request()).proxy(past_it).await.expect("past the proxy");
    client.encrypt(request()).proxy(ProxyOptions::none()).await.expect("past the proxy");
}
