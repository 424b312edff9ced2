//! Instances, with fixed answers.
//!
//! A local gateway is one instance, which is always connected. Actions that would change or release
//! it succeed and change nothing.

use alibabacloud_kms::api::instance::{
    ConnectKmsInstanceRequest, ConnectKmsInstanceResponse, GetDefaultKmsInstanceRequest,
    GetDefaultKmsInstanceResponse, GetKmsInstanceQuotaInfosRequest,
    GetKmsInstanceQuotaInfosResponse, GetKmsInstanceRequest, GetKmsInstanceResponse, KmsInstance,
    KmsInstanceEntry, ListKmsInstancesRequest, ListKmsInstancesResponse, QuotaInfo,
    ReleaseKmsInstanceRequest, ReleaseKmsInstanceResponse, UpdateKmsInstanceBindVpcRequest,
    UpdateKmsInstanceBindVpcResponse,
};

use super::checks::{count, flag, page};
use super::{Context, Handle, Handler, HandlerReply, optional};
use crate::engine::Fault;

/// The instance's id.
const INSTANCE: &str = "kst-local0000000000000";
/// The instance's ARN in the gateway's account.
const ARN: &str = "acs:kms:cn-hangzhou:1000000000000000:keystore/kst-local0000000000000";
/// The quotas of an instance, by type of resource.
const QUOTAS: [(&str, i32); 3] = [("KeyNum", 1000), ("SecretNum", 1000), ("VpcNum", 1)];

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<ConnectKmsInstanceRequest>(),
    Handler::new::<GetDefaultKmsInstanceRequest>(),
    Handler::new::<GetKmsInstanceQuotaInfosRequest>(),
    Handler::new::<GetKmsInstanceRequest>(),
    Handler::new::<ListKmsInstancesRequest>(),
    Handler::new::<ReleaseKmsInstanceRequest>(),
    Handler::new::<UpdateKmsInstanceBindVpcRequest>(),
];

fn check(id: &str) -> Result<(), Fault> {
    if id == INSTANCE { Ok(()) } else { Err(Fault::resource_not_found()) }
}

impl Handle for GetDefaultKmsInstanceRequest {
    fn handle(
        &self,
        _: &Context<'_>,
    ) -> Result<HandlerReply<GetDefaultKmsInstanceResponse>, Fault> {
        let id = Some(INSTANCE.to_owned());
        Ok(payload!(GetDefaultKmsInstanceResponse { default_kms_instance_id: id }).into())
    }
}

impl Handle for ListKmsInstancesRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<ListKmsInstancesResponse>, Fault> {
        let instance = payload!(KmsInstanceEntry {
            kms_instance_id: INSTANCE.to_owned(),
            kms_instance_arn: Some(ARN.to_owned()),
        });
        let page = page(self.page_number, self.page_size)?.of([instance].into_iter());
        let response = payload!(ListKmsInstancesResponse {
            kms_instances: page.items,
            page_number: count(page.number),
            page_size: count(page.size),
            total_count: count(page.total_count),
        });
        Ok(response.into())
    }
}

impl Handle for GetKmsInstanceRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<GetKmsInstanceResponse>, Fault> {
        check(&self.kms_instance_id)?;
        let quota = |name| QUOTAS.iter().find(|(kind, _)| *kind == name).map(|(_, quota)| *quota);
        let instance = payload!(KmsInstance {
            instance_id: INSTANCE.to_owned(),
            instance_name: Some("local".to_owned()),
            status: Some("Connected".into()),
            key_num: quota("KeyNum"),
            secret_num: quota("SecretNum").map(|quota| quota.to_string()),
            vpc_num: quota("VpcNum"),
        });
        Ok(payload!(GetKmsInstanceResponse { kms_instance: instance }).into())
    }
}

impl Handle for GetKmsInstanceQuotaInfosRequest {
    fn handle(
        &self,
        _: &Context<'_>,
    ) -> Result<HandlerReply<GetKmsInstanceQuotaInfosResponse>, Fault> {
        let id = optional(self.kms_instance_id.as_ref()).unwrap_or(INSTANCE);
        check(id)?;
        let wanted = optional(self.resource_type.as_ref());
        let quotas = QUOTAS.iter().filter(|(kind, _)| wanted.is_none_or(|wanted| wanted == *kind));
        let quota = |(kind, quota): &(&str, i32)| {
            payload!(QuotaInfo {
                resource_type: Some((*kind).to_owned()),
                resource_quota: Some(*quota),
                used_quantity: Some(0),
            })
        };
        let response = payload!(GetKmsInstanceQuotaInfosResponse {
            kms_instance_id: Some(id.to_owned()),
            kms_instance_quota_infos: quotas.map(quota).collect(),
        });
        Ok(response.into())
    }
}

impl Handle for ConnectKmsInstanceRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<ConnectKmsInstanceResponse>, Fault> {
        check(&self.kms_instance_id)?;
        Ok(ConnectKmsInstanceResponse::default().into())
    }
}

impl Handle for UpdateKmsInstanceBindVpcRequest {
    fn handle(
        &self,
        _: &Context<'_>,
    ) -> Result<HandlerReply<UpdateKmsInstanceBindVpcResponse>, Fault> {
        check(&self.kms_instance_id)?;
        Ok(UpdateKmsInstanceBindVpcResponse::default().into())
    }
}

impl Handle for ReleaseKmsInstanceRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<ReleaseKmsInstanceResponse>, Fault> {
        flag(self.force_delete_without_backup.as_ref(), "ForceDeleteWithoutBackup")?;
        check(&self.kms_instance_id)?;
        Ok(ReleaseKmsInstanceResponse::default().into())
    }
}
