//! Load, and calls that are cancelled half way: no task, socket or memory is left behind.

use std::process::Command;

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use alibabacloud_kms_tests::faults::Usage;
use alibabacloud_kms_tests::own_process;
use tokio::task::JoinSet;

use crate::bench::local;

const CALLS: usize = 1000;
const AT_ONCE: usize = 64;

/// Other tests' sockets are in the same process: this one has a process of its own.
#[test]
fn calls_made_and_calls_cancelled_leave_nothing_behind() {
    const ALONE: &str = "KMS_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return in_a_process_of_its_own();
    }
    let name = "load::calls_made_and_calls_cancelled_leave_nothing_behind";
    own_process::run(Command::new(own_process::program()).env(ALONE, "1"), name);
}

#[tokio::main(worker_threads = 2)]
async fn in_a_process_of_its_own() {
    if cfg!(not(target_os = "linux")) {
        println!("skipped: there is no /proc to read");
        return;
    }
    let local = local().await;
    let before = Usage::now();
    let mut memory = Vec::new();
    for _ in 0..6 {
        let client = client(&local);
        let under_load = make(&client, CALLS, CALLS).await;
        // Both ends of both gateways' connections are in this process.
        let bound = before.sockets + 2 * 2 * AT_ONCE;
        assert!(under_load.sockets <= bound, "more than {bound} sockets: {under_load:?}");
        make(&client, CALLS, CALLS / 2).await;
        drop(client);
        let came_back = before.comes_back().await;
        assert!(came_back.is_some(), "{before:?} became {:?}", Usage::now());
        memory.push(Usage::now().memory);
    }
    // What the allocator keeps grows by leaps, more on a busy machine; a leak of a KiB for each call
    // would show in every round, also in the one that grows least.
    let growths = memory.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    let calls = (CALLS + CALLS / 2) as u64;
    assert!(growths.min() < Some(calls), "memory grows: {memory:?} KiB");
}

fn client(local: &LocalGateway) -> KmsClient {
    KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .connections(Transport::builder().max_connections(AT_ONCE))
        .build()
        .expect("a client")
}

/// Makes calls and cancels the rest when enough are made: what is used just then.
async fn make(client: &KmsClient, calls: usize, enough: usize) -> Usage {
    let mut under_way = JoinSet::new();
    for call in 0..calls {
        let call = client
            .encrypt(EncryptRequest::new(DEFAULT_KEY, "text"))
            .use_shared_gateway(call % 2 == 0);
        under_way.spawn(call.into_future());
    }
    for _ in 0..enough {
        let answer = under_way.join_next().await.expect("a call");
        answer.expect("no panic").expect("an answer");
    }
    let usage = Usage::now();
    under_way.shutdown().await;
    usage
}
