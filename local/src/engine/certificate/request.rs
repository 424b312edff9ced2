//! Certificate requests: PKCS#10 in PEM.

use rcgen::{
    CertificateParams, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256,
};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::super::Fault;
use super::super::spec::KeySpec;

pub(super) fn write(
    spec: KeySpec,
    private_key: &[u8],
    subject: DistinguishedName,
    names: &[String],
) -> Result<String, Fault> {
    let algorithm = match spec {
        KeySpec::EcP256 => &PKCS_ECDSA_P256_SHA256,
        _ => &PKCS_RSA_SHA256,
    };
    let invalid = |_| Fault::invalid("SubjectAlternativeNames");
    let mut params = CertificateParams::new(names).map_err(invalid)?;
    params.distinguished_name = subject;
    let private_key = PrivatePkcs8KeyDer::from(private_key);
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&private_key, algorithm);
    let key = key.map_err(|_| Fault::internal())?;
    // Only one failure remains: characters that are not allowed in a part of the name.
    let request = params.serialize_request(&key).map_err(|_| Fault::invalid("Subject"))?;
    request.pem().map_err(|_| Fault::internal())
}
