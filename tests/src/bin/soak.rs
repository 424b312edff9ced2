//! Calls under mixed faults for a while: nothing is lost, nothing is doubled, nothing leaks.
//!
//! `--seconds 600` runs for ten minutes; 5 seconds unless told. `--seed NUMBER` repeats the faults of
//! another run, as far as their order goes. Linux only: it reads `/proc`.
//!
//! A local gateway in a process of its own stands behind a server that resets, closes, silences,
//! slows and refuses one request in ten, and dies every two seconds. Each worker encrypts, decrypts,
//! and makes an alias of a new name: the second of a name is refused, so that a request that was sent
//! twice shows.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use alibabacloud_kms::api::alias::CreateAliasRequest;
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::DescribeKeyRequest;
use alibabacloud_kms::middleware::retry::{Backoff, RetryPolicy};
use alibabacloud_kms::{Error, ErrorKind, ExposeSecret, Gateway as Side, KmsClient};
use alibabacloud_kms_tests::faults::Fault::{self, Answer, Close, Delay, Drip, Reset, Silence};
use alibabacloud_kms_tests::faults::When::{
    Accepted, AnswerBegun, AnswerHeaded, Asked, Begun, Headed, Unread,
};
use alibabacloud_kms_tests::faults::{FaultServer, Usage, child};
use alibabacloud_kms_tests::random::Random;
use tokio::task::JoinSet;

const WORKERS: usize = 32;
/// Of a whole call.
const LIMIT: Duration = Duration::from_secs(10);
/// How much later than its limit a call may end on a busy machine.
const LATE: Duration = Duration::from_secs(5);

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn StdError>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [serve, directory, seed] = &*arguments
        && serve == "serve"
    {
        return fail(Path::new(directory), seed.parse()?).await;
    }
    let (mut seconds, mut seed) = (5, u64::from(std::process::id()));
    for argument in arguments.chunks(2) {
        match argument {
            [name, value] if name == "--seconds" => seconds = value.parse()?,
            [name, value] if name == "--seed" => seed = value.parse()?,
            _ => return Err("usage: soak [--seconds NUMBER] [--seed NUMBER]".into()),
        }
    }
    if cfg!(not(target_os = "linux")) {
        println!("skipped: there is no /proc to read");
        return Ok(());
    }
    println!("{seconds} s of faults from seed {seed}");
    soak(Duration::from_secs(seconds), seed).await
}

async fn soak(time: Duration, seed: u64) -> Result<(), Box<dyn StdError>> {
    let mut gateway = child::Gateway::start(&[seed.to_string()])?;
    let before = Usage::now();
    let client = KmsClient::builder()
        .shared(gateway.shared()?)
        .instance(gateway.instance()?)
        .timeout(LIMIT)
        .attempt_timeout(Duration::from_secs(1))
        .connect_timeout(Duration::from_secs(1))
        .retry(
            RetryPolicy::default()
                .max_attempts(5)
                .backoff(Backoff::new(Duration::from_millis(20), Duration::from_millis(500))),
        )
        .build()?;
    let key_id =
        retried(|| client.describe_key(DescribeKeyRequest::new("alias/default")).into_future())
            .await?
            .key_metadata
            .key_id;

    let ends = Instant::now() + time;
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let worker = Worker { client: client.clone(), key_id: key_id.clone(), number: worker };
        workers.spawn(worker.run(ends));
    }
    println!("at the beginning:   {before}");
    let mut tally = Tally::default();
    let mut tenth = tokio::time::interval(time / 10);
    tenth.tick().await;
    loop {
        tokio::select! {
            worker = workers.join_next() => match worker {
                Some(worker) => tally.add(worker??),
                None => break,
            },
            _ = tenth.tick() => println!("meanwhile:          {}", Usage::now()),
        }
    }
    let left = [Side::Shared, Side::Instance].map(|side| client.retry_budget(side));
    println!("retry budgets left: {:?}", left.map(|budget| budget.map(|budget| budget.tokens())));
    drop(client);
    let came_back = before.comes_back().await.ok_or("sockets or tasks are left")?;
    println!("client dropped:     {}, after {came_back:.1?}", Usage::now());
    print!("{tally}{}", gateway.end()?);
    Ok(())
}

/// Until it succeeds: what must be known before the soak begins.
async fn retried<T, F: Future<Output = Result<T, Error>>>(
    call: impl Fn() -> F,
) -> Result<T, Error> {
    for _ in 0..10 {
        if let Ok(answer) = call().await {
            return Ok(answer);
        }
    }
    call().await
}

struct Worker {
    client: KmsClient,
    key_id: String,
    number: usize,
}

impl Worker {
    async fn run(self, ends: Instant) -> Result<Tally, String> {
        let mut tally = Tally::default();
        let mut round = 0_usize;
        while Instant::now() < ends {
            round += 1;
            self.seal_and_open(round, &mut tally).await?;
            self.name(round, &mut tally).await?;
        }
        Ok(tally)
    }

    /// Idempotent: succeeds, or fails for faults only.
    async fn seal_and_open(&self, round: usize, tally: &mut Tally) -> Result<(), String> {
        let text = format!("text {round} of worker {}", self.number);
        let shared = round.is_multiple_of(2);
        let call = self.client.encrypt(EncryptRequest::new(&*self.key_id, &*text));
        let sealed = timed(call.use_shared_gateway(shared).into_future()).await?;
        let Some(sealed) = tally.note("Encrypt", sealed)? else { return Ok(()) };
        let call = self.client.decrypt(DecryptRequest::new(sealed.ciphertext_blob));
        let opened = timed(call.use_shared_gateway(!shared).into_future()).await?;
        let Some(opened) = tally.note("Decrypt", opened)? else { return Ok(()) };
        match opened.plaintext.expose_secret() == text {
            true => Ok(()),
            false => Err("another text was decrypted".to_owned()),
        }
    }

    /// Not idempotent: a second request would be refused, as the alias would be there.
    async fn name(&self, round: usize, tally: &mut Tally) -> Result<(), String> {
        let alias = format!("alias/soak-{}-{round}", self.number);
        let request = CreateAliasRequest::new(alias, &*self.key_id);
        let created = timed(self.client.create_alias(request).into_future()).await?;
        tally.note("CreateAlias", created).map(drop)
    }
}

/// A call that must end in its time.
async fn timed<T>(
    call: impl Future<Output = Result<T, Error>>,
) -> Result<Result<T, Error>, String> {
    let begun = Instant::now();
    let answer = call.await;
    let took = begun.elapsed();
    match took <= LIMIT + LATE {
        true => Ok(answer),
        false => Err(format!("a call took {took:.1?}")),
    }
}

/// What the calls came to: successes, and failures by action, kind and outcome.
#[derive(Default)]
struct Tally {
    successes: BTreeMap<&'static str, usize>,
    failures: BTreeMap<String, usize>,
}

impl Tally {
    /// Counts a result that faults can explain; any other ends the soak.
    fn note<T>(
        &mut self,
        action: &'static str,
        result: Result<T, Error>,
    ) -> Result<Option<T>, String> {
        let error = match result {
            Ok(answer) => {
                *self.successes.entry(action).or_default() += 1;
                return Ok(Some(answer));
            }
            Err(error) => error,
        };
        let is_a_fault = match error.kind() {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => true,
            ErrorKind::Service => error.status().is_some_and(|status| status.is_server_error()),
            _ => false,
        };
        if !is_a_fault && !error.is_throttled() {
            return Err(format!("{action} came to what no fault explains: {error:?}"));
        }
        let what = format!("{action}: {:?}, {:?}", error.kind(), error.outcome());
        *self.failures.entry(what).or_default() += 1;
        Ok(None)
    }

    fn add(&mut self, other: Self) {
        for (action, number) in other.successes {
            *self.successes.entry(action).or_default() += number;
        }
        for (what, number) in other.failures {
            *self.failures.entry(what).or_default() += number;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (action, number) in &self.successes {
            writeln!(f, "{number:>8} {action}")?;
        }
        for (what, number) in &self.failures {
            writeln!(f, "{number:>8} failed, {what}")?;
        }
        Ok(())
    }
}

/// The other process: a local gateway behind faults.
async fn fail(directory: &Path, seed: u64) -> Result<(), Box<dyn StdError>> {
    let local = child::local(directory).await?;
    let mut random = Random::new(seed);
    let mut server = FaultServer::start(local.address()).await;
    let address = server.address();
    server.fail_all(move || fault(&mut random));
    let mut tries = 0;
    let mut deaths = 0;
    let mut parent = std::pin::pin!(child::serve(address.port()));
    while tokio::time::timeout(Duration::from_secs(2), parent.as_mut()).await.is_err() {
        tries += server.tries();
        deaths += 1;
        server.die().await;
        server = FaultServer::start_at(address, local.address()).await;
        let mut random = Random::new(seed.wrapping_add(deaths));
        server.fail_all(move || fault(&mut random));
    }
    println!(
        "{:>8} requests reached the server, which died {deaths} times",
        tries + server.tries()
    );
    Ok(())
}

/// One request in ten fails.
fn fault(random: &mut Random) -> Fault {
    let refusal = |status: &str| {
        let head = "content-length: 0\r\nx-acs-retry-after: 20\r\n\r\n";
        Answer(format!("HTTP/1.1 {status}\r\n{head}").into_bytes())
    };
    match random.below(160) {
        0 => Reset(Accepted),
        1 => Reset(Unread),
        2 => Reset(Begun),
        3 => Reset(Headed),
        4 => Reset(Asked),
        5 => Reset(AnswerBegun),
        6 => Reset(AnswerHeaded),
        7 => Close(Unread),
        8 => Close(Asked),
        9 => Close(AnswerHeaded),
        10 => match random.below(4) {
            0 => Silence(Accepted),
            1 => Silence(Asked),
            2 => Silence(AnswerHeaded),
            _ => Drip(Duration::from_millis(5)),
        },
        11 => Delay(Duration::from_millis(100)),
        12 => refusal("500 Internal Server Error"),
        13 => refusal("502 Bad Gateway"),
        14 => refusal("503 Service Unavailable"),
        15 => refusal("429 Too Many Requests"),
        _ => Fault::None,
    }
}
