//! Reads the certificates of `SSL_CERT_FILE` and `SSL_CERT_DIR`, else those of the platform.
//!
//! All programs of a machine share these variables. They are read here and not by
//! `rustls-native-certs`, which takes an empty one for a path and shows the value in its errors: it
//! may be the content of a file.

use std::env::split_paths;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use alibabacloud_kms_middleware::__private::{
    looks_like_a_path, read_bounded, shown, unread_because,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_native_certs::{CertificateResult, ErrorKind, load_certs_from_paths};

use crate::trimmed::{file_path, trimmed};

const FILE: &str = "SSL_CERT_FILE";
const DIRECTORIES: &str = "SSL_CERT_DIR";

/// The maximum length of a file in bytes; all CAs of a system are about 250 KiB.
const MAX_FILE: usize = 16 << 20;

/// What a store was found to contain.
#[derive(Default)]
pub(in crate::transport) struct Loaded {
    pub(in crate::transport) certificates: Vec<CertificateDer<'static>>,
    /// What could not be read, and why.
    pub(in crate::transport) unread: Vec<String>,
    /// The variables that name the store, if any does.
    pub(in crate::transport) variables: Option<&'static str>,
}

/// Reads the certificates that these variables name. An empty variable counts as unset.
pub(super) fn load(variable: impl Fn(&str) -> Option<OsString>) -> Loaded {
    let is_set = |value: &OsString| value.to_str().is_none_or(|text| !trimmed(text).is_empty());
    let (file, directories) = (variable(FILE).filter(is_set), variable(DIRECTORIES).filter(is_set));
    let mut loaded = Loaded {
        variables: match (&file, &directories) {
            (None, None) => None,
            (Some(_), None) => Some(FILE),
            (None, Some(_)) => Some(DIRECTORIES),
            (Some(_), Some(_)) => Some("SSL_CERT_FILE and SSL_CERT_DIR"),
        },
        ..Loaded::default()
    };
    if loaded.variables.is_none() {
        let CertificateResult { certs, errors, .. } = platform();
        loaded.certificates = certs;
        loaded.unread = errors.iter().map(reason).collect();
    }
    if let Some(file) = file {
        loaded.add_file(&file_path(&file).unwrap_or_else(|| file.into()));
    }
    if let Some(directories) = directories {
        loaded.add_directories(&directories);
    }
    loaded.certificates.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    loaded.certificates.dedup();
    loaded
}

impl Loaded {
    fn add_file(&mut self, file: &Path) {
        let before = self.certificates.len();
        let why = match read_bounded(file, MAX_FILE) {
            Ok(content) => {
                // A bundle is used without those of its certificates that are damaged.
                self.certificates.extend(CertificateDer::pem_slice_iter(&content).flatten());
                "has no certificate in PEM"
            }
            Err(error) => unread_because(&error),
        };
        if self.certificates.len() == before {
            self.unread.push(format!("{FILE} names {}, which {why}", shown(file)));
        }
    }

    fn add_directories(&mut self, directories: &OsStr) {
        let directories = directories.to_str().map_or(directories, |text| trimmed(text).as_ref());
        // A piece of what is not a list of paths may look like one.
        let are_paths = looks_like_a_path(Path::new(directories));
        for directory in split_paths(directories).filter(|path| !path.as_os_str().is_empty()) {
            let CertificateResult { certs, errors, .. } =
                load_certs_from_paths(None, Some(&directory));
            if certs.is_empty() {
                let why = match errors.first().map(|error| &error.kind) {
                    Some(ErrorKind::Io { inner, path }) if *path == directory => {
                        unread_because(inner)
                    }
                    _ => "has no certificate in PEM",
                };
                let name = if are_paths { &*directory } else { Path::new("") };
                self.unread.push(format!("{DIRECTORIES} names {}, which {why}", shown(name)));
            }
            self.certificates.extend(certs);
        }
    }
}

/// Returns the certificates of the platform, whatever the variables contain.
#[cfg(all(unix, not(target_os = "macos")))]
fn platform() -> CertificateResult {
    let found = openssl_probe::probe();
    let mut directories = found.cert_dir.iter().map(|directory| directory.as_path());
    let mut all = load_certs_from_paths(found.cert_file.as_deref(), directories.next());
    for directory in directories {
        let more = load_certs_from_paths(None, Some(directory));
        all.certs.extend(more.certs);
        all.errors.extend(more.errors);
    }
    all
}

/// Returns the certificates of the platform if `SSL_CERT_FILE` is unset; set and empty, it is an
/// error.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn platform() -> CertificateResult {
    rustls_native_certs::load_native_certs()
}

/// Describes an error without the content of a file, which that of a PEM block shows.
fn reason(error: &rustls_native_certs::Error) -> String {
    match &error.kind {
        ErrorKind::Io { inner, path } => format!("{} {}", shown(path), unread_because(inner)),
        ErrorKind::Os(error) => error.to_string(),
        _ => "a file has a damaged PEM block".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::tests::authority::Authority;
    use crate::transport::tests::trust::Directory;

    fn of(file: Option<&str>, directories: Option<&str>) -> Loaded {
        load(|name| if name == FILE { file } else { directories }.map(OsString::from))
    }

    fn why(file: Option<&str>, directories: Option<&str>) -> String {
        let loaded = of(file, directories);
        assert!(loaded.certificates.is_empty());
        loaded.unread.join("; ")
    }

    #[test]
    fn the_variables_name_a_file_and_directories_and_may_have_quotes_around_them() {
        let directory = Directory::new();
        let other = Directory::new();
        let file = directory.write("ca.pem", &Authority::new().pem);
        let _other = other.write("other.pem", &Authority::new().pem);
        let path = file.to_str().expect("a name");
        let (one, two) = (directory.0.to_str().expect("a name"), other.0.display());
        let count = |file: Option<&str>, directories: Option<&str>| {
            let loaded = of(file, directories);
            assert!(loaded.unread.is_empty() && loaded.variables.is_some());
            loaded.certificates.len()
        };
        assert_eq!(count(Some(path), None), 1);
        assert_eq!(count(Some(&format!(" \"{path}\"\n")), Some(" ")), 1);
        assert_eq!(count(None, Some(&format!("\"{one}\""))), 1);
        assert_eq!(count(Some(path), Some(one)), 1);
        let list = std::env::join_paths([one, &two.to_string()]).expect("a list");
        assert_eq!(count(Some(""), list.to_str()), 2);
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn empty_variables_count_as_unset() {
        let unset = of(None, None);
        for blank in ["", " ", "\"\"", "\n"] {
            let loaded = of(Some(blank), Some(blank));
            assert_eq!(loaded.certificates, unset.certificates);
            assert_eq!((loaded.variables, loaded.unread), (None, unset.unread.clone()));
        }
    }

    #[test]
    fn what_names_no_certificate_is_named_with_its_variable() {
        let directory = Directory::new();
        let file = directory.write("empty.pem", "");
        let (folder, file) = (directory.0.display(), file.display());
        let nothing = "has no certificate in PEM";
        for (value, expected) in [
            ("/no/such.pem".to_owned(), "/no/such.pem, which does not exist".to_owned()),
            (file.to_string(), format!("{file}, which {nothing}")),
            #[cfg(unix)]
            (folder.to_string(), format!("{folder}, which is a folder")),
        ] {
            assert_eq!(why(Some(&value), None), format!("SSL_CERT_FILE names {expected}"));
        }
        for (value, expected) in [
            ("/no/such".to_owned(), "/no/such, which does not exist".to_owned()),
            (folder.to_string(), format!("{folder}, which {nothing}")),
        ] {
            assert_eq!(why(None, Some(&value)), format!("SSL_CERT_DIR names {expected}"));
        }
    }

    #[test]
    fn the_content_of_a_file_in_place_of_its_path_is_not_shown() {
        for content in [
            "-----BEGIN PRIVATE KEY-----\ncanary/a.b+c==\n-----END PRIVATE KEY-----\n",
            "Proc-Type: 4,ENCRYPTED\nDEK-Info:canary/x.y:canary.z\n",
            "{\"KeyId\":canary.x:/canary}",
            "canary",
        ] {
            for text in [why(Some(content), None), why(None, Some(content))] {
                assert!(text.contains("SSL_CERT_") && text.contains("not shown"), "{text}");
                assert!(!text.contains("canary"), "{text}");
            }
        }
    }
}
