//! The folder with everything that clients of a local gateway need.
//!
//! Each file appears as a whole or not at all: it is written under another name and renamed. `port`
//! is written last, so a program that waits for it finds the others. Writing does not wait for the
//! disk: the files describe a running gateway, and each start writes them again.

use std::fs;
#[cfg(unix)]
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use alibabacloud_kms::BoxError;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::principals::{AccessKey, Principals};
use super::whole_file::{Access, WholeFile};

/// The folder of a running gateway. Dropping it removes `port` and unlocks the folder.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The lock, which is held as long as this is open. It is released even if the process is
    /// killed.
    #[cfg(unix)]
    _lock: File,
    #[cfg(not(unix))]
    _lock: (),
}

impl Folder {
    /// Locks the folder, and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// Another gateway uses the folder, or it cannot be written.
    pub(super) fn take(path: &Path) -> Result<Self, BoxError> {
        make(path)?;
        let lock = lock(path)?;
        // The port of an earlier gateway must not be mistaken for this one's.
        remove(&path.join("port"))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Writes all files.
    pub(super) fn write(
        &self,
        identity: &Principals,
        ca_pem: Option<&str>,
        port: u16,
    ) -> Result<(), BoxError> {
        write(&self.path, identity, ca_pem, port)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // If this fails, a program that reads the port finds that nothing listens on it.
        let _ = remove(&self.path.join("port"));
    }
}

/// Locks the folder. On systems where folders cannot be opened, only the file of a store is locked.
#[cfg(unix)]
fn lock(folder: &Path) -> Result<File, BoxError> {
    let lock = File::open(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err("another gateway uses it: stop that one, or take another folder".into())
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> Result<(), BoxError> {
    Ok(())
}

fn write(
    folder: &Path,
    identity: &Principals,
    ca_pem: Option<&str>,
    port: u16,
) -> Result<(), BoxError> {
    let private_key_data = identity.private_key_data()?;
    // The values are letters, digits and Base64, which JSON does not escape.
    let client_key = format!(
        r#"{{"KeyId":"{}","PrivateKeyData":"{private_key_data}"}}"#,
        identity.client_key.key_id(),
    );
    let access_key = Zeroizing::new(format!(
        r#"{{{},"temporary":{{{}}},"bearer_token":"{}"}}"#,
        *access_key_members(&identity.access_key),
        *access_key_members(&identity.temporary),
        identity.bearer_token.expose_secret(),
    ));
    put(folder, "client_key.json", &client_key, Access::Owner)?;
    let password = identity.password.expose_secret();
    put(folder, "password", password, Access::Owner)?;
    put(folder, "access_key.json", &access_key, Access::Owner)?;
    put(folder, "admin_token", identity.admin_token.expose_secret(), Access::Owner)?;
    match ca_pem {
        Some(pem) => put(folder, "ca.pem", pem, Access::Everyone)?,
        None => remove(&folder.join("ca.pem"))?,
    }
    put(folder, "port", &port.to_string(), Access::Everyone)?;
    Ok(())
}

/// Returns an access key as members of a JSON object: letters and digits, which JSON does not
/// escape.
fn access_key_members(key: &AccessKey) -> Zeroizing<String> {
    let secret = key.secret.expose_secret();
    let token = key.token.as_ref().map(ExposeSecret::expose_secret);
    let token = token.map(|token| Zeroizing::new(format!(r#","security_token":"{token}""#)));
    Zeroizing::new(format!(
        r#""access_key_id":"{}","access_key_secret":"{secret}"{}"#,
        key.id,
        token.as_deref().map_or("", String::as_str),
    ))
}

/// Creates the folder for its owner only, if it does not exist.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn put(folder: &Path, name: &str, content: &str, access: Access) -> io::Result<()> {
    let mut file = WholeFile::beside(&folder.join(name), access)?;
    file.file().write_all(content.as_bytes())?;
    file.replace_unsynced()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
