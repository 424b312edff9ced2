use super::*;
#[cfg(any(feature = "native-roots", feature = "webpki-roots"))]
use crate::transport::tests::authority::Authority;

#[test]
fn key_exchange_is_ours_whatever_rustls_default_is() {
    let any = TlsOptions::danger_accept_any_certificate();
    let names = |options: &TlsOptions| -> Vec<_> {
        provider(options).kx_groups.iter().map(|group| group.name()).collect()
    };
    use rustls::NamedGroup::{X25519, X25519MLKEM768, secp256r1, secp384r1};
    assert_eq!(names(&any), [X25519MLKEM768, X25519, secp256r1, secp384r1]);
    assert_eq!(names(&any.post_quantum(false)), [X25519, secp256r1, secp384r1]);
}

#[cfg(feature = "native-roots")]
mod with_a_system {
    use rustls::pki_types::pem::PemObject as _;

    use super::*;
    use crate::transport::tls::roots::{Loaded, NativeRoots};

    /// The anchors of options, on a system with three CAs.
    async fn anchors(options: &TlsOptions) -> usize {
        static THREE: NativeRoots = NativeRoots::new(|| {
            let ca = || CertificateDer::from_pem_slice(Authority::new().pem.as_bytes());
            let certificates = [(); 3].map(|()| ca().expect("a CA")).to_vec();
            Loaded { certificates, ..Loaded::default() }
        });
        let settings = TransportSettings { native: &THREE, ..TransportSettings::default() };
        let tls = Tls::new(&settings, &Arc::new(options.clone()), Vec::new()).expect("TLS");
        tls.anchors().await.expect("anchors").store.len()
    }

    #[tokio::test]
    async fn only_what_was_named_is_trusted() {
        let given = Authority::new().as_only_ca();
        assert_eq!(anchors(&given).await, 1);
        assert_eq!(anchors(&TlsOptions::native_roots()).await, 3);
        assert_eq!(anchors(&given.and_native_roots().expect("CAs")).await, 4);
    }

    /// In a build that has them.
    #[cfg(feature = "webpki-roots")]
    #[tokio::test]
    async fn the_list_that_is_compiled_in_widens_no_other_trust() {
        let list = webpki_roots::TLS_SERVER_ROOTS.len();
        let given = Authority::new().as_only_ca();
        assert_eq!(anchors(&given).await, 1);
        assert_eq!(anchors(&TlsOptions::native_roots()).await, 3);
        assert_eq!(anchors(&default_trust().expect("the system's")).await, 3);
        assert_eq!(anchors(&TlsOptions::webpki_roots()).await, list);
        let all = given.and_native_roots().and_then(TlsOptions::and_webpki_roots).expect("CAs");
        assert_eq!(anchors(&all).await, 1 + 3 + list);
    }
}

#[cfg(feature = "webpki-roots")]
#[test]
fn the_list_is_trusted_where_it_is_named_and_nowhere_else() {
    let given = Authority::new().as_only_ca();
    assert_eq!(known_anchors(&given).expect("anchors").len(), 1);
    let list = webpki_roots::TLS_SERVER_ROOTS.len();
    assert_eq!(known_anchors(&TlsOptions::webpki_roots()).expect("anchors").len(), list);
    let both = given.and_webpki_roots().expect("CAs");
    assert_eq!(known_anchors(&both).expect("anchors").len(), 1 + list);
}
