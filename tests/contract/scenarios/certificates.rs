//! Certificates, which the service takes no longer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer, DnType,
    IsCa, KeyPair,
};
use serde_json::{Value, json};

use crate::world::{World, text};

const INVALID: &str = "InvalidParameter";
const NOT_FOUND: &str = "Certificate.NotFound";
const SUBJECT: &str = "CN=userName,OU=kms,O=aliyun,C=CN";

async fn create(world: &World, spec: &str) -> (Value, String) {
    let request = json!({"KeySpec": spec, "Subject": SUBJECT,
        "SubjectAlternativeNames": r#"["a.example"]"#});
    let made = world.ok("CreateCertificate", request).await;
    (json!({"CertificateId": made["CertificateId"]}), text(&made["Csr"]))
}

/// A certificate for a request, and the CA's.
fn issue(request: &str) -> (String, String) {
    let mut ca = CertificateParams::new(Vec::new()).expect("no names");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "testCA");
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().expect("a key")).expect("a CA");
    let request = CertificateSigningRequestParams::from_pem(request).expect("a request");
    (request.signed_by(&ca).expect("a certificate").pem(), ca.pem())
}

fn with(id: &Value, fields: Value) -> Value {
    let mut request = id.clone();
    let fields = fields.as_object().expect("fields").clone();
    request.as_object_mut().expect("a request").extend(fields);
    request
}

pub(super) async fn a_certificate_is_requested_and_used(world: &World) {
    let (id, request) = create(world, "RSA_2048").await;
    let (certificate, chain) = issue(&request);
    let upload = with(&id, json!({"Certificate": certificate, "CertificateChain": chain}));
    world.ok("UploadCertificate", upload).await;
    let got = world.ok("GetCertificate", id.clone()).await;
    assert_eq!((&got["Certificate"], &got["Csr"]), (&json!(certificate), &json!(request)));
    let described = world.ok("DescribeCertificate", id.clone()).await;
    assert_eq!((&described["Status"], &described["Subject"]), (&json!("ACTIVE"), &json!(SUBJECT)));
    assert_eq!(described["SubjectAlternativeNames"], json!(["a.example"]));
    let tags = r#"[{"TagKey":"a","TagValue":"1"},{"TagKey":"b","TagValue":"2"}]"#;
    world.ok("TagResource", with(&id, json!({"Tags": tags}))).await;
    world.ok("UntagResource", with(&id, json!({"TagKeys": r#"["b"]"#}))).await;
    let described = world.ok("DescribeCertificate", id.clone()).await;
    assert_eq!(described["Tags"], json!({"a": "1"}));
    let plaintext = STANDARD.encode(b"text");
    let oaep = |fields: Value| with(&with(&id, json!({"Algorithm": "RSAES_OAEP_SHA_256"})), fields);
    let sealed = oaep(json!({"Plaintext": plaintext}));
    let sealed = world.ok("CertificatePublicKeyEncrypt", sealed).await;
    let open = oaep(json!({"CiphertextBlob": sealed["CiphertextBlob"]}));
    let opened = world.ok("CertificatePrivateKeyDecrypt", open).await;
    assert_eq!(opened["Plaintext"], plaintext);
    let sign = with(
        &id,
        json!({"Algorithm": "RSA_PSS_SHA_256", "Message": plaintext,
        "MessageType": "RAW"}),
    );
    let signed = world.ok("CertificatePrivateKeySign", sign.clone()).await;
    let verify = with(&sign, json!({"SignatureValue": signed["SignatureValue"]}));
    let verified = world.ok("CertificatePublicKeyVerify", verify.clone()).await;
    assert_eq!(verified["SignatureValid"], true);
    world.ok("UpdateCertificateStatus", with(&id, json!({"Status": "REVOKED"}))).await;
    let verified = world.ok("CertificatePublicKeyVerify", verify).await;
    assert_eq!(verified["SignatureValid"], true);
    world.refused("CertificatePrivateKeySign", sign, 409, "Rejected.Disabled").await;
    world.ok("DeleteCertificate", id).await;
}

pub(super) async fn what_is_no_certificate_is_refused(world: &World) {
    let none = json!({"CertificateId": "00000000-0000-4000-8000-000000000000"});
    let (id, request) = create(world, "EC_P256").await;
    let (certificate, _) = issue(&request);
    let (other, _) = create(world, "EC_P256").await;
    for wrong in ["text", &request, &issue(&create(world, "EC_P256").await.1).0] {
        let upload = with(&other, json!({"Certificate": wrong}));
        world.refused("UploadCertificate", upload, 400, INVALID).await;
    }
    let wrong = json!({"KeySpec": "EC_P256K", "Subject": SUBJECT});
    world.refused("CreateCertificate", wrong, 400, INVALID).await;
    let text = STANDARD.encode(b"text");
    let oaep = json!({"Algorithm": "RSAES_OAEP_SHA_256", "Plaintext": text});
    let open = json!({"Algorithm": "RSAES_OAEP_SHA_256", "CiphertextBlob": text});
    let sign = json!({"Algorithm": "ECDSA_SHA_256", "Message": text, "MessageType": "RAW"});
    let verify = with(&sign, json!({"SignatureValue": text}));
    for (action, fields) in [
        ("GetCertificate", json!({})),
        ("DescribeCertificate", json!({})),
        ("DeleteCertificate", json!({})),
        ("TagResource", json!({"Tags": r#"[{"TagKey":"a","TagValue":"1"}]"#})),
        ("UpdateCertificateStatus", json!({"Status": "ACTIVE"})),
        ("UploadCertificate", json!({"Certificate": certificate})),
        ("CertificatePublicKeyEncrypt", oaep),
        ("CertificatePrivateKeyDecrypt", open),
        ("CertificatePrivateKeySign", sign.clone()),
        ("CertificatePublicKeyVerify", verify),
    ] {
        world.refused(action, with(&none, fields), 404, NOT_FOUND).await;
    }
    let sign = with(&id, sign);
    world.refused("CertificatePrivateKeySign", sign, 409, "Rejected.PendingImport").await;
    let status = with(&id, json!({"Status": "ACTIVE"}));
    let unchangeable = "Rejected.StateModifiedFailed";
    world.refused("UpdateCertificateStatus", status, 409, unchangeable).await;
}
