//! The client's side of SOCKS 5 (RFC 1928), with a user and a password (RFC 1929).
//!
//! That of hyper-util cannot send every user, password and host that fit into the protocol, and its
//! errors have no public types, so the reason of a refusal would be lost.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroizing;

use crate::BoxError;

const VERSION: u8 = 5;
const WITHOUT_USER: u8 = 0;
const WITH_USER: u8 = 2;
const NO_METHOD: u8 = 0xff;

/// With what a proxy refused to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It accepts no connection without a user, or only with another kind of one.
    Method { has_user: bool },
    /// It does not accept the user or the password.
    User,
    /// It answered the request for the connection with this number.
    Reply(u8),
}

/// Makes the proxy at the other end of this stream connect to a host.
pub(super) async fn connect(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    host: &str,
    port: u16,
    user: Option<(&str, &str)>,
) -> Result<(), BoxError> {
    let methods: &[u8] = match user {
        Some(_) => &[WITHOUT_USER, WITH_USER],
        None => &[WITHOUT_USER],
    };
    let greeting = sized(methods, [VERSION].to_vec())?;
    send(stream, &greeting).await?;
    let [version, method] = receive(stream).await?;
    match (method, user) {
        _ if version != VERSION => return Err(not_socks()),
        (WITHOUT_USER, _) => {}
        (WITH_USER, Some(user)) => authenticate(stream, user).await?,
        // Some select the method that was not offered.
        (NO_METHOD | WITH_USER, _) => {
            return Err(Refused::Method { has_user: user.is_some() }.into());
        }
        _ => return Err(not_socks()),
    }
    send(stream, &request(host, port)?).await?;
    let [version, reply] = receive(stream).await?;
    match reply {
        _ if version != VERSION => return Err(not_socks()),
        0 => {}
        reply => return Err(Refused::Reply(reply).into()),
    }
    // The address and the port from which the proxy connects.
    let [_, kind] = receive(stream).await?;
    let length = match kind {
        1 => 4,
        3 => {
            let [length] = receive(stream).await?;
            length
        }
        4 => 16,
        _ => return Err(not_socks()),
    };
    read(stream, &mut vec![0; usize::from(length) + 2]).await?;
    Ok(())
}

async fn authenticate(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    (name, password): (&str, &str),
) -> Result<(), BoxError> {
    // With room for everything, so that no part is left behind when it grows.
    let mut message = Vec::with_capacity(3 + name.len() + password.len());
    message.push(1);
    let message = sized(password.as_bytes(), sized(name.as_bytes(), message)?)?;
    send(stream, &Zeroizing::new(message)).await?;
    match receive(stream).await? {
        [_, 0] => Ok(()),
        _ => Err(Refused::User.into()),
    }
}

/// Returns the request for a connection.
fn request(host: &str, port: u16) -> io::Result<Vec<u8>> {
    let head = [VERSION, 1, 0];
    let mut request = match host.parse() {
        Ok(IpAddr::V4(address)) => [&head[..], &[1], &address.octets()].concat(),
        Ok(IpAddr::V6(address)) => [&head[..], &[4], &address.octets()].concat(),
        Err(_) => sized(host.as_bytes(), [&head[..], &[3]].concat())?,
    };
    request.extend(port.to_be_bytes());
    Ok(request)
}

/// Appends the length of a part and the part.
fn sized(part: &[u8], mut message: Vec<u8>) -> io::Result<Vec<u8>> {
    let length = u8::try_from(part.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    message.push(length);
    message.extend_from_slice(part);
    Ok(message)
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), mut message: &[u8]) -> io::Result<()> {
    while !message.is_empty() {
        let written = poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, message)).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        message = &message[written..];
    }
    poll_fn(|cx| Pin::new(&mut *stream).poll_flush(cx)).await
}

async fn receive<const N: usize>(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<[u8; N]> {
    let mut answer = [0; N];
    read(stream, &mut answer).await?;
    Ok(answer)
}

async fn read(stream: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> io::Result<()> {
    let mut buffer = ReadBuf::new(buffer);
    while buffer.remaining() > 0 {
        let left = buffer.remaining();
        poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await?;
        if buffer.remaining() == left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn not_socks() -> BoxError {
    "the proxy's answer is not SOCKS 5".into()
}

impl Refused {
    /// Writes why the proxy made no connection, and the remedy.
    pub(super) fn explain(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method { has_user: false } => f.write_str(
                ", as it asks for a user and a password: add them to its URL, as in \
                 socks5://user:password@proxy.example.com:1080",
            ),
            Self::Method { has_user: true } => f.write_str(
                ", as it asks for a user in a way that is not supported: have it accept a user \
                 and a password, or go through another proxy",
            ),
            Self::User => f.write_str(
                ", as it does not accept the user: check the user and the password in its URL",
            ),
            Self::Reply(reply) => write!(
                f,
                " (reply {reply}): check that it lets connections to this host and port through"
            ),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method { .. } => f.write_str("the proxy accepts no offered method"),
            Self::User => f.write_str("the proxy rejected the user"),
            Self::Reply(reply) => write!(f, "the proxy answered with reply {reply}"),
        }
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// Connects through a proxy that sends `answers`. Returns the result, and what it received.
    async fn through(
        host: &str,
        user: Option<(&str, &str)>,
        answers: &[u8],
    ) -> (Result<(), BoxError>, Vec<u8>) {
        let (mut here, mut there) = duplex(1 << 12);
        there.write_all(answers).await.expect("room");
        let connected = connect(&mut here, host, 443, user).await;
        if connected.is_ok() {
            assert_eq!(here.read_u8().await.expect("a byte"), b'!', "the server's first byte");
        }
        drop(here);
        let mut received = Vec::new();
        there.read_to_end(&mut received).await.expect("what it sent");
        (connected, received)
    }

    const DONE: &[u8] = &[5, 0, 0, 1, 10, 0, 0, 1, 0, 9, b'!'];

    #[tokio::test]
    async fn each_kind_of_host_is_sent_as_its_own_kind() {
        for (host, sent) in [
            ("kms.invalid", [&[3, 11][..], b"kms.invalid"].concat()),
            ("10.1.2.3", vec![1, 10, 1, 2, 3]),
            ("::1", [&[4][..], &[0; 15], &[1]].concat()),
        ] {
            let (connected, received) = through(host, None, &[&[5, 0], DONE].concat()).await;
            connected.expect("a connection");
            assert_eq!(received, [&[5, 1, 0, 5, 1, 0], &sent[..], &[1, 187]].concat());
        }
    }

    #[tokio::test]
    async fn the_address_of_the_proxy_is_read_to_its_end_whatever_kind_it_is() {
        for address in [&[1, 0, 0, 0, 0][..], &[3, 2, b'a', b'b'], &[4; 17]] {
            let answers = [&[5, 0, 5, 0, 0], address, &[0, 9, b'!']].concat();
            through("kms.invalid", None, &answers).await.0.expect("a connection");
        }
    }

    #[tokio::test]
    async fn the_longest_user_password_and_host_are_sent() {
        let longest = "x".repeat(255);
        let user = Some((&*longest, &*longest));
        let answers = [&[5, 2, 1, 0], DONE].concat();
        let (connected, received) = through(&longest, user, &answers).await;
        connected.expect("a connection");
        let long = [&[255], longest.as_bytes()].concat();
        let request = [&[5, 1, 0, 3], &long[..], &[1, 187]].concat();
        assert_eq!(received, [&[5, 2, 0, 2, 1], &long[..], &long, &request].concat());
        let longer = "x".repeat(256);
        let (refused, _) = through(&longer, None, &[5, 0]).await;
        assert!(refused.is_err());
    }

    #[tokio::test]
    async fn a_proxy_that_needs_no_user_gets_none() {
        let user = Some(("user", "password"));
        let (connected, received) = through("::1", user, &[&[5, 0], DONE].concat()).await;
        connected.expect("a connection");
        assert_eq!(received[..7], [5, 2, 0, 2, 5, 1, 0]);
    }

    #[tokio::test]
    async fn a_refusal_is_told_from_an_answer_that_is_not_socks() {
        let user = Some(("user", "password"));
        for (user, answers, expected) in [
            (None, &[5, 0xff][..], Some(Refused::Method { has_user: false })),
            (None, &[5, 2], Some(Refused::Method { has_user: false })),
            (user, &[5, 0xff], Some(Refused::Method { has_user: true })),
            (user, &[5, 2, 1, 1], Some(Refused::User)),
            (None, &[5, 0, 5, 2], Some(Refused::Reply(2))),
            (None, b"HTTP/1.1 400", None),
            (None, &[5, 9], None),
            (None, &[5, 0, 4, 0], None),
            (None, &[5, 0, 5, 0, 0, 9], None),
        ] {
            let error = through("kms.invalid", user, answers).await.0.expect_err("refused");
            assert_eq!(error.downcast_ref(), expected.as_ref(), "{answers:?}");
        }
    }
}
