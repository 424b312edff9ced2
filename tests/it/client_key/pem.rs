//! Private keys in PEM.

use alibabacloud_kms::{ClientKey, ClientKeyErrorKind as Kind};

macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../../data/client_key/", $name))
    };
}

#[test]
fn both_encodings_load() {
    for text in [text!("pkcs1.pem"), text!("pkcs8.pem")] {
        assert_eq!(load(text), Ok(()));
    }
}

#[test]
fn text_around_and_line_ends_do_not_matter() {
    let pem = text!("pkcs8.pem");
    for text in [
        format!("Bag Attributes\n    friendlyName: x: y\n{pem}\ntrailing - text"),
        format!("\u{feff}  {}", pem.replace('\n', "\r\n")),
        pem.replace('\n', "\r"),
        pem.replace('\n', " "),
        format!("{}{pem}", text!("certificate.pem")),
        format!("{pem}{}", text!("public.pem")),
    ] {
        assert_eq!(load(&text), Ok(()), "{}", &text[..40]);
    }
}

#[test]
fn the_bare_base64_of_either_encoding_loads() {
    for text in [text!("pkcs1.pem"), text!("pkcs8.pem")] {
        let lines = text.lines().filter(|line| !line.starts_with('-'));
        assert_eq!(load(&lines.collect::<String>()), Ok(()));
    }
}

#[test]
fn the_same_key_in_both_encodings_is_one_key() {
    let text = [text!("pkcs1.pem"), text!("pkcs8.pem")].concat();
    assert_eq!(load(&text), Ok(()));
}

#[test]
fn encrypted_keys_are_named() {
    for text in [text!("encrypted_pkcs1.pem"), text!("encrypted_pkcs8.pem")] {
        assert_eq!(load(text), Err(Kind::EncryptedPem));
    }
}

#[test]
fn elliptic_curve_keys_are_named() {
    let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
    for text in [text!("ec.pem"), openssh] {
        assert_eq!(load(text), Err(Kind::NotRsa));
    }
}

#[test]
fn public_halves_are_named() {
    for text in [text!("public.pem"), text!("certificate.pem")] {
        assert_eq!(load(text), Err(Kind::PublicPem));
    }
}

#[test]
fn text_without_a_whole_key_is_not_pem() {
    let pem = text!("pkcs8.pem");
    for text in [
        "",
        "KAAP.key",
        "AAAA",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
        &pem[..pem.len() / 2],
    ] {
        assert_eq!(load(text), Err(Kind::InvalidPem), "{text:?}");
    }
}

#[test]
fn a_damaged_key_is_named() {
    let pem = text!("pkcs8.pem");
    for text in [
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----",
        &pem.replace("PRIVATE", "RSA PRIVATE"),
    ] {
        assert_eq!(load(text), Err(Kind::InvalidPrivateKey), "{text:?}");
    }
}

#[test]
fn numbers_that_do_not_belong_together_are_refused() {
    // The middle of the text is in the primes.
    let mut lines: Vec<_> = text!("pkcs8.pem").lines().map(str::to_owned).collect();
    let middle = lines.len() * 2 / 3;
    lines[middle] = lines[middle].chars().rev().collect();
    assert_eq!(load(&lines.join("\n")), Err(Kind::InvalidPrivateKey));
}

fn load(text: &str) -> Result<(), Kind> {
    let key = ClientKey::from_pem("KAAP.x", &text.into());
    key.map(drop).map_err(|error| error.kind().clone())
}
