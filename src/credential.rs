//! Credential providers: where credentials come from, and how they are loaded and renewed.
//!
//! A gateway takes any [`ProvideCredential`](crate::ProvideCredential). A
//! [`Credential`](crate::Credential) is a provider itself: an access key, an access key with its
//! STS token, or a bearer token. The other providers are in this module. If in doubt, use
//! [`DefaultChain`], which looks where the official SDKs look:
//!
//! ```no_run
//! use alibabacloud_kms::credential::DefaultChain;
//! use alibabacloud_kms::{KmsClient, OpenApiGateway};
//!
//! # fn run() -> Result<(), alibabacloud_kms::Error> {
//! let gateway = OpenApiGateway::region("cn-hangzhou", DefaultChain::new())?;
//! let client = KmsClient::builder().shared(gateway).build()?;
//! # Ok(()) }
//! ```
//!
//! | provider | where the credential comes from |
//! |---|---|
//! | [`Variables`] | an access key in environment variables |
//! | [`OidcRole`] | STS, with an OIDC token from a file (RRSA, RAM roles for service accounts, in Kubernetes) |
//! | [`RamRole`] | STS, with a request that another provider signs |
//! | [`CliProfile`] | a profile of the aliyun CLI, in any of its modes |
//! | [`IniProfile`] | a profile of the INI file that the official SDKs share |
//! | [`EcsRole`] | the metadata service of an ECS instance |
//! | [`CredentialsUri`] | a server of your own |
//! | [`DefaultChain`] | the first of these that returns one, in the official order; [`RamRole`] is not in the chain |
//!
//! The layer that signs takes a credential from the provider for each attempt. It is below the
//! retries, so a credential that the service refused can be replaced before the next attempt.
//!
//! # Loading
//!
//! A provider that loads its credential implements [`LoadCredential`]. [`Cached`] keeps the loaded
//! credential and replaces it in the background before it expires. A call waits only if there is no
//! valid credential, and the wait does not count towards the call's time limits. If the service
//! refuses the credential, it is loaded once more and the call is repeated.
//!
//! # Environment
//!
//! An [`Environment`] gives providers their variables, clock, random numbers and HTTP client, so
//! tests can replace them.
//!
//! # Secrets
//!
//! White space, invisible characters and pairs of quotes around keys and tokens are removed, no
//! matter where these are read from. White space or invisible characters inside a key or token are
//! an error that names the variable or field, and so is a placeholder such as `${NAME}` in its place.
//! If a setting should be a path or a profile's name and does not look like one, errors do not show
//! its value: it may be a secret in the wrong place.
//!
//! Keys and tokens are in secrecy types from the moment they are read. Errors name the source, the
//! setting and the HTTP status, never a body, a token or a query. Redirects are not followed.

mod cache;
mod chain;
mod cli_profile;
mod credentials_uri;
mod ecs_role;
mod environment;
mod explain;
mod file;
mod http_client;
mod ini_profile;
mod issued;
mod link;
mod load;
mod oidc_role;
mod profile;
mod ram_role;
mod role;
mod sts;
mod variables;

pub use self::cache::Cached;
pub use self::chain::DefaultChain;
pub use self::cli_profile::CliProfile;
pub use self::credentials_uri::CredentialsUri;
pub use self::ecs_role::EcsRole;
pub use self::environment::Environment;
pub use self::explain::{Explanation, Finding, Step};
pub use self::ini_profile::IniProfile;
pub use self::load::{LoadCredential, Temporary};
pub use self::oidc_role::OidcRole;
pub use self::ram_role::RamRole;
pub use self::role::Role;
pub use self::sts::Sts;
pub use self::variables::Variables;
