//! What a proxy says, and what becomes of it.

use super::*;

/// A transport that trusts anyone and goes through this proxy.
fn through(proxy: &Server, user: &str) -> Transport {
    let proxy = ProxyOptions::all(&format!("http://{user}{}", proxy.address)).expect("a proxy");
    Transport::builder().tls(anyone()).proxy(proxy).build().expect("a transport")
}

#[tokio::test]
async fn the_status_of_a_refused_connect_is_told_and_the_user_where_it_is_about_that() {
    for (answer, status, is_about_user) in [
        (
            &b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno"[..],
            "407",
            true,
        ),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ncanary", "403", false),
        (b"HTTP/1.0 502 Bad Gateway\r\n\r\n<html>canary</html>", "502", false),
        (b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "503", false),
        (b"HTTP/1.1 302 Found\r\nLocation: http://canary.invalid/\r\n\r\n", "302", false),
    ] {
        let proxy = Server::start(Manner::Says(answer)).await;
        let transport = through(&proxy, "user:canary-password@");
        let error = error(&transport, "https://kms.invalid/?Plaintext=canary-5f1d", None).await;
        assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED, "{status}");
        let text = error.to_string();
        assert!(text.contains(status), "{text}");
        assert_eq!(text.contains("password"), is_about_user, "{text}");
        assert!(!format!("{error:?}{text}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_ends_the_connection_or_says_no_http_made_no_connection() {
    for manner in [Manner::Cut, Manner::Silent, Manner::Says(b"canary\r\n\r\n")] {
        let proxy = Server::start(manner).await;
        let url = "https://kms.invalid/?Plaintext=canary-5f1d";
        let result = error(&through(&proxy, ""), url, None).await;
        assert_eq!((result.kind(), result.outcome()), NOT_CONNECTED);
        assert!(!result.to_string().contains("password"), "{result}");
    }
}

#[tokio::test]
async fn what_a_proxy_asks_of_a_user_is_told_with_the_remedy() {
    let [basic, ntlm, both, odd] = [
        &b"HTTP/1.1 407 No\r\nProxy-Authenticate: basic realm=\"canary\"\r\n\r\n"[..],
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n",
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"canary\", Basic\r\n\r\n",
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: canary\r\n\r\n",
    ];
    for (answer, user, told) in [
        (basic, "", "asks for a user and a password"),
        (both, "", "asks for a user and a password"),
        (odd, "", "asks for a user and a password"),
        (both, "user:canary@", "does not accept the user"),
        (ntlm, "user:canary@", "by Negotiate or NTLM"),
        (ntlm, "", "by Negotiate or NTLM"),
    ] {
        let proxy = Server::start(Manner::Says(answer)).await;
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://kms.invalid/");
            let error = error(&through(&proxy, user), &url, None).await;
            assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED);
            assert!(error.to_string().contains(told), "{error}");
            assert!(!format!("{error:?}{error:#}").contains("canary"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn what_a_socks_proxy_refuses_is_told_with_the_remedy() {
    let user = "user:canary-password@";
    for (answer, user, told, is_about_user) in [
        (&b"\x05\xff"[..], "", "asks for a user and a password", true),
        (b"\x05\xff", user, "in a way that is not supported", true),
        (b"\x05\x02\x01\x01", user, "does not accept the user", true),
        (b"\x05\x00\x05\x02", "", "(reply 2): check that it lets connections", false),
        (b"HTTP/1.1 400 No\r\n\r\n", "", "check that it speaks SOCKS 5", false),
    ] {
        let proxy = Server::start(Manner::Says(answer)).await;
        let url = format!("socks5://{user}{}", proxy.address);
        let proxies = ProxyOptions::all(&url).expect("a proxy");
        let transport = Transport::builder().tls(anyone()).proxy(proxies).build().expect("one");
        let error = error(&transport, "https://kms.invalid/", None).await;
        assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED);
        let text = error.to_string();
        assert!(text.contains(told), "{text}");
        assert_eq!(text.contains("password"), is_about_user, "{text}");
        assert!(!format!("{error:?}{text}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn what_answers_in_a_proxys_place_is_told_from_a_proxy() {
    let not_http = "does not speak HTTP";
    for (answer, told) in [
        (&b"SSH-2.0-canary\r\n"[..], not_http),
        (b"\x05\xff", not_http),
        (&[0x15, 3, 1, 0, 2, 2, 70], not_http),
        (b"HTTP/1.1 200 OK\r\nca nary: x\r\n\r\n", "an invalid header"),
    ] {
        let proxy = Server::start(Manner::Says(answer)).await;
        let error = error(&through(&proxy, ""), "https://kms.invalid/", None).await;
        assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED);
        assert!(error.to_string().contains(told), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_answer_is_named_without_its_user() {
    let proxy = Server::start(Manner::Stalled).await;
    for scheme in ["http", "https", "socks5"] {
        let url = format!("{scheme}://user:canary-password@{}", proxy.address);
        let proxies = ProxyOptions::all(&url).expect("a proxy");
        let transport = Transport::builder().tls(anyone()).proxy(proxies);
        let transport = transport.connect_timeout(Duration::from_millis(50));
        let transport = transport.build().expect("a transport");
        let error = error(&transport, "https://kms.invalid/", None).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::NotSent));
        let text = error.to_string();
        assert!(
            text.contains("kms.invalid") && text.contains(&proxy.address.to_string()),
            "{text}"
        );
        assert!(!format!("{error:?}{text}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn an_error_of_a_proxy_tells_of_exceptions_that_were_not_understood() {
    for (manner, scheme) in [
        (Manner::Cut, "https"),
        (Manner::Stalled, "https"),
        (Manner::Says(b"HTTP/1.1 407 No\r\n\r\n"), "http"),
    ] {
        let proxy = Server::start(manner).await;
        for (list, is_told) in [("10.1., canary", true), ("canary", false)] {
            let proxies = ProxyOptions::from_variables(|name| match name {
                "ALL_PROXY" => Some(proxy.address.to_string().into()),
                "no_proxy" => Some(list.into()),
                _ => None,
            });
            let transport = Transport::builder().tls(anyone()).proxy(proxies);
            let transport = transport.connect_timeout(Duration::from_millis(50));
            let transport = transport.build().expect("a transport");
            let error = error(&transport, &format!("{scheme}://kms.invalid/"), None).await;
            assert_eq!(error.to_string().contains("no_proxy"), is_told, "{error}");
            assert!(!format!("{error:?}{error}").contains("canary"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_plain_http_request_that_a_proxy_refuses_for_its_user_was_not_sent() {
    let says = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno";
    let proxy = Server::start(Manner::Says(says)).await;
    let transport = through(&proxy, "user:canary-password@");
    let error = error(&transport, "http://kms.invalid/?Plaintext=canary-5f1d", None).await;
    assert_eq!((error.kind(), error.outcome()), NOT_CONNECTED);
    let text = error.to_string();
    assert!(text.contains("407") && text.contains("password") && text.contains("proxy"), "{text}");
    assert!(!format!("{error:?}{text}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn any_other_answer_to_a_plain_http_request_is_the_servers() {
    let says = b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno";
    let server = Server::start(Manner::Says(says)).await;
    let url = "http://kms.invalid/";
    let (status, _) = send(&through(&server, ""), url, None).await.expect("an answer");
    assert_eq!(status, StatusCode::FORBIDDEN);
    let says = b"HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno";
    let server = Server::start(Manner::Says(says)).await;
    let (status, _) = send(&plain(), &server.url("http"), None).await.expect("an answer");
    assert_eq!(status, StatusCode::PROXY_AUTHENTICATION_REQUIRED, "no proxy is on the way");
}
