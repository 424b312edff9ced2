//! The folder in which clients of a local gateway find what they need.
//!
//! Each file appears whole or not at all: it is written under another name and renamed. `port`
//! comes last, so that whoever waits for it finds the others.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use alibabacloud_kms::BoxError;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::identity::Identity;

/// Writes all files; the folder is made if it is not there.
pub(super) fn write(
    folder: &Path,
    identity: &Identity,
    ca_pem: Option<&str>,
    port: u16,
) -> Result<(), BoxError> {
    make(folder)?;
    // The port of a gateway that is gone must not be taken for this one's.
    remove(&folder.join("port"))?;
    let private_key_data = identity.private_key_data()?;
    // Letters, digits and Base64: nothing that JSON escapes.
    let client_key = format!(
        r#"{{"KeyId":"{}","PrivateKeyData":"{private_key_data}"}}"#,
        identity.client_key.key_id(),
    );
    let access_key = Zeroizing::new(format!(
        r#"{{"access_key_id":"{}","access_key_secret":"{}"}}"#,
        identity.access_key_id,
        identity.access_key_secret.expose_secret(),
    ));
    put(folder, "client_key.json", &client_key, Access::Owner)?;
    let password = identity.password.expose_secret();
    put(folder, "password", password, Access::Owner)?;
    put(folder, "access_key.json", &access_key, Access::Owner)?;
    match ca_pem {
        Some(pem) => put(folder, "ca.pem", pem, Access::Everyone)?,
        None => remove(&folder.join("ca.pem"))?,
    }
    put(folder, "port", &port.to_string(), Access::Everyone)?;
    Ok(())
}

/// Who may read a file, as far as the process's mask allows.
#[derive(Clone, Copy)]
enum Access {
    Owner,
    Everyone,
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn put(folder: &Path, name: &str, content: &str, access: Access) -> io::Result<()> {
    let temporary = folder.join(format!(".{name}.{}", std::process::id()));
    // What a process that was killed left behind may be open for others: never write into it.
    remove(&temporary)?;
    let written = create(&temporary, access).and_then(|mut file| {
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, folder.join(name))
    });
    written.inspect_err(|_| drop(fs::remove_file(&temporary)))
}

fn create(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match access {
            Access::Owner => 0o600,
            Access::Everyone => 0o644,
        },
    );
    #[cfg(not(unix))]
    let _ = access;
    options.open(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
