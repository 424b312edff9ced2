//! The values of KMS secrets as types: bytes, JSON, and the contents of secrets that KMS rotates.
//!
//! [`GetSecretValueResponse::bytes`] and [`json`](GetSecretValueResponse::json) read the value
//! according to the secret's data type, so binary and text secrets are read alike. The contents of
//! secrets that KMS manages have types here:
//!
//! ```
//! use alibabacloud_kms::ExposeSecret;
//! use alibabacloud_kms::api::secret::GetSecretValueResponse;
//! use alibabacloud_kms::secret_value::RdsSecret;
//!
//! # fn main() -> Result<(), alibabacloud_kms::Error> {
//! # let mut response = GetSecretValueResponse::default();
//! # response.secret_data = r#"{"AccountName":"app","AccountPassword":"hunter2"}"#.into();
//! let account: RdsSecret = response.json()?;
//! assert_eq!(account.account_name, "app");
//! assert_eq!(account.account_password.expose_secret(), "hunter2");
//! # Ok(()) }
//! ```

use std::any;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;

use crate::api::secret::{GetSecretValueResponse, SecretValue};
use crate::api::values::SecretDataType;
use crate::middleware::wire::{base64_text, json};
use crate::{
    Credential, Error, ErrorKind, ExposeSecret, Outcome, SecretBytes, SecretString, Timestamp,
    kms_api, native,
};

macro_rules! contents {
    ($($response:ty: $data_type:expr;)*) => {$(
        impl $response {
            /// Returns the bytes of the value: those of the text, or the decoded Base64 if the
            /// secret's data type is `binary`.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Decode`]: a binary secret is not Base64, or the data type is unknown.
            pub fn bytes(&self) -> Result<SecretBytes, Error> {
                let data_type: fn(&Self) -> Option<&SecretDataType> = $data_type;
                bytes(&self.secret_name, &self.secret_data, data_type(self))
            }

            /// Reads the value as JSON, into a type of yours or one of
            /// [`secret_value`](crate::secret_value). Strings in the result are wiped on drop if
            /// their type does so, such as [`SecretString`] with secrecy's feature `serde`.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Decode`]: as for [`bytes`](Self::bytes), or the value is not JSON of
            /// this type. The error names the position, and never quotes the secret.
            pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
                parse(&self.secret_name, self.bytes()?.expose_secret())
            }
        }
    )*};
}

contents! {
    GetSecretValueResponse: |response| response.secret_data_type.as_ref();
    SecretValue: |value| value.secret_data_type.as_ref();
    native::secret::GetSecretValueResponse: |response| Some(&response.secret_data_type);
}

#[inline]
fn bytes(
    name: &str,
    data: &SecretString,
    data_type: Option<&SecretDataType>,
) -> Result<SecretBytes, Error> {
    match data_type.map_or("", SecretDataType::as_str) {
        // The service's default.
        "" | "text" => Ok(data.expose_secret().as_bytes().to_vec().into()),
        // It may have line ends, as the command `base64` makes them.
        "binary" => match base64_text::decode(data.expose_secret()) {
            Some(bytes) => Ok(bytes.to_vec().into()),
            None => Err(unreadable(format!(
                "the secret {name:?} is binary, and its data is not Base64: store it in Base64, or \
                 as text"
            ))),
        },
        other => Err(unreadable(format!(
            "the secret {name:?} has the unknown data type {other:?}, expected text or binary: \
             read its `secret_data`"
        ))),
    }
}

fn parse<T: DeserializeOwned>(name: &str, text: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(text).map_err(|error| {
        // Only the position and the names of fields: the rest of the parser's message quotes the
        // secret.
        let (line, column) = (error.line(), error.column());
        let said = error.to_string();
        let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        let wanted = any::type_name::<T>();
        unreadable(match (error.classify(), missing) {
            (Category::Data, Some((field, _))) => {
                format!("the secret {name:?} lacks the field `{field}` that {wanted} has")
            }
            (Category::Data, None) => format!(
                "the secret {name:?} is JSON, but not that of {wanted}: see line {line}, column \
                 {column}"
            ),
            _ => format!(
                "the secret {name:?} is not JSON: see line {line}, column {column}, or read its \
                 `bytes()`"
            ),
        })
    })
}

fn unreadable(message: String) -> Error {
    Error::new(ErrorKind::Decode, message).with_outcome(Outcome::Answered)
}

kms_api! {
    version = "2016-01-20";

    /// The content of a secret for a database account: of RDS, PolarDB, Tair or Redis.
    ///
    /// Both forms are read: that of the service's answer, and the list of accounts that a secret is
    /// created with, of which the first is used.
    pub object RdsSecret {
        /// The name of the account.
        account_name: String,
        /// The password of the account.
        #[secret] account_password: SecretString,
    }

    /// The content of a secret for a RAM user: an access key, which converts into a [`Credential`].
    ///
    /// Both forms are read: that of the service's answer, and the list of access keys that a secret
    /// is created with, of which the first is used.
    pub object RamSecret {
        /// The id of the access key.
        access_key_id: String,
        /// The secret of the access key.
        #[secret] access_key_secret: SecretString,
        /// The time at which the access key expires, if it does.
        expire_timestamp: Option<Timestamp>,
    }

    /// The content of a secret for an ECS server: a password, or a pair of SSH keys.
    pub object EcsSecret {
        /// The name of the user.
        user_name: String,
        /// The password of the user.
        #[secret] password: Option<SecretString>,
        /// The SSH public key.
        public_key: Option<String>,
        /// The SSH private key, in PEM.
        #[secret] private_key: Option<SecretString>,
    }

    /// Both forms of an account.
    object RdsForms {
        account_name: Option<String>,
        #[secret] account_password: Option<SecretString>,
        accounts: Vec<RdsSecret>,
    }

    /// Both forms of an access key.
    object RamForms {
        access_key_id: Option<String>,
        #[secret] access_key_secret: Option<SecretString>,
        expire_timestamp: Option<Timestamp>,
        access_keys: Vec<RamSecret>,
    }
}

impl<'de> Deserialize<'de> for RdsSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut forms = RdsForms::default();
        json::deserialize(deserializer, &mut forms)?;
        let mut secret = forms.accounts.into_iter().next().unwrap_or_default();
        secret.account_name = forms.account_name.unwrap_or(secret.account_name);
        secret.account_password = forms.account_password.unwrap_or(secret.account_password);
        required("AccountName", &secret.account_name)?;
        required("AccountPassword", secret.account_password.expose_secret())?;
        Ok(secret)
    }
}

impl<'de> Deserialize<'de> for RamSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut forms = RamForms::default();
        json::deserialize(deserializer, &mut forms)?;
        let mut secret = forms.access_keys.into_iter().next().unwrap_or_default();
        secret.access_key_id = forms.access_key_id.unwrap_or(secret.access_key_id);
        secret.access_key_secret = forms.access_key_secret.unwrap_or(secret.access_key_secret);
        secret.expire_timestamp = forms.expire_timestamp.or(secret.expire_timestamp);
        required("AccessKeyId", &secret.access_key_id)?;
        required("AccessKeySecret", secret.access_key_secret.expose_secret())?;
        Ok(secret)
    }
}

impl<'de> Deserialize<'de> for EcsSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut secret = Self::default();
        json::deserialize(deserializer, &mut secret)?;
        required("UserName", &secret.user_name)?;
        let key = secret.password.as_ref().or(secret.private_key.as_ref());
        required("Password", key.map_or("", |key| key.expose_secret()))?;
        Ok(secret)
    }
}

fn required<E: serde::de::Error>(name: &'static str, text: &str) -> Result<(), E> {
    if text.is_empty() { Err(E::missing_field(name)) } else { Ok(()) }
}

impl From<RamSecret> for Credential {
    fn from(secret: RamSecret) -> Self {
        Self::access_key(secret.access_key_id, secret.access_key_secret)
    }
}

#[cfg(test)]
mod tests;
