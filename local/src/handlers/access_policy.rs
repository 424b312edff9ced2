//! Policies of application access points.

use alibabacloud_kms::api::policy::{
    CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, DeletePolicyResponse,
    DescribePolicyRequest, DescribePolicyResponse, ListPoliciesRequest, ListPoliciesResponse,
    PolicyEntry, UpdatePolicyRequest, UpdatePolicyResponse,
};
use serde_json::Value;

use super::checks::{count, page, text_list};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{AccessPolicy, Fault};

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreatePolicyRequest>(),
    Handler::new::<DeletePolicyRequest>(),
    Handler::new::<DescribePolicyRequest>(),
    Handler::new::<ListPoliciesRequest>(),
    Handler::new::<UpdatePolicyRequest>(),
];

impl Handle for CreatePolicyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<CreatePolicyResponse>, Fault> {
        let arn = context.engine.create_access_policy(AccessPolicy {
            name: self.name.clone(),
            permissions: text_list(&self.permissions, "Permissions")?,
            resources: text_list(&self.resources, "Resources")?,
            instance_id: self.kms_instance.clone(),
            network_rules: network_rules(self.access_control_rules.as_ref())?,
            description: self.description.clone().unwrap_or_default(),
        })?;
        let response = payload!(CreatePolicyResponse {
            arn: Some(arn),
            name: self.name.clone(),
            permissions: Some(self.permissions.clone()),
            resources: Some(self.resources.clone()),
            kms_instance: self.kms_instance.clone(),
            access_control_rules: self.access_control_rules.clone(),
            description: self.description.clone(),
        });
        Ok(response.into())
    }
}

impl Handle for DescribePolicyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DescribePolicyResponse>, Fault> {
        let (arn, policy) = context.engine.access_policy(&self.name)?;
        let rules = serde_json::json!({ "NetworkRules": policy.network_rules });
        let response = payload!(DescribePolicyResponse {
            arn: Some(arn),
            name: policy.name,
            permissions: policy.permissions,
            resources: policy.resources,
            kms_instance: policy.instance_id,
            access_control_rules: Some(rules.to_string()),
            description: Some(policy.description),
        });
        Ok(response.into())
    }
}

impl Handle for UpdatePolicyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<UpdatePolicyResponse>, Fault> {
        let list = |text: Option<&String>, name: &str| {
            optional(text).map(|text| text_list(text, name)).transpose()
        };
        let permissions = list(self.permissions.as_ref(), "Permissions")?;
        let resources = list(self.resources.as_ref(), "Resources")?;
        let rules = optional(self.access_control_rules.as_ref())
            .map(|_| network_rules(self.access_control_rules.as_ref()));
        let rules = rules.transpose()?;
        context.engine.update_access_policy(&self.name, |policy| {
            policy.permissions = permissions.unwrap_or_else(|| policy.permissions.clone());
            policy.resources = resources.unwrap_or_else(|| policy.resources.clone());
            policy.network_rules = rules.unwrap_or_else(|| policy.network_rules.clone());
            if let Some(description) = &self.description {
                policy.description.clone_from(description);
            }
        })?;
        Ok(UpdatePolicyResponse::default().into())
    }
}

impl Handle for DeletePolicyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<DeletePolicyResponse>, Fault> {
        context.engine.delete_access_policy(&self.name)?;
        Ok(DeletePolicyResponse::default().into())
    }
}

impl Handle for ListPoliciesRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<ListPoliciesResponse>, Fault> {
        let page = context.engine.list_access_policies(page(self.page_number, self.page_size)?);
        let entry = |policy: AccessPolicy| payload!(PolicyEntry { name: policy.name });
        let response = payload!(ListPoliciesResponse {
            policies: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

/// Returns the names in `{"NetworkRules":["a","b"]}`.
fn network_rules(json: Option<&String>) -> Result<Vec<String>, Fault> {
    let Some(json) = optional(json) else {
        return Ok(Vec::new());
    };
    let invalid = || Fault::invalid("AccessControlRules");
    let rules: Value = serde_json::from_str(json).map_err(|_| invalid())?;
    let names = rules.get("NetworkRules").and_then(Value::as_array).ok_or_else(invalid)?.iter();
    names.map(|name| name.as_str().map(str::to_owned).ok_or_else(invalid)).collect()
}
