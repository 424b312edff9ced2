//! What this crate makes of files of credentials, against what the official Python package does: the
//! record in `tests/data/credentials/recorded.json`, made and checked by `tests/credentials_judge/run`.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use alibabacloud_kms::credential::{CliProfile, IniProfile};
use alibabacloud_kms::{Credential, Error, ExposeSecret as _, ProvideCredential as _};
use alibabacloud_kms_tests::data;
use mockito::{Matcher, Server, ServerGuard};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::world::{CLI_FILE, Home, World, start};

/// The parameters of STS that do not depend on how a request is signed.
const STS_PARAMETERS: [&str; 7] = [
    "DurationSeconds",
    "RoleArn",
    "RoleSessionName",
    "Policy",
    "ExternalId",
    "OIDCProviderArn",
    "OIDCToken",
];

fn key(name: &str) -> Value {
    json!({
        "Code": "Success",
        "AccessKeyId": format!("{name}-id"),
        "AccessKeySecret": format!("{name}-secret"),
        "SecurityToken": format!("{name}-token"),
        "Expiration": "2099-01-01T00:00:00Z",
    })
}

/// Answers as the judge's servers do.
async fn serve(server: &mut ServerGuard) {
    const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
    let tokens =
        json!({"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 3600});
    let answers = [
        ("POST", "/", json!({"Credentials": key("role")}).to_string()),
        ("POST", "/cloud-credentials", json!({"CloudCredential": key("portal")}).to_string()),
        ("POST", "/v1/token", tokens.to_string()),
        ("POST", "/v1/exchange", key("oauth").to_string()),
        ("PUT", "/latest/api/token", "metadata-token".to_owned()),
        ("GET", ROLES, "found-role".to_owned()),
        ("GET", &format!("{ROLES}found-role"), key("instance").to_string()),
        ("GET", &format!("{ROLES}named-role"), key("instance").to_string()),
    ];
    for (method, path, body) in answers {
        let mock = server.mock(method, path).match_query(Matcher::Any).with_body(body);
        mock.create_async().await;
    }
}

/// A request as the judge writes it down.
fn asked(request: &str) -> Value {
    let mut lines = request.split('\n');
    let (method, uri) = lines.next().and_then(|line| line.split_once(' ')).expect("a request");
    let (to, query) = uri.split_once('?').unwrap_or((uri, ""));
    let lines: Vec<&str> = lines.collect();
    // The headers, and the body at the end.
    let (body, headers) = lines.split_last().expect("a body");
    let headers: BTreeMap<&str, &str> =
        headers.iter().map(|line| line.split_once(": ").expect("a header")).collect();
    let form = parameters(body);
    if to.starts_with("https://sts") {
        let action = headers.get("x-acs-action").map(|action| (*action).to_owned());
        let action = action.or_else(|| parameters(query).remove("Action"));
        let sent = form.into_iter().filter(|(name, _)| STS_PARAMETERS.contains(&name.as_str()));
        let sent: BTreeMap<String, String> = sent.collect();
        let mut asked = json!({"to": to, "action": action, "parameters": sent});
        if let Some(signed) = headers.get("authorization") {
            let (_, id) = signed.split_once("Credential=").expect("an access key");
            let (id, _) = id.split_once(',').expect("more");
            asked["proof"] = json!([id, headers.get("x-acs-security-token")]);
        }
        return asked;
    }
    let mut asked = json!({"to": format!("{method} {to}")});
    if to.ends_with("/cloud-credentials") {
        asked["parameters"] = serde_json::from_str(body).expect("JSON");
    } else if to.ends_with("/v1/token") {
        let sent = form.into_iter().filter(|(name, _)| name != "Timestamp");
        asked["parameters"] = json!(sent.collect::<BTreeMap<_, _>>());
    }
    let proofs = ["authorization", "x-aliyun-ecs-metadata-token"];
    if let Some(proof) = proofs.iter().find_map(|name| headers.get(name)) {
        asked["proof"] = json!(proof);
    }
    asked
}

fn parameters(encoded: &str) -> BTreeMap<String, String> {
    let decoded = |text| percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    let pairs = encoded.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn shown(given: Result<Credential, Error>) -> Value {
    match given {
        Err(_) => Value::Null,
        Ok(Credential::AccessKey { id, secret, security_token }) => {
            let token = security_token.as_ref().map(|token| token.expose_secret());
            json!([id, secret.expose_secret(), token])
        }
        Ok(_) => panic!("an access key was expected"),
    }
}

/// The CLI's file, with the time that the judge leaves out.
fn written(home: &Home) -> Value {
    let mut config: Value = serde_json::from_str(&home.text(CLI_FILE)).expect("JSON");
    for profile in config["profiles"].as_array_mut().expect("a list") {
        if profile["oauth_access_token"] == "access-2" {
            let end = start() + Duration::from_secs(3600);
            let end = end.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
            assert_eq!(profile["oauth_access_token_expire"], end);
            profile["oauth_access_token_expire"] = json!("in an hour");
        }
    }
    config
}

/// Files that we read otherwise than the package. A line break in a secret is an error, since no header
/// can carry it, and so is a quote or a backslash, which no secret has; quotes around a value are no part
/// of it, and a `;` ends a key, as for the Go client.
fn read_otherwise(file: &str) -> Option<Value> {
    match file {
        "ini/longer_line.ini" | "cli/escapes.json" => Some(Value::Null),
        "ini/quotes.ini" | "ini/comments.ini" => Some(json!(["id", "secret", null])),
        _ => None,
    }
}

#[tokio::test]
async fn files_mean_to_us_what_they_mean_to_the_official_python_package() {
    let data = data("credentials");
    let record = std::fs::read(data.join("recorded.json")).expect("the record");
    let record: Vec<Value> = serde_json::from_slice(&record).expect("JSON");
    assert!(record.len() > 90, "cases are missing");
    for case in record {
        let file = case["file"].as_str().expect("a file");
        let content = std::fs::read(data.join(file)).expect(file);
        let home = Home::new("judge");
        let mut server = Server::new_async().await;
        serve(&mut server).await;
        let mut world = home.of(World::new(&server));
        if let Some(profile) = case["profile"].as_str() {
            world.set("ALIBABA_CLOUD_PROFILE", profile);
        }
        let given = if file.starts_with("cli/") {
            home.put(CLI_FILE, &content);
            CliProfile::new(&world.environment()).cached().provide().await
        } else {
            // Where this package looks; others look for a name without ending.
            home.put(".alibabacloud/credentials.ini", &content);
            IniProfile::new(&world.environment()).cached().provide().await
        };
        let failure = given.as_ref().err().map(ToString::to_string);
        if let Some(expected) = read_otherwise(file) {
            assert_eq!(shown(given), expected, "{case}: {failure:?}");
            continue;
        }
        assert_eq!(shown(given), case["credential"], "{case}: {failure:?}");
        if case["credential"].is_null() {
            continue;
        }
        let asked: Vec<Value> = world.requests().iter().map(|request| asked(request)).collect();
        let expected = case["asked"].as_array().cloned().unwrap_or_default();
        assert_eq!(asked, expected, "{case}");
        match case.get("written") {
            Some(expected) => assert_eq!(&written(&home), expected, "{case}"),
            None if file.starts_with("cli/") => {
                assert_eq!(home.text(CLI_FILE).as_bytes(), content, "{case}");
            }
            None => {}
        }
    }
}
