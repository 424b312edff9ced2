//! Shows users' input in errors: unchanged if it looks like what was expected, otherwise not at
//! all.
//!
//! A variable or an option that takes a path may contain the content of the file instead.

use std::path::Path;
use std::{fmt, io};

/// The maximum length of a path that is shown, in bytes; systems have limits from 1,024.
const LONGEST: usize = 1024;
/// The maximum length of a part of a path: what file systems allow.
const LONGEST_PART: usize = 255;
/// The maximum length of a path that could be Base64, in bytes.
const LONGEST_BASE64: usize = 40;
/// The length of random characters in a row that no path has.
const RANDOM: usize = 20;
/// The maximum length of what follows the dot in a file's name that stands alone, in bytes.
const LONGEST_EXTENSION: usize = 10;

/// Returns a path for errors, or a text that says that it does not look like one.
pub fn shown(path: &Path) -> impl fmt::Display {
    Shown(path)
}

/// Returns why a file was not read, as the end of a sentence about it.
pub fn unread_because(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist",
        io::ErrorKind::PermissionDenied => "may not be read by this user",
        io::ErrorKind::IsADirectory => "is a folder",
        io::ErrorKind::FileTooLarge => "is too large",
        io::ErrorKind::TimedOut => "does not end: is it a pipe that nothing writes to?",
        _ => "cannot be read",
    }
}

struct Shown<'a>(&'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if looks_like_a_path(self.0) || is_existing_name(self.0) {
            self.0.display().fmt(f)
        } else if is_url(self.0) {
            f.write_str("[not shown: it is a URL, not a path]")
        } else {
            f.write_str("[not shown: it does not look like a path]")
        }
    }
}

/// Returns `true` for a bare word that is the name of a file: the folder shows it too.
fn is_existing_name(path: &Path) -> bool {
    looks_like_a_path(&Path::new(".").join(path)) && path.exists()
}

/// Returns `true` if a text is a URL, which may have a password or a signature.
fn is_url(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains("://"))
}

/// Returns `true` if a text can be shown as a path: it has a separator or a dot, and nothing that
/// occurs in keys, tokens, files of them, JSON, PEM and URLs and not in paths.
pub fn looks_like_a_path(path: &Path) -> bool {
    let Some(text) = path.to_str() else { return false };
    let odd = |next: char| next.is_control() || "{}\"<>|\u{2028}\u{2029}".contains(next);
    (has_separator(text) || is_file_name(text))
        && text.len() <= LONGEST
        && !text.contains(odd)
        && !text.contains("-----")
        && !is_url(path)
        // The end of Base64.
        && !text.ends_with('=')
        && !has_content(text)
        && !has_key(text)
        && !is_base64(text)
        && (is_rooted(text) || !may_be_random(text))
        && text.split(['/', '\\']).all(|part| part.len() <= LONGEST_PART && !is_jwt(part))
}

fn has_separator(text: &str) -> bool {
    text.contains(['/', std::path::MAIN_SEPARATOR])
}

/// Returns `true` for a name with an extension, such as `ca.pem`, and not for a token with a dot.
fn is_file_name(text: &str) -> bool {
    let Some((name, extension)) = text.rsplit_once('.') else { return false };
    let is = |is: fn(&u8) -> bool| extension.bytes().all(|byte| is(&byte));
    let is_extension = is(u8::is_ascii_alphabetic)
        || is(u8::is_ascii_digit)
        || extension.len() <= 4 && is(u8::is_ascii_alphanumeric);
    !name.is_empty() && extension.len() <= LONGEST_EXTENSION && is_extension
}

/// Returns `true` for a path that begins with a folder that is there, two dots or a drive. A dot does
/// not count: the command puts one before a bare word.
fn is_rooted(text: &str) -> bool {
    let first = text.split('/').find(|part| !part.is_empty()).unwrap_or_default();
    let is_folder = || Path::new("/").join(first).is_dir();
    ["../", "~/"].iter().any(|begin| text.starts_with(begin))
        || text.starts_with('/') && is_folder()
        || text.get(1..3).is_some_and(|drive| [":/", ":\\"].contains(&drive))
}

/// Returns `true` for a text whose words mix digits with letters as keys do in Base64, which may have
/// slashes, and in hexadecimal digits.
fn may_be_random(text: &str) -> bool {
    let mixed = text.split(|next: char| !next.is_ascii_alphanumeric()).filter(|word| {
        let has = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
        word.len() >= 4 && has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase)
    });
    mixed.count() > 1 || has_random(text, 16) || has_hex(text, 24)
}

/// Returns `true` if a word begins like the id of an access key.
fn has_key(text: &str) -> bool {
    let mut words = text.split(|next: char| !next.is_ascii_alphanumeric() && next != '.');
    words.any(|word| word.starts_with("LTAI") || word.starts_with("STS."))
}

/// Returns `true` if a text has this many hexadecimal digits in a row or more, letters and digits.
pub fn has_hex(text: &str, length: usize) -> bool {
    text.split(|next: char| !next.is_ascii_hexdigit()).any(|run| {
        run.len() >= length
            && run.contains(|next: char| next.is_ascii_digit())
            && run.contains(|next: char| next.is_ascii_alphabetic())
    })
}

/// Returns `true` if this is three parts in Base64, of which the first is a JSON object: a token,
/// although it could be a host name as well.
pub(crate) fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") || {
        let parts: Vec<&str> = text.split('.').collect();
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        parts.len() == 3
            && parts.iter().all(|part| part.len() >= 16 && part.bytes().all(is_base64url))
    }
}

/// Returns `true` if a text has letters of both cases and digits, this many in a row or more, as
/// random keys do.
pub fn has_random(text: &str, length: usize) -> bool {
    text.split(|next: char| !next.is_ascii_alphanumeric()).any(|run| {
        let has = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
        run.len() >= length
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
    })
}

/// Returns `true` for the content of a file whose line ends have become spaces, and for a key, token
/// or password with what stands before it.
fn has_content(text: &str) -> bool {
    let is_word = |next: char| next.is_ascii_alphanumeric() || "-_".contains(next);
    let is_secret = |(at, _): (usize, &str)| {
        let before = text[..at].trim_end().rsplit(|next| !is_word(next)).next();
        let name = before.unwrap_or_default().to_ascii_lowercase();
        let has = |word: &&str| name.contains(word);
        ["key", "secret", "token", "pass", "pwd", "sign", "auth", "credential"].iter().any(has)
            || ["ak", "sk", "sig"].contains(&name.as_str())
    };
    // Behind a user, and not behind a drive.
    let has_password = || {
        let user = text.split_once('@').map_or("", |(user, _)| user);
        user.rfind(':').is_some_and(|at| at > 1)
    };
    let is_jwt = |(at, _): (usize, &str)| !text[..at].ends_with(|next: char| is_word(next));
    text.starts_with('[')
        || [" = ", ": ", "ssh-rsa ", "ssh-ed25519 "].iter().any(|part| text.contains(part))
        || text.contains(' ') && has_random(text, RANDOM)
        || has_password()
        || text.to_ascii_lowercase().contains("bearer ")
        || text.match_indices("eyJ").any(is_jwt)
        // Some keyboards have wide ones.
        || text.match_indices(['=', ':', '\u{ff1d}', '\u{ff1a}']).any(is_secret)
}

/// Returns `true` for a long relative path that is Base64 of random bytes, which may have slashes.
fn is_base64(text: &str) -> bool {
    let text = text.strip_prefix("./").unwrap_or(text);
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    text.len() > LONGEST_BASE64
        && !text.starts_with('/')
        && text.bytes().all(is_base64)
        && has_random(text, RANDOM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_they_are() {
        for path in [
            "/etc/kms/ca.pem",
            "ca.pem",
            "./x",
            "~/.alibabacloud/credentials",
            "../a b/ä.json",
            "/",
            "/home/me@corp/k-8_1.0.pem",
            "config/alibaba/credentials/production/file",
            "projects/KmsClientOfTheBillingTeam/2024/production/credentials",
            "/var/run/secrets/Rack8aBcDeFgHiJkLmNoPqRs/kms/token",
            "/run/secrets/ack.alibabacloud.com/rrsa-tokens/token",
            "C:/Program Files/kms/a=b.json",
            "0123abcd.0",
            "bundle.p12",
            "client_key.json",
            "k8s/V2/x.pem",
            "/usr/lib/0123456789abcdef0123456789abcdef/x",
            "keys/greyJacket.json",
        ] {
            assert_eq!(shown(Path::new(path)).to_string(), path);
        }
    }

    #[test]
    fn a_bare_word_is_shown_if_it_is_the_name_of_a_file() {
        // Tests run where it is.
        assert_eq!(shown(Path::new("src")).to_string(), "src");
    }

    #[test]
    fn a_url_in_place_of_a_path_is_called_one() {
        let shown = shown(Path::new("http://canary")).to_string();
        assert!(shown.contains("a URL") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn what_does_not_look_like_a_path_is_not_shown() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary-signature_0123456789";
        let long = format!("/canary/{}", "a/".repeat(600));
        let part = format!("/canary/{}", "a".repeat(256));
        for text in [
            "",
            "canary",
            "LTAI5tcanary",
            "[default]\naccess_key_secret = canary/x.y",
            "/a\rcanary",
            "{\"KeyId\": \"canary.x\"}",
            "-----BEGIN PRIVATE KEY-----/canary",
            "canary/abc+def==",
            jwt,
            &long,
            &part,
            "abcdefghijklmnop.abcdefghijklmnop.canaryabcdefghij",
            "a\u{85}/canary",
            "https://b.example/ca.pem?Expires=1&Signature=canary%3D",
            "https://user:canary@example.com/p",
            "[default] type = ram_role_arn access_key_secret = canary role_arn = acs:ram::1:role/a",
            "type = sts canary/x",
            "access_key_id=canary/x",
            "accessKeySecret: canary/x",
            "security-token : canary/x",
            "token=canary/x.y",
            "“access_key_secret=canary/x”",
            "中token=canary/x",
            "access_key_secret：canary/x",
            "SecurityToken ＝ canary/x",
            "hvs.AQIDcanary0123456789abcdefghij",
            "./hvs.AQIDcanary0123456789abcdefghij",
            "ya29.a0AfcanaryB1c2D3",
            "SG.canary0123.canary4567890123",
            "STS.NUcanary.x",
            "x/STS.NUcanary",
            "credential/LTAIcanary/20200101.x",
            "wJalrcanary/K7MDENG/bPxRfiCYEXAMPLEKEY12",
            "/wJalrcanary/K7MDENG/bPxRfiCYEXAMPLEKEY12",
            "canary/0123456789abcdef0123456789abcdef",
            "MIIEvQcanary/0123456789abcdefGHIJ KLMNOP/qr",
            "password: canary.x",
            "passwd=canary.y",
            "api_key=canary.y",
            "Server=db.example.com;Pwd=canary1;",
            "AccountName=a;AccountKey=canary/x;EndpointSuffix=core.windows.net",
            "Signature=canary/b.c",
            "ak=canary.x sk=y",
            "root:canary@db.example.com:3306/kms",
            "P@ss.canary1!",
            "- id: canary.y",
            "ssh-rsa AAAAcanary/x root@host",
            "a/eyJcanary.x",
            "Bearer canary/x",
            "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.canary-0123456789abcdef",
            "CAISab/canary+x0123456789ABCDEFabcdefghijklmnopqrstuv/w",
            "./CAISab/canary+x0123456789ABCDEFabcdefghijklmnopqrstuv/w",
        ] {
            let shown = shown(Path::new(text)).to_string();
            assert!(!shown.contains("canary") && shown.contains("not shown"), "{text}");
        }
    }
}
