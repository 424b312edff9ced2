//! What stands in place of a name or a path: the content of the file that was to be named, a token.

use std::fmt::Debug;

use alibabacloud_kms::credential::{
    CliProfile, CredentialsUri, DefaultChain, EcsRole, IniProfile, OidcRole, Role, Sts,
};
use alibabacloud_kms::{
    ClientKey, Endpoint, KmsClient, OpenApiGateway, ProvideCredential, ProxyOptions, TlsIdentity,
    TlsOptions,
};
use alibabacloud_kms_tests::canary::{self, SECURITY_TOKEN};
use alibabacloud_kms_tests::listener::Output;

use crate::credential::world::{CLI_FILE, Home, World, config};

/// Every variable that a chain or a proxy reads.
const VARIABLES: [&str; 21] = [
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "ALIBABA_CLOUD_PROFILE",
    "ALIBABA_CLOUD_CREDENTIALS_FILE",
    "ALIBABA_CLOUD_CREDENTIALS_URI",
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_ROLE_SESSION_NAME",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "ALIBABA_CLOUD_STS_REGION",
    "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED",
    "ALIBABA_CLOUD_ECS_METADATA",
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
    "ALIBABA_CLOUD_IMDSV1_DISABLED",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    if cfg!(windows) { "USERPROFILE" } else { "HOME" },
];

/// What people have put where a name or a path was expected.
fn contents() -> [String; 5] {
    [
        format!("[default]\ntype = bearer\nbearer_token = {SECURITY_TOKEN}/x.y"),
        format!(r#"{{"bearer_token":"{SECURITY_TOKEN}/x.y"}}"#),
        format!("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.{SECURITY_TOKEN}"),
        format!("/{SECURITY_TOKEN}/{}", "x".repeat(5000)),
        format!("-----BEGIN PRIVATE KEY-----\n{SECURITY_TOKEN}/x.y\n-----END PRIVATE KEY-----"),
    ]
}

pub(super) async fn names(output: &Output) {
    for content in contents() {
        for variable in VARIABLES {
            chain(output, variable, &content).await;
        }
        given(output, &content).await;
        fields(output, &content).await;
    }
    // A bare word may be a name, and is shown where a program gives it.
    for variable in
        ["ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"]
    {
        chain(output, variable, SECURITY_TOKEN).await;
    }
}

/// A chain of which every provider looks at something, with one variable that is wrong.
async fn chain(output: &Output, variable: &str, content: &str) {
    let home = Home::from_profile("leak", r#""mode":"AK""#);
    home.put(".alibabacloud/credentials", "[default]\ntype = sts\n");
    home.put("token", "token");
    let mut world = home.of(World::at("127.0.0.1:1"));
    world
        .set("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/app")
        .set("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack")
        .set("ALIBABA_CLOUD_OIDC_TOKEN_FILE", home.path().join("token").display().to_string())
        .set("ALIBABA_CLOUD_CREDENTIALS_URI", "http://issuer.example/")
        .set(variable, content);
    let environment = world.environment();
    let chain = DefaultChain::from_environment(&environment);
    let explanation = chain.explain().await;
    output.show(&(&environment, &explanation, explanation.to_string(), &chain));
    match chain.provide().await {
        Ok(credential) => output.show(&credential),
        Err(error) => output.show_error(&error),
    }
    let proxy = ProxyOptions::from_variables(|name| (name == variable).then(|| content.into()));
    output.show(&proxy);
    for target in ["http://kms.example/", "https://kms.example/"] {
        if let Err(error) = proxy.proxy_for(&target.parse().expect("a URI")) {
            output.show_error(&error);
        }
    }
}

/// What a program gives by mistake.
async fn given(output: &Output, content: &str) {
    fn failed<T: Debug>(
        output: &Output,
        result: Result<T, impl Into<Box<dyn std::error::Error + Send + Sync>>>,
    ) {
        let mut error: Option<Box<dyn std::error::Error + Send + Sync>> =
            Some(result.expect_err("nothing of the kind").into());
        if let Some(error) = error.take() {
            output.show(&error);
            let mut next: Option<&dyn std::error::Error> = Some(&*error);
            while let Some(error) = next {
                output.line(&error.to_string());
                next = error.source();
            }
        }
    }

    let key = content.as_bytes().to_vec().into();
    failed(output, TlsOptions::ca_file(content));
    failed(output, TlsOptions::ca_directory(content));
    failed(output, TlsOptions::ca_pem(content.as_bytes()));
    failed(output, TlsIdentity::pem_files(content, content));
    failed(output, TlsIdentity::pem(content.as_bytes(), &key));
    failed(output, ClientKey::from_file(content, &"password".into()));
    failed(output, ClientKey::from_pem(content, &content.into()));
    failed(output, content.parse::<Endpoint>());
    failed(output, ProxyOptions::all(content));
    failed(output, ProxyOptions::none().no_proxy(&format!("{content} {{{content}}}")));
    failed(output, OpenApiGateway::region(content, canary::credential()));
    failed(output, KmsClient::builder().default_kms_api_names([content]));
    failed(output, Sts::region(content));
    failed(output, Sts::vpc(content));
    failed(output, Role::new(content));
    failed(output, Role::new("acs:ram::1:role/app").and_then(|role| role.session_name(content)));

    let home = Home::from_profile("leak-given", r#""mode":"AK""#);
    home.put(".alibabacloud/credentials", "[default]\ntype = sts\n");
    let environment = home.of(World::at("127.0.0.1:1")).environment();
    failed(output, EcsRole::new(&environment).role_name(content));
    failed(output, CredentialsUri::new(content, &environment));
    let role = || Role::new("acs:ram::1:role/app").expect("a role");
    failed(output, OidcRole::new(role(), content, "token", &environment));
    let issuer = "acs:ram::1:oidc-provider/ack";
    let of_file = OidcRole::new(role(), issuer, content, &environment).expect("a role");
    let providers: [Box<dyn ProvideCredential>; 5] = [
        Box::new(of_file.cached()),
        Box::new(CliProfile::new(&environment).file(content).cached()),
        Box::new(CliProfile::new(&environment).profile(content).cached()),
        Box::new(IniProfile::new(&environment).file(content).cached()),
        Box::new(IniProfile::new(&environment).profile(content).cached()),
    ];
    for provider in providers {
        output.show(&provider);
        output.show_error(&provider.provide().await.expect_err("nothing of the kind"));
    }
}

/// What stands in a field of a profile by mistake.
async fn fields(output: &Output, content: &str) {
    let text = serde_json::to_string(content).expect("JSON");
    let key = r#""access_key_id":"i","access_key_secret":"s""#;
    let role = r#""ram_role_arn":"acs:ram::1:role/app""#;
    let default = |fields: String| config(&format!(r#""name":"default",{fields}"#));
    for file in [
        format!(r#"{{"current":{text},"profiles":[]}}"#),
        default(format!(r#""mode":"ChainableRamRoleArn",{role},"source_profile":{text}"#)),
        default(format!(r#""mode":"RamRoleArn",{key},"ram_role_arn":{text}"#)),
        default(format!(r#""mode":"RamRoleArn",{key},{role},"sts_region":{text}"#)),
        default(format!(r#""mode":"EcsRamRole","ram_role_name":{text}"#)),
        default(format!(
            r#""mode":"OIDC",{role},"oidc_provider_arn":"acs:ram::1:oidc-provider/a",
            "oidc_token_file":{text}"#
        )),
        default(format!(r#""mode":"External","process_command":{text}"#)),
        default(format!(r#""mode":"AK","access_key_id":{text},"access_key_secret":"s""#)),
        default(format!(r#""mode":"CloudSSO","cloud_sso_sign_in_url":{text}"#)),
    ] {
        let home = Home::new("leak-fields");
        home.put(CLI_FILE, file);
        let environment = home.of(World::at("127.0.0.1:1")).environment();
        let provider = CliProfile::new(&environment).cached();
        match provider.provide().await {
            Ok(credential) => output.show(&credential),
            Err(error) => output.show_error(&error),
        }
        output.show(&provider);
    }
}
