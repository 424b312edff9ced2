//! Kills a gateway with a store at random moments under mixed writes, and checks each answered write
//! afterwards.
//!
//! `--kills 500` kills that often (default 20). `--seed NUMBER` repeats the choices of another run.
//! `--full-disk` puts the store on a small tmpfs that fills and is emptied while they write: it needs
//! Linux and root, and fails without them, or if too few kills met writes that were refused and
//! writes that were not.

mod disk;
mod gateway;
mod model;

use std::error::Error as StdError;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use alibabacloud_kms::KmsClient;
use alibabacloud_kms_tests::random::Random;
use tokio::task::JoinSet;

use self::disk::Disk;
use self::gateway::Gateway;
use self::model::{Model, Tally};

const WORKERS: usize = 8;

struct Options {
    kills: usize,
    seed: u64,
    full_disk: bool,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn StdError>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [serve, folder] = &*arguments
        && serve == "serve"
    {
        return gateway::serve(folder.into()).await;
    }
    let options = options(&arguments)?;
    println!(
        "{} kills from seed {}{}",
        options.kills,
        options.seed,
        if options.full_disk { ", on a disk that is full" } else { "" }
    );
    let folder = std::env::temp_dir().join(format!("kms-crash-{}", std::process::id()));
    let disk = if options.full_disk { Some(Disk::mount(&folder)?) } else { None };
    let crashed = crash(&options, folder.clone(), disk.as_ref()).await;
    drop(disk);
    // Only tidiness: it is in the folder for temporary files.
    let _ = std::fs::remove_dir_all(&folder);
    crashed
}

fn options(arguments: &[String]) -> Result<Options, Box<dyn StdError>> {
    let mut options = Options { kills: 20, seed: u64::from(std::process::id()), full_disk: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().map(String::as_str).unwrap_or_default();
        match argument.as_str() {
            "--kills" => options.kills = value().parse()?,
            "--seed" => options.seed = value().parse()?,
            "--full-disk" => options.full_disk = true,
            _ => return Err("usage: crash [--kills NUMBER] [--seed NUMBER] [--full-disk]".into()),
        }
    }
    Ok(options)
}

async fn crash(
    options: &Options,
    folder: PathBuf,
    disk: Option<&Disk>,
) -> Result<(), Box<dyn StdError>> {
    let mut run = Run {
        random: Random::new(options.seed),
        tally: Tally::default(),
        mixed: 0,
        slowest: Duration::ZERO,
        disk,
        options,
    };
    // An old store has room inside, which a full disk does not take.
    let of_a_store = if disk.is_some() { 10 } else { options.kills };
    for first in (0..options.kills).step_by(of_a_store.max(1)) {
        let rounds = first..options.kills.min(first + of_a_store);
        let folder = folder.join(first.to_string());
        run.kill_in(&folder, rounds).await?;
        std::fs::remove_dir_all(&folder)?;
    }
    let Run { tally, mixed, slowest, .. } = run;
    println!("slowest start: {slowest:.0?}");
    if tally.answered == 0 || (disk.is_some() && mixed * 2 < options.kills) {
        return Err("too little was tested: too few writes were answered, or refused".into());
    }
    Ok(())
}

struct Run<'r> {
    random: Random,
    tally: Tally,
    /// How many kills came after writes that were answered and writes that were refused.
    mixed: usize,
    slowest: Duration,
    disk: Option<&'r Disk>,
    options: &'r Options,
}

impl Run<'_> {
    /// Kills gateways with a store of their own in this folder, and checks everything at the end.
    async fn kill_in(
        &mut self,
        folder: &Path,
        rounds: Range<usize>,
    ) -> Result<(), Box<dyn StdError>> {
        let mut models: Vec<Model> = (0..WORKERS).map(Model::new).collect();
        let last = rounds.end;
        for round in rounds {
            let (mut gateway, client) = self.start(folder)?;
            for model in &mut models {
                model.check(&client, &mut self.tally, round).await?;
            }
            let mut workers = JoinSet::new();
            for mut model in models.drain(..) {
                let seed = self.options.seed ^ (round * WORKERS + model.worker()) as u64;
                let client = client.clone();
                workers.spawn(async move {
                    let tally = model.write(&client, Random::new(seed * 2 + 1), round).await?;
                    Ok::<_, String>((model, tally))
                });
            }
            match self.disk {
                None => pause(&mut self.random, 280).await,
                Some(disk) => fill_and_empty(disk, &mut self.random).await?,
            }
            gateway.kill()?;
            let mut of_round = Tally::default();
            while let Some(worker) = workers.join_next().await {
                let (model, of_worker) = worker??;
                models.push(model);
                of_round.add(&of_worker);
            }
            self.tally.add(&of_round);
            self.mixed += usize::from(of_round.answered > 0 && of_round.refused > 0);
            if let Some(disk) = self.disk {
                disk.empty()?;
                disk.grow(folder)?;
            }
            if (round + 1) % self.options.kills.div_ceil(10) == 0 {
                self.print(round + 1);
            }
        }
        let (mut gateway, client) = self.start(folder)?;
        for model in &mut models {
            model.check_all(&client, &mut self.tally).await?;
        }
        gateway.kill()?;
        if last == self.options.kills {
            self.print(last);
        }
        Ok(())
    }

    fn start(&mut self, folder: &Path) -> Result<(Gateway, KmsClient), Box<dyn StdError>> {
        let begun = Instant::now();
        let gateway = Gateway::start(folder)?;
        self.slowest = self.slowest.max(begun.elapsed());
        let client = gateway.client()?;
        Ok((gateway, client))
    }

    fn print(&self, kills: usize) {
        let mixed = match self.disk {
            Some(_) => format!("; {} kills after writes of both kinds", self.mixed),
            None => String::new(),
        };
        println!("{kills} kills: {}{mixed}", self.tally);
    }
}

/// Lets them write, fills the disk, lets them try, makes room, and mostly once more.
async fn fill_and_empty(disk: &Disk, random: &mut Random) -> Result<(), Box<dyn StdError>> {
    for _ in 0..=random.below(3) {
        pause(random, 80).await;
        disk.fill(random.below(96) << 10)?;
        pause(random, 120).await;
        // Some are killed while it is full.
        if random.below(4) == 0 {
            break;
        }
        disk.empty()?;
    }
    pause(random, 40).await;
    Ok(())
}

/// 20 milliseconds and up to so many more.
async fn pause(random: &mut Random, more: usize) {
    tokio::time::sleep(Duration::from_millis(20 + random.below(more) as u64)).await;
}
