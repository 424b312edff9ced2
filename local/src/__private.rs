//! Items that only the fuzz targets of this workspace use: the gateway without a socket.
//!
//! Outside semver: they may change in any release.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{ClientKey, Credential, Error};
use bytes::Bytes;
use http_body_util::Full;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::builder::LocalGatewayBuilder;
use crate::state::State;
pub use crate::whole_file::{Access, WholeFile};
use crate::{parameters, pkcs12, service};

/// A gateway that is called instead of connected to.
pub struct InProcess(State);

impl InProcess {
    /// Creates a gateway with new keys, which takes about a second.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): the system's random source
    /// failed.
    pub fn new() -> Result<Self, Error> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        LocalGatewayBuilder::new().prepare(nowhere).map(|prepared| Self(prepared.state))
    }

    /// Returns the access key of the RPC dialect.
    pub fn credential(&self) -> Credential {
        self.0.identity.access_key.credential()
    }

    /// Returns the client key of the instance's own dialect.
    pub fn client_key(&self) -> ClientKey {
        self.0.identity.client_key.clone()
    }

    /// Answers a request that was read to its end.
    pub fn answer(&self, request: http::Request<Vec<u8>>) -> http::Response<Full<Bytes>> {
        service::answer(&self.0, &request.map(Zeroizing::new))
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

/// Reads `a=b&c=d` into an empty request. Returns `false` if the gateway would refuse it.
pub fn read_parameters(request: &mut dyn Payload, text: &[u8]) -> bool {
    parameters::parse(text).is_ok_and(|given| parameters::fill(request, &given).is_ok())
}

/// Writes a private key in PKCS#8 as the gateway writes its client key: as a PKCS#12 file.
pub fn write_pkcs12(pkcs8: &[u8], password: &SecretString) -> Option<Vec<u8>> {
    pkcs12::write(pkcs8, password).ok()
}
