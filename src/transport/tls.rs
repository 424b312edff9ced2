//! TLS from options: rustls' configuration of a connection.

mod danger;
#[cfg(feature = "native-roots")]
pub(super) mod roots;
mod verifier;

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs::{self, kx_group, sign};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore, version};
use secrecy::ExposeSecret;

use self::danger::AcceptAny;
pub(super) use self::verifier::Unacceptable;
use self::verifier::Verifier;
use super::settings::TransportSettings;
use crate::{Error, ErrorKind, PrivateKeyFormat, TlsIdentity, TlsOptions, TlsVersion};

/// Key exchange in the order of preference. It is set here instead of by a feature of rustls, which
/// another crate in the program could turn on.
const KEY_EXCHANGE: [&dyn SupportedKxGroup; 4] =
    [kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];

/// TLS with one set of options.
pub(super) struct Tls {
    options: Arc<TlsOptions>,
    /// The trust anchors except the system's, which are loaded when a connection needs them.
    known: Arc<RootCertStore>,
    identity: Option<Arc<SingleCertAndKey>>,
    protocols: Vec<Vec<u8>>,
    #[cfg(feature = "native-roots")]
    native: &'static roots::NativeRoots,
    config: OnceLock<Arc<ClientConfig>>,
    /// What is used until the system's trust anchors can be loaded.
    without_native: OnceLock<Arc<ClientConfig>>,
}

struct Anchors {
    store: Arc<RootCertStore>,
    /// Why the system's are not among them, if they should be.
    lacks_native: Option<String>,
}

impl Tls {
    /// Checks what the options contain, and reads no files.
    pub(super) fn new(
        settings: &TransportSettings,
        options: &Arc<TlsOptions>,
        protocols: Vec<Vec<u8>>,
    ) -> Result<Self, Error> {
        #[cfg(not(feature = "native-roots"))]
        let _ = settings;
        let identity = options.client_identity().map(certified_key).transpose()?;
        Ok(Self {
            options: Arc::clone(options),
            known: Arc::new(known_anchors(options)?),
            identity: identity.map(|key| Arc::new(SingleCertAndKey::from(key))),
            protocols,
            #[cfg(feature = "native-roots")]
            native: settings.native,
            config: OnceLock::new(),
            without_native: OnceLock::new(),
        })
    }

    /// Returns the configuration of connections, which is made when it is first needed.
    pub(super) async fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let Anchors { store, lacks_native } = self.anchors().await?;
        let kept = if lacks_native.is_some() { &self.without_native } else { &self.config };
        if let Some(config) = kept.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.with_anchors(store)?);
        let is_first = kept.set(Arc::clone(&config)).is_ok();
        if let Some(why) = lacks_native.filter(|_| is_first) {
            tracing::warn!("only the configured CAs are trusted, and none of the system's: {why}");
        }
        Ok(config)
    }

    async fn anchors(&self) -> Result<Anchors, Error> {
        let known = Arc::clone(&self.known);
        #[cfg(feature = "native-roots")]
        if self.options.trusts_native_roots() {
            let native = match self.native.store().await {
                Ok(native) if known.is_empty() => native,
                Ok(native) => {
                    let mut all = RootCertStore::clone(&known);
                    all.extend(native.roots.iter().cloned());
                    Arc::new(all)
                }
                Err(nothing) if known.is_empty() => return Err(nothing.into()),
                Err(nothing) => {
                    let lacks_native = Some(nothing.to_string());
                    return Ok(Anchors { store: known, lacks_native });
                }
            };
            return Ok(Anchors { store: native, lacks_native: None });
        }
        Ok(Anchors { store: known, lacks_native: None })
    }

    fn with_anchors(&self, anchors: Arc<RootCertStore>) -> Result<ClientConfig, Error> {
        let provider = Arc::new(provider(&self.options));
        let versions = match self.options.oldest_version() {
            TlsVersion::V1_3 => &[&version::TLS13][..],
            _ => &[&version::TLS13, &version::TLS12],
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(|error| {
                Error::new(ErrorKind::Config, "no TLS version can be used").with_source(error)
            })?;
        let verifier: Arc<dyn ServerCertVerifier> = if self.options.accepts_any_certificate() {
            Arc::new(AcceptAny::new(&provider))
        } else {
            Arc::new(Verifier::new(&self.options, anchors, &provider)?)
        };
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            Some(identity) => builder.with_client_cert_resolver(Arc::clone(identity) as _),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&self.protocols);
        Ok(config)
    }
}

/// Returns the default trust of a transport: the system's roots, in builds that have them.
pub(super) fn default_trust() -> Option<Arc<TlsOptions>> {
    #[cfg(feature = "native-roots")]
    return Some(Arc::new(TlsOptions::native_roots()));
    #[cfg(not(feature = "native-roots"))]
    None
}

/// Returns the configuration of a connection to `peer`, or `None` if it is made without TLS.
pub(super) async fn config(
    tls: Option<&Tls>,
    is_https: bool,
    peer: impl fmt::Display,
) -> Result<Option<Arc<ClientConfig>>, Error> {
    match tls {
        _ if !is_https => Ok(None),
        Some(tls) => tls.config().await.map(Some),
        None => Err(no_trust(format_args!("the connection to {peer}"))),
    }
}

/// Returns the error of a connection that needs trust anchors in a build without any.
pub(super) fn no_trust(what: impl fmt::Display) -> Error {
    let message = format!(
        "{what}: this build trusts no certificates: enable the feature native-roots, or give a CA \
         with .tls(TlsOptions::ca_file(..))"
    );
    Error::new(ErrorKind::Config, message)
}

fn provider(options: &TlsOptions) -> CryptoProvider {
    let skipped = usize::from(!options.offers_post_quantum());
    let kx_groups = KEY_EXCHANGE[skipped..].to_vec();
    CryptoProvider { kx_groups, ..aws_lc_rs::default_provider() }
}

fn known_anchors(options: &TlsOptions) -> Result<RootCertStore, Error> {
    let mut anchors = RootCertStore::empty();
    let mut unusable = None;
    for certificate in options.ca_certificates() {
        if let Err(error) = anchors.add(CertificateDer::from_slice(certificate).into_owned()) {
            tracing::warn!("a configured certificate cannot be a CA and is ignored: {error}");
            unusable = Some(error);
        }
    }
    if let Some(error) = unusable.filter(|_| anchors.is_empty()) {
        let message =
            "none of the configured certificates can be a CA: they are damaged or of another kind";
        return Err(Error::new(ErrorKind::Config, message).with_source(error));
    }
    if options.trusts_webpki_roots() {
        #[cfg(feature = "webpki-roots")]
        anchors.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        #[cfg(not(feature = "webpki-roots"))]
        return Err(not_in_this_build("webpki-roots"));
    }
    #[cfg(not(feature = "native-roots"))]
    if options.trusts_native_roots() {
        return Err(not_in_this_build("native-roots"));
    }
    Ok(anchors)
}

/// Returns the error of a build in which the middleware crate has the constructor and this crate
/// lacks the roots.
#[cfg(not(all(feature = "native-roots", feature = "webpki-roots")))]
fn not_in_this_build(feature: &str) -> Error {
    let message = format!(
        "this build does not have these roots: enable the feature {feature} of alibabacloud-kms"
    );
    Error::new(ErrorKind::Config, message)
}

fn certified_key(identity: &TlsIdentity) -> Result<CertifiedKey, Error> {
    let (format, der) = identity.private_key();
    let der = der.expose_secret();
    let key = match format {
        PrivateKeyFormat::Pkcs1 => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(der)),
        PrivateKeyFormat::Sec1 => PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(der)),
        _ => PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der)),
    };
    let key = sign::any_supported_type(&key).map_err(|error| {
        let message = "the client certificate's key cannot sign TLS handshakes";
        Error::new(ErrorKind::Config, message).with_source(error)
    })?;
    let certificates = identity.certificates().map(|der| CertificateDer::from(der.to_vec()));
    Ok(CertifiedKey::new(certificates.collect(), key))
}

#[cfg(test)]
mod tests;
