//! The account and its regions.

use super::{Answer, Context, Handle};
use crate::api::account::{DescribeRegionsRequest, DescribeRegionsResponse, Region};
use crate::local::REGION;
use crate::local::engine::Fault;

impl Handle for DescribeRegionsRequest {
    fn handle(&self, _: &Context<'_>) -> Result<Answer<DescribeRegionsResponse>, Fault> {
        let response = DescribeRegionsResponse {
            regions: vec![Region { region_id: REGION.to_owned() }],
            ..Default::default()
        };
        Ok(response.into())
    }
}
