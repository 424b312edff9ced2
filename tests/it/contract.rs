//! `tower`'s contract, held by every layer and by the client.
//!
//! A layer stands around a [probe](probe::Probe) that notes calls before it was ready, calls after
//! its readiness failed, and lost backpressure, while a lawful [caller](caller) makes calls at random,
//! clones services, drops them, and drops calls between any two polls. Seeds are fixed; a failure
//! names its own.

pub(crate) mod broken;
mod cache;
pub(crate) mod caller;
mod complete;
pub(crate) mod probe;
pub(crate) mod subjects;

use tokio::runtime::Handle;

use self::broken::BROKEN;
use self::caller::{call_at_random, call_for, never_ready};
use self::probe::{Probe, Step, hesitant};
use self::subjects::{Readiness, SUBJECTS};

const SEEDS: u64 = 200;

#[tokio::test(start_paused = true)]
async fn every_layer_keeps_the_contract_of_tower() {
    for subject in SUBJECTS {
        for seed in 0..SEEDS {
            if let Err(violation) = call_at_random(subject, seed).await {
                panic!("{subject:?}, seed {seed}: {violation}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn layers_that_break_the_contract_are_found_out() {
    for subject in BROKEN {
        let mut found = 0;
        for seed in 0..SEEDS {
            found += u64::from(call_at_random(subject, seed).await.is_err());
        }
        assert!(found > SEEDS / 4, "what {} was found by {found} of {SEEDS} seeds", subject.name);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_always_ready_waits_in_its_calls_and_the_others_are_not_ready() {
    for subject in SUBJECTS {
        let probe = never_ready();
        let control = probe.control();
        let mut service = (subject.around)(probe);
        let ready = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(tower::Service::poll_ready(&mut service, cx))
        });
        let is_immediate = matches!(subject.readiness, Readiness::Immediate(_));
        assert_eq!(ready.await.is_ready(), is_immediate, "{subject:?}");

        let answer = call_for(service.clone(), &control, 50).await;
        assert!(answer.expect("lawful").is_none(), "{subject:?} did not wait");
        assert_eq!(control.counts().calls, 0, "{subject:?}");

        control.set_script(|_| Step::Proceed);
        let answer = call_for(service, &control, 50).await.expect("lawful");
        assert!(answer.is_some_and(|answer| answer.is_ok()), "{subject:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_readiness_ends_the_call_and_reaches_the_caller() {
    for subject in SUBJECTS {
        let probe = Probe::new(|_| Step::Fail);
        let control = probe.control();
        let answer = call_for((subject.around)(probe), &control, 50).await.expect("lawful");
        let error = answer.expect("an answer").expect_err("out of order");
        let mut causes: Vec<String> = vec![error.to_string()];
        let mut cause = error.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        let cause = causes.iter().any(|text| text == "the probe is out of order");
        assert!(cause, "{subject:?}: {causes:?}");
        assert_eq!(control.counts().calls, 0, "{subject:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_after_any_poll_leaves_nothing_behind() {
    for subject in SUBJECTS {
        // At first the services below fail, so that what repeats does.
        for failures in 0..3_u32 {
            let mut polls = 0;
            loop {
                let probe = Probe::new(hesitant(move |answer| answer <= failures));
                let control = probe.control();
                let service = (subject.around)(probe);
                let answer = call_for(service.clone(), &control, polls).await.expect("lawful");
                let counts = control.counts();
                let left = (counts.reserved, counts.in_flight);
                assert_eq!(left, (0, 0), "{subject:?} after {polls} polls");
                let tasks = Handle::current().metrics().num_alive_tasks();
                assert_eq!(tasks, 0, "{subject:?} after {polls} polls");

                control.set_script(|_| Step::Proceed);
                let next = call_for(service, &control, 50).await.expect("lawful");
                assert!(matches!(next, Some(Ok(()))), "{subject:?} after {polls} polls: {next:?}");
                assert_eq!(control.counts().alive, 0);
                if answer.is_some() {
                    break;
                }
                polls += 1;
            }
            assert!(polls >= 3, "{subject:?} was over after {polls} polls");
        }
    }
}
