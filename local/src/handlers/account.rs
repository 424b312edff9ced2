//! The account and its regions, with fixed answers.

use alibabacloud_kms::api::account::{
    DescribeAccountKmsStatusRequest, DescribeAccountKmsStatusResponse, DescribeRegionsRequest,
    DescribeRegionsResponse, OpenKmsServiceRequest, OpenKmsServiceResponse, Region,
};

use super::{Context, Handle, Handler, HandlerReply};
use crate::engine::Fault;
use crate::seed::REGION;

/// The actions of this family.
pub(super) const ACTIONS: &[Handler] = &[
    Handler::new::<DescribeAccountKmsStatusRequest>(),
    Handler::new::<DescribeRegionsRequest>(),
    Handler::new::<OpenKmsServiceRequest>(),
];

impl Handle for DescribeRegionsRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<DescribeRegionsResponse>, Fault> {
        let response = payload!(DescribeRegionsResponse {
            regions: vec![payload!(Region { region_id: REGION.to_owned() })],
        });
        Ok(response.into())
    }
}

impl Handle for DescribeAccountKmsStatusRequest {
    fn handle(
        &self,
        _: &Context<'_>,
    ) -> Result<HandlerReply<DescribeAccountKmsStatusResponse>, Fault> {
        let status = "Enabled".into();
        Ok(payload!(DescribeAccountKmsStatusResponse { account_status: status }).into())
    }
}

impl Handle for OpenKmsServiceRequest {
    fn handle(&self, _: &Context<'_>) -> Result<HandlerReply<OpenKmsServiceResponse>, Fault> {
        Ok(OpenKmsServiceResponse::default().into())
    }
}
