//! How keys are agreed on.

use rustls::NamedGroup;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::*;
use crate::transport::tls::Tls;

/// The group that the client's side of a connection ended up with.
async fn group_here(server: &Server, options: TlsOptions) -> Option<NamedGroup> {
    let tls = Tls::new(&TransportSettings::default(), &Arc::new(options), Vec::new()).expect("TLS");
    let stream = TcpStream::connect(server.address).await.expect("loopback");
    let name = ServerName::try_from("127.0.0.1").expect("an address");
    let connector = TlsConnector::from(tls.config().await.expect("a configuration"));
    let stream = connector.connect(name, stream).await.expect("a handshake");
    stream.get_ref().1.negotiated_key_exchange_group().map(|group| group.name())
}

#[tokio::test]
async fn the_hybrid_is_the_first_choice_on_both_ends_unless_it_is_turned_off() {
    let authority = Authority::new();
    let server = https(&authority).await;
    for (offered, expected) in [(true, NamedGroup::X25519MLKEM768), (false, NamedGroup::X25519)] {
        let options = authority.as_only_ca().post_quantum(offered);
        assert_eq!(group_here(&server, options.clone()).await, Some(expected));
        succeeds(&transport(options), &server.url("https"), None).await;
        assert_eq!(server.handshake().group, Some(expected));
    }
}

#[tokio::test]
async fn a_server_without_the_hybrid_agrees_on_what_it_has() {
    let authority = Authority::new();
    for group in [NamedGroup::X25519, NamedGroup::secp256r1, NamedGroup::secp384r1] {
        let issued = authority.issue("127.0.0.1").agreeing_on(group);
        let server = Server::start(Manner::Https(issued.acceptor())).await;
        succeeds(&transport(authority.as_only_ca()), &server.url("https"), None).await;
        assert_eq!(server.handshake().group, Some(group));
    }
}
