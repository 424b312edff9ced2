//! Calls that are dropped at every await: nothing goes on, nothing is lost, nothing is half done.
//!
//! That holds of each layer by itself in [`contract`](crate::contract). Here are those things that
//! outlive a call: budgets, permits, queues, lists, connections, and what a gateway keeps.

mod gateway;

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use alibabacloud_kms::api::key::{KeyEntry, ListKeysRequest, ListKeysResponse};
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::retry::{Budget, RetryLayer};
use alibabacloud_kms::transfer::TransferLayer;
use alibabacloud_kms::{
    BoxError, Call, Gateway, InstanceGateway, KmsClient, OpenApiGateway, Reply,
};
use alibabacloud_kms_tests::answers::{drawn, sealed};
use alibabacloud_kms_tests::canary::client_key;
use alibabacloud_kms_tests::cancel::polled;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::timeout;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, ServiceBuilder, ServiceExt as _, service_fn};

use crate::contract::probe::{Probe, Stage, Step, hesitant};
use crate::contract::subjects::{calls, data_key, encrypt, endpoint, policy};
use crate::stack::credential;

/// A probe of this script that needs nobody to wake it.
fn probe(script: impl FnMut(Stage) -> Step + Send + 'static) -> Probe {
    let probe = Probe::new(script);
    probe.control().wake_at_once();
    probe
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_takes_from_the_retry_budget_what_it_repeated() {
    for polls in 0.. {
        let budget = Arc::new(Budget::new(100));
        let probe = probe(hesitant(|answer| answer <= 2));
        let control = probe.control();
        let retry = RetryLayer::new(policy().budget(Arc::clone(&budget)));
        let service = calls(retry.layer(probe), encrypt);
        let answer = polled(service.clone().oneshot(()), polls).await;
        let taken = 100 - budget.tokens();
        if let Some(answer) = answer {
            answer.expect("the third time");
            assert_eq!(taken, 2 * Budget::COST - 1, "two repetitions and a success");
            assert!(polls > 6, "it was over after {polls} polls");
            break;
        }
        assert_eq!(taken % Budget::COST, 0);
        let repeated = control.counts().calls.saturating_sub(1);
        // The tokens of a repetition are taken before the wait for it.
        let paid = taken / Budget::COST;
        assert!(paid == repeated || paid == repeated + 1, "{paid} for {repeated} repetitions");

        control.set_script(|_| Step::Proceed);
        service.oneshot(()).await.expect("the next call");
        assert_eq!(100 - budget.tokens(), taken.saturating_sub(1));
    }
}

/// The answers that a gateway made and somebody still has.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<Weak<dyn Payload>>>>);

impl Answers {
    fn keep(&self, response: impl Payload) -> Reply {
        let response: Arc<dyn Payload> = Arc::new(response);
        self.0.lock().expect("no panic before").push(Arc::downgrade(&response));
        Reply::from_payload(response, Gateway::Instance)
    }

    fn made(&self) -> usize {
        self.0.lock().expect("no panic before").len()
    }

    fn alive(&self) -> usize {
        let answers = self.0.lock().expect("no panic before");
        answers.iter().filter(|answer| answer.strong_count() > 0).count()
    }
}

#[tokio::test]
async fn a_data_key_is_gone_with_the_call_that_is_dropped_between_its_two_operations() {
    let mut dropped_between = 0;
    for polls in 0.. {
        let answers = Answers::default();
        let kept = answers.clone();
        let gateway = service_fn(move |call: Call| {
            let kept = kept.clone();
            async move {
                yield_now().await;
                Ok::<_, BoxError>(match call.action().name {
                    "AdvanceGenerateDataKey" => kept.keep(drawn()),
                    _ => kept.keep(sealed()),
                })
            }
        });
        let transfer = TransferLayer::new().layer(gateway);
        let answer = polled(transfer.oneshot(data_key()), polls).await;
        let is_whole = answer.is_some();
        drop(answer);
        // Their secrets are wiped when they are dropped.
        assert_eq!(answers.alive(), 0, "after {polls} polls");
        dropped_between += usize::from(answers.made() == 1);
        if is_whole {
            assert_eq!(answers.made(), 2);
            break;
        }
    }
    assert!(dropped_between > 0, "no call was dropped between the operations");
}

/// A client with this layer around it, over a service that hesitates everywhere.
fn client<L>(layer: L) -> KmsClient
where
    L: Layer<alibabacloud_kms::BoxCall> + Send + Sync + 'static,
    L::Service: tower::Service<Call, Response = Reply, Error: Into<BoxError>, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let builder = KmsClient::builder().shared(OpenApiGateway::new(endpoint(), credential()));
    let builder = builder.retry(policy()).layer(layer);
    builder.transport(probe(hesitant(|_| false))).build().expect("a client")
}

/// Drops calls after every number of polls; each time the next one must get through.
async fn no_permit_is_lost(client: KmsClient) {
    for polls in 0.. {
        let answer = polled(client.send(encrypt()), polls).await;
        let next = timeout(Duration::from_secs(1), client.send(encrypt())).await;
        next.expect("a permit is left").expect("an answer");
        if answer.is_some() {
            assert!(polls > 3, "it was over after {polls} polls");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_its_permit_back() {
    no_permit_is_lost(client(ConcurrencyLimitLayer::new(1))).await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn requests_of_one_call_give_the_permit_on_to_each_other_however_it_ends() {
    // Two operations, of which the second is repeated, and one permit below them.
    let probe = probe(hesitant(|_| false));
    let control = probe.control();
    let builder = KmsClient::builder().instance(InstanceGateway::new(endpoint(), client_key()));
    let builder = builder.retry(policy()).http_layer(ConcurrencyLimitLayer::new(1));
    let client = builder.transport(probe).build().expect("a client");
    for polls in 0.. {
        control.set_script(hesitant(|answer| answer == 2));
        let answer = polled(client.send(data_key()), polls).await;
        control.set_script(|_| Step::Proceed);
        let next = timeout(Duration::from_secs(1), client.send(data_key())).await;
        assert_eq!(next.expect("a permit is left").expect("an answer").attempts(), 2);
        if let Some(answer) = answer {
            assert_eq!(answer.expect("an answer").attempts(), 3);
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_a_buffers_queue_and_its_worker_ends_with_the_client() {
    no_permit_is_lost(client(ServiceBuilder::new().buffer(1).concurrency_limit(1))).await;
    let tasks = Handle::current().metrics();
    while tasks.num_alive_tasks() > 0 {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_list_whose_next_item_was_dropped_goes_on_where_it_was() {
    let gateway = service_fn(|call: Call| async move {
        yield_now().await;
        let request: &ListKeysRequest = call.request().ok_or("another action")?;
        yield_now().await;
        let number = request.page_number.unwrap_or(1);
        let key = |key| KeyEntry::new(format!("{number}-{key}"));
        let mut page = ListKeysResponse::default();
        page.keys = vec![key(1), key(2)];
        (page.page_number, page.page_size, page.total_count) = (number, 2, 6);
        Ok::<_, BoxError>(Reply::new(page, Gateway::Shared))
    });
    let client = KmsClient::from_service(gateway);
    for polls in 1..4 {
        let mut items = client.list_keys(ListKeysRequest::new().page_size(2)).items();
        let (mut names, mut dropped) = (Vec::new(), 0);
        loop {
            match polled(items.next(), polls).await {
                Some(Some(item)) => names.push(item.expect("a key").key_id),
                Some(None) => break,
                None => dropped += 1,
            }
        }
        assert_eq!(names, ["1-1", "1-2", "2-1", "2-2", "3-1", "3-2"]);
        assert!(polls == 3 || dropped > 0, "nothing was dropped after {polls} polls");
    }
}
