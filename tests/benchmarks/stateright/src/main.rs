//! Two-phase commit for Stateright: the states and transitions of Lamport's TwoPhase.tla.
//!
//!     cargo run --release -- RMS THREADS
//!
//! Prints distinct and generated states and seconds of a search without symmetry; depth first, which took
//! two thirds of the time of breadth first. A state is a small value without pointers, so that copying and
//! hashing it cost as little as they can. Stateright keeps a 64-bit hash of each state, not the state.

use stateright::{Checker, HasDiscoveries, Model, Property};
use std::time::Instant;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Phase {
    Working,
    Prepared,
    Committed,
    Aborted,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Decision {
    Undecided,
    Commit,
    Abort,
}

/// The decision is sent when it is made and no message is ever lost: it tells what was sent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct State<const RMS: usize> {
    phase: [Phase; RMS],
    decision: Decision,
    heard: [bool; RMS],
    promised: [bool; RMS],
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    TmCommits,
    TmAborts,
    TmReceivesPrepared(usize),
    RmPrepares(usize),
    RmChoosesToAbort(usize),
    RmLearnsCommit(usize),
    RmLearnsAbort(usize),
}

struct TwoPhase<const RMS: usize>;

impl<const RMS: usize> Model for TwoPhase<RMS> {
    type State = State<RMS>;
    type Action = Step;

    fn init_states(&self) -> Vec<Self::State> {
        vec![State {
            phase: [Phase::Working; RMS],
            decision: Decision::Undecided,
            heard: [false; RMS],
            promised: [false; RMS],
        }]
    }

    fn actions(&self, state: &Self::State, steps: &mut Vec<Step>) {
        if state.decision == Decision::Undecided {
            steps.push(Step::TmAborts);
            if state.heard.iter().all(|&heard| heard) {
                steps.push(Step::TmCommits);
            }
        }
        for rm in 0..RMS {
            if state.phase[rm] == Phase::Working {
                steps.push(Step::RmPrepares(rm));
                steps.push(Step::RmChoosesToAbort(rm));
            }
            match state.decision {
                Decision::Undecided if state.promised[rm] => {
                    steps.push(Step::TmReceivesPrepared(rm))
                }
                Decision::Undecided => {}
                Decision::Commit => steps.push(Step::RmLearnsCommit(rm)),
                Decision::Abort => steps.push(Step::RmLearnsAbort(rm)),
            }
        }
    }

    fn next_state(&self, last: &Self::State, step: Step) -> Option<Self::State> {
        let mut next = *last;
        match step {
            Step::TmCommits => next.decision = Decision::Commit,
            Step::TmAborts => next.decision = Decision::Abort,
            Step::TmReceivesPrepared(rm) => next.heard[rm] = true,
            Step::RmPrepares(rm) => {
                next.phase[rm] = Phase::Prepared;
                next.promised[rm] = true;
            }
            Step::RmLearnsCommit(rm) => next.phase[rm] = Phase::Committed,
            Step::RmChoosesToAbort(rm) | Step::RmLearnsAbort(rm) => next.phase[rm] = Phase::Aborted,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always(
            "no disagreement",
            |_, state: &State<RMS>| {
                !(state.phase.contains(&Phase::Committed) && state.phase.contains(&Phase::Aborted))
            },
        )]
    }
}

fn explore<const RMS: usize>(threads: usize) {
    let began = Instant::now();
    let checker = TwoPhase::<RMS>
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::All)
        .spawn_dfs()
        .join();
    let seconds = began.elapsed().as_secs_f64();
    checker.assert_properties();
    println!(
        "distinct={} generated={} seconds={seconds:.6}",
        checker.unique_state_count(),
        checker.state_count(),
    );
}

fn main() {
    let given: Vec<usize> = std::env::args()
        .skip(1)
        .map_while(|text| text.parse().ok())
        .collect();
    match given[..] {
        [3, threads] => explore::<3>(threads),
        [4, threads] => explore::<4>(threads),
        [5, threads] => explore::<5>(threads),
        [6, threads] => explore::<6>(threads),
        [7, threads] => explore::<7>(threads),
        [8, threads] => explore::<8>(threads),
        [9, threads] => explore::<9>(threads),
        [10, threads] => explore::<10>(threads),
        _ => {
            eprintln!("usage: two-phase RMS THREADS, with RMS from 3 to 10");
            std::process::exit(2);
        }
    }
}
