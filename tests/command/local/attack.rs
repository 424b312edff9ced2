//! Clients that hold connections and say nothing useful: more of them than a gateway takes.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::Local;
use crate::{answer, ran};

/// How many connections come, and how many of them are open here at once: the usual limit of a
/// process is 1,024 files.
const CONNECTIONS: usize = 1_100;
const AT_ONCE: usize = 900;

#[test]
fn connections_that_wait_keep_nobody_out() {
    let local = Local::start("attack", &[]);
    for sent in [
        &b""[..],
        b"POST / HT",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf",
        b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
    ] {
        let mut held = VecDeque::new();
        for _ in 0..CONNECTIONS {
            let mut stream = TcpStream::connect(local.address()).expect("it is accepted");
            stream.write_all(sent).expect("it is taken");
            if sent.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut [0; 12]).expect("it is answered");
            }
            held.push_back(stream);
            if held.len() > AT_ONCE {
                held.pop_front();
            }
        }
        for option in ["--use-shared-gateway=true", "--use-shared-gateway=false"] {
            let line = [option, "--max-attempts=1", "Encrypt", "--KeyId=alias/default"];
            let sealed = ran(local.kms("http").args(line), &["--Plaintext=text"]);
            assert!(answer(&sealed)["CiphertextBlob"].is_string());
        }
        assert!(held.len() >= AT_ONCE);
    }
}
