//! What is measured: a call of one kind, by the floor and by ours in turn.

use tokio::runtime::Runtime;

use crate::cost::{Cost, allocations, measure, median};
use crate::floor::Floor;
use crate::gateway::{Asked, Listening};
use crate::load::{Encrypt, Plaintexts, run};
use crate::ours::Ours;

/// What is between the call and the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing: the call is answered where it would be sent.
    NoSocket,
    /// A socket.
    Http,
    /// A socket and TLS.
    Https,
}

impl Way {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoSocket => "no socket",
            Self::Http => "http",
            Self::Https => "TLS",
        }
    }
}

/// A kind of call.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Who is asked.
    pub asked: Asked,
    /// How.
    pub way: Way,
    /// The plaintext's bytes.
    pub size: usize,
    /// How many calls are in flight.
    pub in_flight: usize,
}

/// How long is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Rounds of the floor and of ours, in turn.
    pub rounds: usize,
    /// The CPU that a round should take, about, in microseconds.
    pub round: f64,
}

/// What a case costs: medians of all rounds.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// The case.
    pub case: Case,
    /// The floor.
    pub floor: Side,
    /// Ours.
    pub ours: Side,
    /// Ours by the floor, CPU: the median of the rounds' own ratios, so that a machine whose speed
    /// drifts does not matter.
    pub ratio: f64,
}

/// What one side costs.
#[derive(Debug, Clone, Copy)]
pub struct Side {
    /// Time.
    pub cost: Cost,
    /// Allocations.
    pub allocations: f64,
}

impl Case {
    /// Measures both sides.
    pub fn measure(self, runtime: &Runtime, effort: Effort) -> Outcome {
        let Self { asked, way, size, .. } = self;
        let gateway = || Listening::start(asked, size);
        match way {
            Way::NoSocket => self.compare(
                runtime,
                effort,
                &Floor::nowhere(asked, size),
                &Ours::nowhere(asked, size),
            ),
            Way::Http => {
                let gateway = gateway();
                let (floor, ours) = (Floor::http(asked, &gateway), Ours::http(asked, &gateway));
                self.compare(runtime, effort, &floor, &ours)
            }
            Way::Https => {
                let gateway = gateway();
                let (floor, ours) = (Floor::https(asked, &gateway), Ours::https(asked, &gateway));
                self.compare(runtime, effort, &floor, &ours)
            }
        }
    }

    fn compare(
        self,
        runtime: &Runtime,
        effort: Effort,
        floor: &impl Encrypt,
        ours: &impl Encrypt,
    ) -> Outcome {
        // Connections are made here, and all that is made once.
        self.cost(runtime, floor, 2 * self.in_flight);
        self.cost(runtime, ours, 2 * self.in_flight);
        let warm = self.cost(runtime, floor, 2 * self.in_flight);
        // By the wall: of a few calls the CPU is not counted finely enough.
        let calls = ((effort.round / warm.wall.max(1.0)) as usize).max(self.in_flight);
        // A round of thousands is long, and its own mean.
        let rounds = if self.in_flight < 1_000 { effort.rounds } else { effort.rounds.min(3) };
        let rounds: Vec<(Cost, Cost)> = (0..rounds)
            .map(|_| (self.cost(runtime, floor, calls), self.cost(runtime, ours, calls)))
            .collect();
        let of = |of: fn(&(Cost, Cost)) -> f64| median(rounds.iter().map(of).collect());
        let counted = 100.max(self.in_flight);
        Outcome {
            case: self,
            floor: Side {
                cost: Cost { cpu: of(|it| it.0.cpu), wall: of(|it| it.0.wall) },
                allocations: allocations(counted, || self.call(runtime, floor, counted)),
            },
            ours: Side {
                cost: Cost { cpu: of(|it| it.1.cpu), wall: of(|it| it.1.wall) },
                allocations: allocations(counted, || self.call(runtime, ours, counted)),
            },
            ratio: of(|it| it.1.cpu / it.0.cpu),
        }
    }

    fn cost(self, runtime: &Runtime, side: &impl Encrypt, calls: usize) -> Cost {
        measure(calls, || self.call(runtime, side, calls))
    }

    fn call(self, runtime: &Runtime, side: &impl Encrypt, calls: usize) {
        runtime.block_on(run(side, calls, self.in_flight, self.size, Plaintexts::Various));
    }
}
