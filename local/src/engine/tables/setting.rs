//! Settings: values of the gateway itself, which no action creates.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::engine::kept;

/// A row of the table of settings.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::engine) struct Setting(
    #[serde(with = "kept::secret")] pub(in crate::engine) SecretString,
);
