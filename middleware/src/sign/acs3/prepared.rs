//! A credential, with the part of its signatures that is the same for all requests.

use std::fmt;
use std::sync::{Arc, Mutex};

use secrecy::{ExposeSecret, SecretString};

use super::algorithm::{Acs3Algorithm, MacKey};
use crate::credential::{Credential, ProvideCredential as _};
use crate::error::{Error, ErrorKind};
use crate::identity::Identity;
use crate::lock::lock;
use crate::trimmed::fault_of_key;

/// A credential whose secret is prepared for signing.
pub(super) struct Prepared {
    credential: Credential,
    algorithm: Acs3Algorithm,
    /// `None` for a bearer token.
    key: Option<MacKey>,
    /// Why it cannot sign.
    fault: Option<Error>,
}

impl Prepared {
    pub(super) fn new(credential: Credential, algorithm: Acs3Algorithm) -> Self {
        let key = match &credential {
            Credential::AccessKey { secret, .. } => Some(MacKey::new(algorithm, secret)),
            Credential::Bearer(_) => None,
        };
        let fault = fault_of(&credential);
        Self { credential, algorithm, key, fault }
    }

    /// Returns an error if no service can accept the credential.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    pub(super) fn credential(&self) -> &Credential {
        &self.credential
    }

    pub(super) fn key(&self) -> Option<&MacKey> {
        self.key.as_ref()
    }

    pub(super) fn identity(&self) -> Option<Identity> {
        self.credential.identity()
    }

    /// Returns the token that the request contains.
    pub(super) fn token(&self) -> Option<&SecretString> {
        match &self.credential {
            Credential::AccessKey { security_token, .. } => security_token.as_ref(),
            Credential::Bearer(token) => Some(token),
        }
    }

    fn is_of(&self, credential: &Credential, algorithm: Acs3Algorithm) -> bool {
        self.algorithm == algorithm && are_equal(&self.credential, credential)
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prepared").field(&self.credential).finish()
    }
}

/// Returns an error that names what is wrong with a part of the credential.
fn fault_of(credential: &Credential) -> Option<Error> {
    let parts = match credential {
        Credential::AccessKey { id, secret, security_token } => [
            ("the access key's id", Some(id.as_str())),
            ("the access key's secret", Some(secret.expose_secret())),
            ("the security token", security_token.as_ref().map(ExposeSecret::expose_secret)),
        ],
        Credential::Bearer(token) => {
            [("the bearer token", Some(token.expose_secret())), ("", None), ("", None)]
        }
    };
    let fault = |(part, text)| match text? {
        "" => Some(format!("{part} is empty: give it")),
        text => Some(format!("{part} has {}", fault_of_key(text)?)),
    };
    let message = parts.into_iter().find_map(fault)?;
    Some(Error::new(ErrorKind::Credential, message))
}

/// The last credential that signed. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Last(Arc<Mutex<Option<Arc<Prepared>>>>);

impl Last {
    /// Returns the credential as it was prepared for the request before, or prepares it.
    pub(super) fn prepare(&self, given: &Credential, algorithm: Acs3Algorithm) -> Arc<Prepared> {
        if let Some(last) = &*lock(&self.0)
            && last.is_of(given, algorithm)
        {
            return Arc::clone(last);
        }
        let prepared = Arc::new(Prepared::new(given.clone(), algorithm));
        *lock(&self.0) = Some(Arc::clone(&prepared));
        prepared
    }
}

fn are_equal(one: &Credential, other: &Credential) -> bool {
    match (one, other) {
        (
            Credential::AccessKey { id, secret, security_token },
            Credential::AccessKey {
                id: other_id,
                secret: other_secret,
                security_token: other_token,
            },
        ) => {
            id == other_id
                && secret.expose_secret() == other_secret.expose_secret()
                && security_token.as_ref().map(ExposeSecret::expose_secret)
                    == other_token.as_ref().map(ExposeSecret::expose_secret)
        }
        (Credential::Bearer(one), Credential::Bearer(other)) => {
            one.expose_secret() == other.expose_secret()
        }
        _ => false,
    }
}
