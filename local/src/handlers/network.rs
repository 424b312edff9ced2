//! Application access points and network rules.

use alibabacloud_kms::api::network::{
    ApplicationAccessPoint, CreateApplicationAccessPointRequest,
    CreateApplicationAccessPointResponse, CreateNetworkRuleRequest, CreateNetworkRuleResponse,
    DeleteApplicationAccessPointRequest, DeleteApplicationAccessPointResponse,
    DeleteNetworkRuleRequest, DeleteNetworkRuleResponse, DescribeApplicationAccessPointRequest,
    DescribeApplicationAccessPointResponse, DescribeNetworkRuleRequest,
    DescribeNetworkRuleResponse, ListApplicationAccessPointsRequest,
    ListApplicationAccessPointsResponse, ListNetworkRulesRequest, ListNetworkRulesResponse,
    NetworkRule, UpdateApplicationAccessPointRequest, UpdateApplicationAccessPointResponse,
    UpdateNetworkRuleRequest, UpdateNetworkRuleResponse,
};

use super::checks::{count, page, text_list};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::{self, AccessPoint, Fault};

const CLIENT_KEY: &str = "ClientKey";
const PRIVATE: &str = "Private";

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<CreateApplicationAccessPointRequest>(),
    Handler::new::<CreateNetworkRuleRequest>(),
    Handler::new::<DeleteApplicationAccessPointRequest>(),
    Handler::new::<DeleteNetworkRuleRequest>(),
    Handler::new::<DescribeApplicationAccessPointRequest>(),
    Handler::new::<DescribeNetworkRuleRequest>(),
    Handler::new::<ListApplicationAccessPointsRequest>(),
    Handler::new::<ListNetworkRulesRequest>(),
    Handler::new::<UpdateApplicationAccessPointRequest>(),
    Handler::new::<UpdateNetworkRuleRequest>(),
];

impl Handle for CreateApplicationAccessPointRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CreateApplicationAccessPointResponse>, Fault> {
        let method = optional(self.authentication_method.as_ref()).unwrap_or(CLIENT_KEY);
        if method != CLIENT_KEY {
            return Err(Fault::invalid("AuthenticationMethod"));
        }
        let arn = context.engine.create_access_point(AccessPoint {
            name: self.name.clone(),
            policies: text_list(&self.policies, "Policies")?,
            description: self.description.clone().unwrap_or_default(),
        })?;
        let response = payload!(CreateApplicationAccessPointResponse {
            arn: Some(arn),
            name: self.name.clone(),
            policies: Some(self.policies.clone()),
            authentication_method: Some(method.into()),
            description: self.description.clone(),
        });
        Ok(response.into())
    }
}

impl Handle for DescribeApplicationAccessPointRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DescribeApplicationAccessPointResponse>, Fault> {
        let (arn, point) = context.engine.access_point(&self.name)?;
        let response = payload!(DescribeApplicationAccessPointResponse {
            arn: Some(arn),
            name: point.name,
            policies: serde_json::to_string(&point.policies).ok(),
            authentication_method: Some(CLIENT_KEY.into()),
            description: Some(point.description),
        });
        Ok(response.into())
    }
}

impl Handle for UpdateApplicationAccessPointRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateApplicationAccessPointResponse>, Fault> {
        let policies = optional(self.policies.as_ref()).map(|it| text_list(it, "Policies"));
        let (policies, description) = (policies.transpose()?, self.description.clone());
        context.engine.update_access_point(&self.name, policies, description)?;
        Ok(UpdateApplicationAccessPointResponse::default().into())
    }
}

impl Handle for DeleteApplicationAccessPointRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DeleteApplicationAccessPointResponse>, Fault> {
        context.engine.delete_access_point(&self.name)?;
        Ok(DeleteApplicationAccessPointResponse::default().into())
    }
}

impl Handle for ListApplicationAccessPointsRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListApplicationAccessPointsResponse>, Fault> {
        let page = context.engine.list_access_points(page(self.page_number, self.page_size)?);
        let entry = |point: AccessPoint| {
            payload!(ApplicationAccessPoint {
                name: point.name,
                authentication_method: Some(CLIENT_KEY.into()),
            })
        };
        let response = payload!(ListApplicationAccessPointsResponse {
            application_access_points: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for CreateNetworkRuleRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<CreateNetworkRuleResponse>, Fault> {
        if self.network_type.as_str() != PRIVATE {
            return Err(Fault::invalid("Type"));
        }
        let arn = context.engine.create_network_rule(engine::NetworkRule {
            name: self.name.clone(),
            source_private_ip: self.source_private_ip.clone().unwrap_or_default(),
            description: self.description.clone().unwrap_or_default(),
        })?;
        let response = payload!(CreateNetworkRuleResponse {
            arn: Some(arn),
            name: self.name.clone(),
            network_type: Some(PRIVATE.into()),
            source_private_ip: self.source_private_ip.clone(),
            description: self.description.clone(),
        });
        Ok(response.into())
    }
}

impl Handle for DescribeNetworkRuleRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DescribeNetworkRuleResponse>, Fault> {
        let (arn, rule) = context.engine.network_rule(&self.name)?;
        let response = payload!(DescribeNetworkRuleResponse {
            arn: Some(arn),
            network_type: Some(PRIVATE.into()),
            source_private_ip: Some(rule.source_private_ip),
            description: Some(rule.description),
        });
        Ok(response.into())
    }
}

impl Handle for UpdateNetworkRuleRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<UpdateNetworkRuleResponse>, Fault> {
        let addresses = self.source_private_ip.clone();
        context.engine.update_network_rule(&self.name, addresses, self.description.clone())?;
        Ok(UpdateNetworkRuleResponse::default().into())
    }
}

impl Handle for DeleteNetworkRuleRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<DeleteNetworkRuleResponse>, Fault> {
        context.engine.delete_network_rule(&self.name)?;
        Ok(DeleteNetworkRuleResponse::default().into())
    }
}

impl Handle for ListNetworkRulesRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<ListNetworkRulesResponse>, Fault> {
        let page = context.engine.list_network_rules(page(self.page_number, self.page_size)?);
        let entry = |rule: engine::NetworkRule| {
            payload!(NetworkRule { name: rule.name, network_type: Some(PRIVATE.into()) })
        };
        let response = payload!(ListNetworkRulesResponse {
            network_rules: page.items.into_iter().map(entry).collect(),
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}
