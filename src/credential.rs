//! Credentials: every way in which Alibaba Cloud's users sign in.
//!
//! A gateway takes anything that implements [`ProvideCredential`]. A [`Credential`] is one itself: an
//! access key, an access key with its STS token, a bearer token. The others are here, one per file.
//! Without a choice of your own take [`DefaultChain`], which looks where the official SDKs look:
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
//! | provider | what it asks |
//! |---|---|
//! | [`Variables`] | the environment's access key |
//! | [`OidcRole`] | STS, with an OIDC token from a file (RRSA in Kubernetes) |
//! | [`RamRole`] | STS, signed by any other provider |
//! | [`CliProfile`] | a profile of the aliyun CLI, in whatever mode |
//! | [`IniProfile`] | a profile of the INI file that the official SDKs share |
//! | [`EcsRole`] | the metadata service of an ECS instance |
//! | [`CredentialsUri`] | a server of your own |
//! | [`DefaultChain`] | these in the official order |
//!
//! # Loading
//!
//! What must be loaded implements [`LoadCredential`]; [`Cached`] keeps what was loaded and replaces it
//! before it expires, in the background. A call waits only if there is nothing to serve, and that time
//! is not charged to its limits. What the service refuses is loaded anew once, and the call repeated.
//!
//! # The world
//!
//! Providers see the process through an [`Environment`]: variables, clock, chance and HTTP. Tests give
//! one of their own.
//!
//! # Secrets
//!
//! Keys and tokens are in secrecy types from the moment they are read. Errors name the source, the
//! setting and the status, never a body, a token or a query. Redirects are not followed.

mod cache;
mod chain;
mod cli_profile;
mod credentials_uri;
mod ecs_role;
mod environment;
mod explain;
mod file;
mod http;
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
#[doc(no_inline)]
pub use crate::{Credential, Identity, ProvideCredential};
