//! Challenges for enclaves: random values, which are not checked because `Recipient` is not
//! supported.

use alibabacloud_kms::api::crypto::{GetChallengeRequest, GetChallengeResponse};
use secrecy::SecretString;

use super::checks::encode;
use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::Fault;

const LENGTH: usize = 32;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[Handler::new::<GetChallengeRequest>()];

impl Handle for GetChallengeRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetChallengeResponse>, Fault> {
        let random = || Ok::<_, Fault>(encode(&context.engine.generate_random(LENGTH)?));
        let response = payload!(GetChallengeResponse {
            nonce: Some(random()?),
            challenge_token: Some(SecretString::from(random()?)),
        });
        Ok(response.into())
    }
}
