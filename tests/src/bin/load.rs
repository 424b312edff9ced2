//! Many calls at once against a local gateway in a process of its own: what the client uses of
//! memory, sockets and tasks, at most and after all calls were made or cancelled.
//!
//! `--calls 10000` makes so many at once; 500 unless told. Linux only: it reads `/proc`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms_tests::faults::Usage;
use alibabacloud_kms_tests::faults::child::{self, Gateway};
use tokio::task::JoinSet;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let calls = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => 500,
        (Some("--calls"), Some(calls)) => calls.parse()?,
        (Some("serve"), Some(directory)) => {
            let gateway = child::local(Path::new(&directory)).await?;
            return child::serve(gateway.address().port()).await;
        }
        _ => return Err("usage: load [--calls NUMBER]".into()),
    };
    if cfg!(not(target_os = "linux")) {
        println!("skipped: there is no /proc to read");
        return Ok(());
    }
    let mut gateway = Gateway::start(&[])?;
    let before = Usage::now();
    println!("before:             {before}");
    for round in 1..=3 {
        let client = client(&gateway)?;
        let (made, took, peak) = run(&client, calls, calls).await?;
        println!("round {round}, at most:   {peak}, {made} calls in {took:.1?}");
        println!("round {round}, after:     {}", Usage::now());
        let (made, took, peak) = run(&client, calls, calls / 2).await?;
        println!("cancelled, at most: {peak}, {made} calls in {took:.1?}");
        println!("cancelled, after:   {}", Usage::now());
        drop(client);
        let came_back = before.comes_back().await.ok_or("sockets or tasks are left")?;
        println!("client dropped:     {}, after {came_back:.1?}", Usage::now());
    }
    gateway.end()?;
    Ok(())
}

/// Makes so many calls at once, and cancels the rest when enough are made: how many were made, in
/// what time, and the most that was used.
async fn run(
    client: &KmsClient,
    calls: usize,
    enough: usize,
) -> Result<(usize, Duration, Usage), Box<dyn Error>> {
    let begun = Instant::now();
    let peak = Peak::watch();
    let mut under_way = JoinSet::new();
    for call in 0..calls {
        let request = EncryptRequest::new("alias/default", "text");
        let call = client.encrypt(request).use_shared_gateway(call % 2 == 0);
        under_way.spawn(call.into_future());
    }
    let mut made = 0;
    while let Some(answer) = under_way.join_next().await {
        answer??;
        made += 1;
        if made == enough {
            break;
        }
    }
    under_way.shutdown().await;
    Ok((made, begun.elapsed(), peak.end().await?))
}

/// The most that is used meanwhile.
struct Peak {
    is_over: Arc<AtomicBool>,
    reader: tokio::task::JoinHandle<Usage>,
}

impl Peak {
    fn watch() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let reader = tokio::task::spawn_blocking(move || {
            let mut most = Usage { memory: 0, sockets: 0, tasks: 0 };
            while !over.load(Ordering::Relaxed) {
                let now = Usage::now();
                most.memory = most.memory.max(now.memory);
                most.sockets = most.sockets.max(now.sockets);
                most.tasks = most.tasks.max(now.tasks);
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        Self { is_over, reader }
    }

    async fn end(self) -> Result<Usage, Box<dyn Error>> {
        self.is_over.store(true, Ordering::Relaxed);
        Ok(self.reader.await?)
    }
}

fn client(gateway: &Gateway) -> Result<KmsClient, Box<dyn Error>> {
    let client =
        KmsClient::builder().shared(gateway.shared()?).instance(gateway.instance()?).build()?;
    Ok(client)
}
