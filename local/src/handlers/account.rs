//! The account and its regions.

use alibabacloud_kms::api::account::{DescribeRegionsRequest, DescribeRegionsResponse, Region};

use super::{Answer, Context, Handle};
use crate::engine::Fault;
use crate::seed::REGION;

impl Handle for DescribeRegionsRequest {
    fn handle(&self, _: &Context<'_>) -> Result<Answer<DescribeRegionsResponse>, Fault> {
        let response = payload!(DescribeRegionsResponse {
            regions: vec![payload!(Region { region_id: REGION.to_owned() })],
        });
        Ok(response.into())
    }
}
