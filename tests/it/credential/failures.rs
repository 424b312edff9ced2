//! What each provider that asks a server makes of its answers: a table of providers and a table of
//! answers.

use std::error::Error as _;
use std::fmt::Debug;
use std::net::TcpListener;
use std::time::Duration;

use alibabacloud_kms::credential::{
    CliProfile, CredentialsUri, DefaultChain, EcsRole, IniProfile, OidcRole, RamRole, Role,
};
use alibabacloud_kms::{Error, ErrorKind, ProvideCredential};
use alibabacloud_kms_tests::canary::{self, ACCESS_KEY_SECRET, SECURITY_TOKEN};
use alibabacloud_kms_tests::server;
use mockito::{Matcher, Mock, Server, ServerGuard};

use super::world::{IN_AN_HOUR, TempFile, World, config, error_of, id_of};

/// A provider that asks a server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asking {
    RamRole,
    OidcRole,
    EcsRole,
    CredentialsUri,
    /// A profile of the CLI in this mode.
    CloudSso,
    OAuth,
    ChainableRamRoleArn,
}

const ALL: [Asking; 7] = [
    Asking::RamRole,
    Asking::OidcRole,
    Asking::EcsRole,
    Asking::CredentialsUri,
    Asking::CloudSso,
    Asking::OAuth,
    Asking::ChainableRamRoleArn,
];

/// Where each canary goes that a provider sends: a token's file, a path, a source's secret.
struct Asked {
    provider: Box<dyn ProvideCredential>,
    token: TempFile,
}

impl Asking {
    fn provider(self, world: &World, name: &str) -> Asked {
        let environment = world.environment();
        let token = TempFile::new(&format!("{name}-{self:?}"), &self.file());
        let role = || Role::new("acs:ram::1:role/app").expect("a role");
        let provider: Box<dyn ProvideCredential> = match self {
            Self::RamRole => {
                Box::new(RamRole::new(role(), canary::credential(), &environment).cached())
            }
            Self::OidcRole => {
                let issuer = "acs:ram::1:oidc-provider/ack";
                let role = OidcRole::new(role(), issuer, token.path(), &environment);
                Box::new(role.expect("a role").cached())
            }
            Self::EcsRole => Box::new(EcsRole::new(&environment).cached()),
            Self::CredentialsUri => {
                let uri = format!("http://issuer.example/{SECURITY_TOKEN}?q={SECURITY_TOKEN}");
                Box::new(CredentialsUri::new(uri, &environment).expect("a URI").cached())
            }
            Self::CloudSso | Self::OAuth | Self::ChainableRamRoleArn => {
                Box::new(CliProfile::new(&environment).file(token.path()).cached())
            }
        };
        Asked { provider, token }
    }

    /// What is in the file with the token: the CLI's profiles, or the token.
    fn file(self) -> String {
        let sso = r#""cloud_sso_sign_in_url":"https://sso.example/login","cloud_sso_account_id":"1",
            "cloud_sso_access_config":"ac","cloud_sso_access_token_expire":4070908800"#;
        match self {
            Self::CloudSso => config(&format!(
                r#""name":"default","mode":"CloudSSO",{sso},"access_token":"{SECURITY_TOKEN}""#
            )),
            Self::OAuth => config(&format!(
                r#""name":"default","mode":"OAuth","oauth_refresh_token":"{SECURITY_TOKEN}""#
            )),
            Self::ChainableRamRoleArn => config(&format!(
                r#""name":"default","mode":"ChainableRamRoleArn","source_profile":"source",
                "ram_role_arn":"acs:ram::1:role/app"}},{{"name":"source","mode":"StsToken",
                "access_key_id":"canary-id","access_key_secret":"{ACCESS_KEY_SECRET}",
                "sts_token":"{SECURITY_TOKEN}""#
            )),
            _ => SECURITY_TOKEN.to_owned(),
        }
    }

    /// The server that answers the question for the access key like this.
    async fn serve(self, server: &mut ServerGuard, status: usize, body: &str) -> Vec<Mock> {
        const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
        let answer = |mock: Mock| mock.with_status(status).with_body(body).create_async();
        match self {
            Self::EcsRole => {
                let token = server.mock("PUT", "/latest/api/token").with_body(SECURITY_TOKEN);
                let name = server.mock("GET", ROLES).with_body("app-role");
                let role = server.mock("GET", &*format!("{ROLES}app-role"));
                let role = role.match_header("x-aliyun-ecs-metadata-token", SECURITY_TOKEN);
                vec![token.create_async().await, name.create_async().await, answer(role).await]
            }
            Self::CredentialsUri => vec![answer(server.mock("GET", Matcher::Any)).await],
            Self::OAuth => {
                let tokens = format!(
                    r#"{{"access_token":"{SECURITY_TOKEN}","refresh_token":"{SECURITY_TOKEN}"}}"#
                );
                let renewal = server.mock("POST", "/v1/token").with_body(tokens);
                let exchange = server.mock("POST", "/v1/exchange");
                let proof = format!("Bearer {SECURITY_TOKEN}");
                let exchange = exchange.match_header("authorization", &*proof);
                vec![renewal.create_async().await, answer(exchange).await]
            }
            Self::RamRole | Self::OidcRole | Self::CloudSso | Self::ChainableRamRoleArn => {
                vec![answer(server.mock("POST", Matcher::Any)).await]
            }
        }
    }

    /// An answer around the fields of an access key.
    fn answer(self, fields: &str) -> String {
        match self {
            Self::RamRole | Self::OidcRole | Self::ChainableRamRoleArn => {
                format!(r#"{{"Credentials":{{{fields}}}}}"#)
            }
            Self::CloudSso => format!(r#"{{"CloudCredential":{{{fields}}}}}"#),
            Self::OAuth => format!("{{{fields}}}"),
            Self::EcsRole | Self::CredentialsUri => format!(r#"{{"Code":"Success",{fields}}}"#),
        }
    }
}

fn fields(id: &str, expiration: &str) -> String {
    format!(
        r#""AccessKeyId":"{id}","AccessKeySecret":"{ACCESS_KEY_SECRET}",
        "SecurityToken":"{SECURITY_TOKEN}","Expiration":"{expiration}""#
    )
}

/// Success answers that hold no credential that can be used.
fn malformed(asking: Asking) -> Vec<String> {
    let whole = fields("id", IN_AN_HOUR);
    let without = |name: &str| asking.answer(&whole.replace(name, "Other"));
    let text = asking.answer(&whole);
    vec![
        String::new(),
        "null".into(),
        "[]".into(),
        format!(r#""{ACCESS_KEY_SECRET}""#),
        "{}".into(),
        text[..text.len() - 2].to_owned(),
        format!("{text}{text}"),
        text.replace(r#""id""#, r#"{"a":1}"#),
        text.replace(r#""id""#, r#""""#),
        text.replace(ACCESS_KEY_SECRET, ""),
        text.replace(SECURITY_TOKEN, ""),
        text.replace(IN_AN_HOUR, "soon"),
        // Long past.
        text.replace(IN_AN_HOUR, "2026-11-23T07:00:00Z"),
        without("AccessKeyId"),
        without("AccessKeySecret"),
        without("SecurityToken"),
        without("Expiration"),
        asking.answer(&format!(r#"{whole},"Code":"Failed {ACCESS_KEY_SECRET}""#)),
        format!("{}{text}", " ".repeat(300 << 10)),
    ]
}

/// Every failure of every provider, with what a provider shows of itself.
pub(crate) async fn each(name: &str, mut seen: impl FnMut(&dyn Debug, Option<u16>, Error)) {
    let words = format!(
        r#"{{"Code":"NoPermission","Message":"no: {SECURITY_TOKEN}","RequestId":"r-1","Secret":"{ACCESS_KEY_SECRET}"}}"#
    );
    for asking in ALL {
        let mut answers: Vec<(usize, String)> =
            malformed(asking).into_iter().map(|body| (200, body)).collect();
        for status in [302, 400, 401, 403, 404, 429, 500, 502, 503] {
            answers.push((status, words.clone()));
            answers.push((status, format!("<html>{ACCESS_KEY_SECRET}</html>")));
        }
        for (status, body) in answers {
            let mut server = Server::new_async().await;
            let _mocks = asking.serve(&mut server, status, &body).await;
            let asked = asking.provider(&World::new(&server), name);
            let error = error_of(asked.provider.provide().await);
            let status = (status != 200).then_some(u16::try_from(status).expect("a status"));
            seen(&asked.provider, status, error);
        }
        let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = closed.local_addr().expect("an address").to_string();
        drop(closed);
        let asked = asking.provider(&World::at(address), name);
        seen(&asked.provider, None, error_of(asked.provider.provide().await));
    }
    files(name, seen).await;
}

/// Files with secrets in them that give no credential.
async fn files(name: &str, mut seen: impl FnMut(&dyn Debug, Option<u16>, Error)) {
    let key = format!(r#""access_key_id":"id","access_key_secret":"{ACCESS_KEY_SECRET}""#);
    let profile = |fields: &str| config(&format!(r#""name":"default",{fields},{key}"#));
    let command =
        |command: &str| profile(&format!(r#""mode":"External","process_command":{command:?}"#));
    let environment = World::at("127.0.0.1:1").environment();
    for text in [
        ACCESS_KEY_SECRET.to_owned(),
        format!(r#"{{"current":"{ACCESS_KEY_SECRET}"#),
        format!(r#"{{"current":["{ACCESS_KEY_SECRET}"]}}"#),
        config(&format!(
            r#""name":"default","mode":"AK","access_key_secret":["{SECURITY_TOKEN}"]"#
        )),
        config(&format!(r#""name":"default","mode":"AK","access_key_secret":"{SECURITY_TOKEN}""#)),
        profile(&format!(r#""mode":"{ACCESS_KEY_SECRET}""#)),
        profile(&format!(r#""mode":"RsaKeyPair","private_key":"{ACCESS_KEY_SECRET}""#)),
        profile(r#""mode":"StsToken""#),
        profile(&format!(r#""mode":"RamRoleArn","ram_role_arn":"{SECURITY_TOKEN}""#)),
        profile(&format!(r#""mode":"CredentialsURI","credentials_uri":"{SECURITY_TOKEN}""#)),
        profile(&format!(r#""mode":"CloudSSO","access_token":"{SECURITY_TOKEN}""#)),
        profile(&format!(r#""mode":"OAuth","oauth_site_type":"{SECURITY_TOKEN}""#)),
        command(&format!("'{SECURITY_TOKEN}")),
        command(&format!("/no/such/{SECURITY_TOKEN}")),
        command(&format!("sh -c 'echo {SECURITY_TOKEN}; echo {ACCESS_KEY_SECRET} >&2; exit 1'")),
        command(&format!("echo {SECURITY_TOKEN}")),
    ] {
        let file = TempFile::new(&format!("{name}-cli"), &text);
        let provider = CliProfile::new(&environment).file(file.path()).cached();
        seen(&provider, None, error_of(provider.provide().await));
    }
    for text in [
        ACCESS_KEY_SECRET.to_owned(),
        format!("[default]\n{ACCESS_KEY_SECRET}"),
        format!("[default]\n{ACCESS_KEY_SECRET} = 1\n{ACCESS_KEY_SECRET} = 2"),
        format!("[default]\ntype = {ACCESS_KEY_SECRET}"),
        format!("[default]\ntype = access_key\naccess_key_secret = {ACCESS_KEY_SECRET}"),
        format!("[default]\ntype = bearer\nbearer_token = {SECURITY_TOKEN}%"),
        format!("[default]\ntype = rsa_key_pair\nprivate_key = {SECURITY_TOKEN}"),
    ] {
        let file = TempFile::new(&format!("{name}-ini"), &text);
        let provider = IniProfile::new(&environment).file(file.path()).cached();
        seen(&provider, None, error_of(provider.provide().await));
    }
}

/// What is shown of every provider that gives a credential, and of a chain that asks it.
pub(crate) async fn successes(name: &str, mut seen: impl FnMut(&dyn Debug)) {
    for asking in ALL {
        let mut server = Server::new_async().await;
        let body = asking.answer(&fields("id", IN_AN_HOUR));
        let _mocks = asking.serve(&mut server, 200, &body).await;
        let mut world = World::new(&server);
        let asked = asking.provider(&world, name);
        seen(&asked.provider.provide().await.expect("a credential"));
        seen(&asked.provider);
        world
            .set("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .set("ALIBABA_CLOUD_SECURITY_TOKEN", SECURITY_TOKEN)
            .set("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/app")
            .set("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack")
            .set("ALIBABA_CLOUD_OIDC_TOKEN_FILE", asked.token.path().display().to_string())
            .set("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://h.example/{SECURITY_TOKEN}"));
        let environment = world.environment();
        let chain = DefaultChain::from_environment(&environment);
        seen(&(&environment, &chain, chain.provide().await));
        let explanation = chain.explain().await;
        seen(&(&explanation, explanation.to_string()));
        world.set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", ACCESS_KEY_SECRET);
        let chain = DefaultChain::from_environment(&world.environment());
        seen(&(&chain, chain.provide().await, chain.explain().await));
    }
}

#[tokio::test]
async fn each_gives_a_credential_and_another_one_when_it_has_expired() {
    for asking in ALL {
        let mut server = Server::new_async().await;
        let world = World::new(&server);
        let asked = asking.provider(&world, "expiry");
        for (id, expiration) in [("key-1", IN_AN_HOUR), ("key-2", "2026-11-23T10:00:00Z")] {
            let body = asking.answer(&fields(id, expiration));
            let mocks = asking.serve(&mut server, 200, &body).await;
            for _ in 0..3 {
                assert_eq!(id_of(asked.provider.provide().await), id, "{asking:?}");
            }
            let requests = world.requests().len();
            world.advance(Duration::from_secs(30 * 60));
            assert_eq!(id_of(asked.provider.provide().await), id, "{asking:?}");
            assert_eq!(world.requests().len(), requests, "{asking:?}");
            for mock in mocks {
                mock.remove_async().await;
            }
            world.advance(Duration::from_secs(30 * 60));
        }
        let error = error_of(asked.provider.provide().await);
        assert_eq!(error.kind(), ErrorKind::Credential);
    }
}

#[tokio::test]
async fn no_answer_that_is_wrong_gives_a_credential() {
    let mut failures = 0;
    each("wrong", |provider, status, error| {
        failures += 1;
        let found = error.status().map(|status| status.as_u16()).filter(|status| *status != 200);
        assert_eq!(found, status, "{provider:?}: {error:?}");
    })
    .await;
    assert_eq!(failures, ALL.len() * (19 + 18 + 1) + 16 + 7);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    for asking in ALL {
        let server = server::Server::http(server::Behaviour::Hang).await;
        let asked = asking.provider(&World::at(server.address().to_string()), "hang");
        let error = error_of(asked.provider.provide().await);
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let mut kinds = causes.filter_map(|cause| cause.downcast_ref::<Error>()).map(Error::kind);
        assert!(kinds.any(|kind| kind == ErrorKind::Timeout), "{asking:?}");
    }
}

#[tokio::test]
async fn what_sts_says_is_told_without_what_it_quotes() {
    for asking in [Asking::RamRole, Asking::OidcRole] {
        for (id_in_body, id) in [(r#","RequestId":"r""#, "r"), ("", "of the header")] {
            let mut server = Server::new_async().await;
            let refusal = server.mock("POST", Matcher::Any).with_status(403);
            let refusal = refusal.with_header("x-acs-request-id", "of the header");
            let words = r#""Code":"NoPermission","Message":"You are not authorized.""#;
            let _mock = refusal.with_body(format!("{{{words}{id_in_body}}}")).create_async().await;
            let asked = asking.provider(&World::new(&server), "words");
            let error = error_of(asked.provider.provide().await);
            let words = error.source().and_then(Error::find).expect("the service's error");
            assert_eq!((words.code(), words.request_id()), (Some("NoPermission"), Some(id)));
        }
    }
}
