//! Rotation of secrets, their policies, and random passwords.

use alibabacloud_kms::api::policy::{
    GetSecretPolicyRequest, GetSecretPolicyResponse, SetSecretPolicyRequest,
    SetSecretPolicyResponse,
};
use alibabacloud_kms::api::secret::{
    GetRandomPasswordRequest, GetRandomPasswordResponse, RotateSecretRequest, RotateSecretResponse,
    UpdateSecretRotationPolicyRequest, UpdateSecretRotationPolicyResponse,
};
use secrecy::SecretString;

use super::checks::flag;
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{Fault, PasswordRules, parse_interval};

/// The default length of a password.
const PASSWORD_LENGTH: usize = 32;
/// The only name of a policy.
const POLICY: &str = "default";

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<GetRandomPasswordRequest>(),
    Handler::new::<GetSecretPolicyRequest>(),
    Handler::new::<RotateSecretRequest>(),
    Handler::new::<SetSecretPolicyRequest>(),
    Handler::new::<UpdateSecretRotationPolicyRequest>(),
];

impl Handle for RotateSecretRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<RotateSecretResponse>, Fault> {
        let (name, arn) = context.engine.rotate_secret(&self.secret_name, &self.version_id)?;
        let response = payload!(RotateSecretResponse {
            arn: Some(arn),
            secret_name: name,
            version_id: self.version_id.clone(),
        });
        Ok(response.into())
    }
}

impl Handle for UpdateSecretRotationPolicyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateSecretRotationPolicyResponse>, Fault> {
        let interval = if self.enable_automatic_rotation {
            if self.rotation_interval.is_empty() {
                return Err(Fault::missing("RotationInterval"));
            }
            Some(parse_interval(&self.rotation_interval)?)
        } else {
            None
        };
        let name = context.engine.set_secret_rotation(&self.secret_name, interval)?;
        Ok(payload!(UpdateSecretRotationPolicyResponse { secret_name: name }).into())
    }
}

impl Handle for GetSecretPolicyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GetSecretPolicyResponse>, Fault> {
        let document = context.engine.secret_policy(&self.secret_name)?;
        if optional(self.policy_name.as_ref()).is_some_and(|name| name != POLICY) {
            return Err(Fault::resource_not_found());
        }
        Ok(payload!(GetSecretPolicyResponse { policy: document }).into())
    }
}

impl Handle for SetSecretPolicyRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<SetSecretPolicyResponse>, Fault> {
        if optional(self.policy_name.as_ref()).is_some_and(|name| name != POLICY) {
            return Err(Fault::invalid("PolicyName"));
        }
        context.engine.set_secret_policy(&self.secret_name, &self.policy)?;
        Ok(SetSecretPolicyResponse::default().into())
    }
}

impl Handle for GetRandomPasswordRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GetRandomPasswordResponse>, Fault> {
        let length = optional(self.password_length.as_ref()).map(str::parse).transpose();
        let length = length.map_err(|_| Fault::invalid("PasswordLength"))?;
        let password = context.engine.random_password(&PasswordRules {
            length: length.unwrap_or(PASSWORD_LENGTH),
            exclude_characters: optional(self.exclude_characters.as_ref()).unwrap_or_default(),
            exclude_lowercase: flag(self.exclude_lowercase.as_ref(), "ExcludeLowercase")?,
            exclude_uppercase: flag(self.exclude_uppercase.as_ref(), "ExcludeUppercase")?,
            exclude_numbers: flag(self.exclude_numbers.as_ref(), "ExcludeNumbers")?,
            exclude_punctuation: flag(self.exclude_punctuation.as_ref(), "ExcludePunctuation")?,
            require_each_kind: flag(
                self.require_each_included_type.as_ref(),
                "RequireEachIncludedType",
            )?,
        })?;
        let password = SecretString::from(password.as_str());
        Ok(payload!(GetRandomPasswordResponse { random_password: password }).into())
    }
}
