//! Lists as streams of pages and items, also where the service does not keep its word.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alibabacloud_kms::api::alias::{ListAliasesByKeyIdRequest, ListAliasesRequest};
use alibabacloud_kms::api::data_key::ListManagedDataKeyVersionsRequest;
use alibabacloud_kms::api::instance::ListKmsInstancesRequest;
use alibabacloud_kms::api::key::{
    KeyEntry, ListKeyVersionsRequest, ListKeysRequest, ListKeysResponse,
};
use alibabacloud_kms::api::network::{ListApplicationAccessPointsRequest, ListNetworkRulesRequest};
use alibabacloud_kms::api::policy::ListPoliciesRequest;
use alibabacloud_kms::api::secret::{ListSecretVersionIdsRequest, ListSecretsRequest};
use alibabacloud_kms::api::tag::{ListTagResourcesRequest, ListTagResourcesResponse, ResourceTag};
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{
    ActionInfo, BoxError, Call, Error, ErrorKind, Gateway, KmsClient, Paged, Reply, api,
};

/// A client whose calls this function answers.
fn client<P: Payload>(
    answer: impl Fn(&Call) -> Result<P, Error> + Clone + Send + Sync + 'static,
) -> KmsClient {
    KmsClient::from_service(tower::service_fn(move |call: Call| {
        let answer = answer(&call).map(|page| Reply::new(page, Gateway::Shared));
        async move { answer.map_err(BoxError::from) }
    }))
}

/// Keys `first..last`, of so many in all.
fn keys(first: usize, last: usize, total: i32) -> ListKeysResponse {
    let mut page = ListKeysResponse::default();
    page.keys = (first..last).map(|number| KeyEntry::new(number.to_string())).collect();
    page.page_size = 10;
    page.total_count = total;
    page
}

fn tags(next_token: Option<String>) -> ListTagResourcesResponse {
    let mut page = ListTagResourcesResponse::default();
    page.tag_resources = vec![ResourceTag::new().tag_key("t")];
    page.next_token = next_token;
    page
}

#[tokio::test]
async fn a_counted_list_is_fetched_page_by_page_to_its_end() {
    let client = client(|call| {
        let request: &ListKeysRequest = call.request().expect("a list");
        let page = usize::try_from(request.page_number.unwrap_or(1)).expect("a number");
        Ok(keys((page - 1) * 10, (page * 10).min(25), 25))
    });
    let mut items = client.list_keys(ListKeysRequest::new()).items();
    let mut ids = Vec::new();
    while let Some(key) = items.next().await {
        ids.push(key.expect("a key").key_id.parse::<usize>().expect("a number"));
    }
    assert_eq!(ids, (0..25).collect::<Vec<_>>());

    let mut pages = client.list_keys(ListKeysRequest::new().page_number(3)).pages();
    let last = pages.next().await.expect("a page").expect("a page");
    assert_eq!(last.keys.len(), 5);
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_list_with_tokens_follows_them_and_an_empty_token_is_the_end() {
    let client = client(|call| {
        let request: &ListTagResourcesRequest = call.request().expect("a list");
        Ok(tags(match request.next_token.as_deref() {
            None => Some("1".to_owned()),
            Some("1") => Some("2".to_owned()),
            _ => Some(String::new()),
        }))
    });
    let mut pages = client.list_tag_resources(ListTagResourcesRequest::new("r", "key")).pages();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        page.expect("a page");
        count += 1;
    }
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_list_that_leads_back_is_an_error_and_ends() {
    let client = client(|call| {
        let request: &ListTagResourcesRequest = call.request().expect("a list");
        let token = if request.next_token.as_deref() == Some("a") { "b" } else { "a" };
        Ok(tags(Some(token.to_owned())))
    });
    let mut pages = client.list_tag_resources(ListTagResourcesRequest::new("r", "key")).pages();
    let mut last = None;
    for _ in 0..10 {
        match pages.next().await {
            Some(page) => last = Some(page),
            None => break,
        }
    }
    let error = last.expect("pages").expect_err("a circle");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Decode, Some("ListTagResources")));
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn an_empty_page_ends_a_list_whatever_its_total_says() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = client(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(keys(0, 0, 1_000_000))
    });
    let mut items = client.list_keys(ListKeysRequest::new()).items();
    assert!(items.next().await.is_none());
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_error_ends_the_list_and_options_go_with_every_page() {
    let client = client(|call| {
        assert_eq!(call.extensions().get::<u8>(), Some(&7));
        let request: &ListKeysRequest = call.request().expect("a list");
        match request.page_number {
            None => Ok(keys(0, 10, 30)),
            Some(_) => Err(Error::new(ErrorKind::Connect, "gone")),
        }
    });
    let mut pages = client.list_keys(ListKeysRequest::new()).extension(7_u8).pages();
    assert!(pages.next().await.expect("a page").is_ok());
    let error = pages.next().await.expect("a result").expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(pages.next().await.is_none());
}

/// The name of an action that is known to be a list.
fn paged<A: Paged>() -> &'static str {
    A::INFO.name
}

#[test]
fn every_action_that_takes_a_page_or_a_token_is_a_list() {
    let mut lists = [
        paged::<ListAliasesRequest>(),
        paged::<ListAliasesByKeyIdRequest>(),
        paged::<ListApplicationAccessPointsRequest>(),
        paged::<ListKeyVersionsRequest>(),
        paged::<ListKeysRequest>(),
        paged::<ListKmsInstancesRequest>(),
        paged::<ListManagedDataKeyVersionsRequest>(),
        paged::<ListNetworkRulesRequest>(),
        paged::<ListPoliciesRequest>(),
        paged::<ListSecretVersionIdsRequest>(),
        paged::<ListSecretsRequest>(),
        paged::<ListTagResourcesRequest>(),
    ];
    lists.sort_unstable();
    let takes_a_page = |action: &&ActionInfo| {
        let mut fields = action.request.fields.iter();
        fields.any(|field| ["PageNumber", "NextToken"].contains(&field.name))
    };
    let declared = api::ALL.iter().copied().filter(takes_a_page).map(|action| action.name);
    assert_eq!(declared.collect::<Vec<_>>(), lists);
}
