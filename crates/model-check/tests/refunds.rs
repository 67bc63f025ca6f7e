//! Explores two operators who refund one payment, with lost responses, crashes and repeated commands.
//!
//! The decisions are the real ones of `orders::refund_idempotency`. The gateway refunds once for each key.

use std::io::Write as _;

use model_check::small_model::{NextStates, explore_states};
use orders::refund_idempotency::{
    Refund, RefundInput, RefundOutcome, RefundPlan, decide_refund, find_repeated, lost_results, outcome_of_rejection,
};
use wire::Rupiah;

const PAID: i64 = 1000;

/// What the operators type: the amount, none for the rest, and the key if they give one.
const COMMANDS: [(Option<i64>, Option<&str>); 3] = [(Some(400), None), (None, None), (Some(400), Some("second"))];

/// A command that runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Running {
    /// It fetched the refundable amount and the keys that the gateway lists.
    Fetched { refundable: i64, listed: Vec<String> },
    /// Its refund is stored, and the request is under way.
    Sending { key: String, amount: i64, is_retry: bool },
    /// The gateway accepted or rejected the request.
    Answered { key: String, is_retry: bool, accepted: bool },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// The stored refunds: key, command, amount, outcome.
    stored: Vec<(String, usize, i64, Option<bool>)>,
    /// The gateway's refunds: key, command, amount.
    refunded: Vec<(String, usize, i64)>,
    /// The commands of two operators.
    running: [Option<(usize, Running)>; 2],
    /// The commands that may still be started.
    starts: u8,
}

fn stored_refunds(state: &State) -> Vec<Refund> {
    let refund = |(key, command, amount, outcome): &(String, usize, i64, Option<bool>)| Refund {
        key: key.clone(),
        requested_amount: COMMANDS[*command].0.map(Rupiah),
        amount: Rupiah(*amount),
        reason: "reason".into(),
        requested_at: 0,
        outcome: outcome.map(|done| if done { RefundOutcome::Succeeded } else { RefundOutcome::Rejected }),
    };
    state.stored.iter().map(refund).collect()
}

fn input(command: usize, refundable: i64) -> RefundInput<'static> {
    let (amount, key) = COMMANDS[command];
    let refundable = Rupiah(refundable);
    RefundInput { attempt_id: "a", amount: amount.map(Rupiah), reason: "reason", key, refundable, at: 0 }
}

fn finish(state: &mut State, key: &str, outcome: Option<RefundOutcome>) {
    if let (Some(outcome), Some(row)) = (outcome, state.stored.iter_mut().find(|row| row.0 == key)) {
        row.3 = Some(outcome == RefundOutcome::Succeeded);
    }
}

fn left(state: &State) -> i64 {
    PAID - state.refunded.iter().map(|(.., amount)| amount).sum::<i64>()
}

fn steps(state: &State) -> NextStates<State> {
    let mut next = vec![];
    for slot in 0..2 {
        match &state.running[slot] {
            None if state.starts > 0 => {
                for command in 0..COMMANDS.len() {
                    let listed = state.refunded.iter().map(|(key, ..)| key.clone()).collect();
                    let mut after = state.clone();
                    after.starts -= 1;
                    after.running[slot] = Some((command, Running::Fetched { refundable: left(state), listed }));
                    next.push((format!("operator {slot} starts command {command}"), after));
                }
            }
            None => {}
            Some((command, running)) => {
                next.extend(advance(state, slot, *command, running));
                let mut after = state.clone();
                after.running[slot] = None;
                next.push((format!("the command of operator {slot} ends early"), after));
            }
        }
    }
    next
}

fn advance(state: &State, slot: usize, command: usize, running: &Running) -> NextStates<State> {
    let mut after = state.clone();
    match running {
        Running::Fetched { refundable, listed } => {
            let input = input(command, *refundable);
            let recovered = lost_results(&stored_refunds(state), |key| listed.iter().any(|known| known == key));
            for refund in &recovered {
                finish(&mut after, &refund.key, Some(RefundOutcome::Succeeded));
            }
            after.running[slot] = None;
            if find_repeated(&recovered, &input).is_none()
                && let Ok(plan) = decide_refund(&stored_refunds(&after), &input)
            {
                let is_retry = matches!(plan, RefundPlan::Retry(_));
                let (key, amount) = (plan.refund().key.clone(), plan.refund().amount.0);
                match after.stored.iter_mut().find(|row| row.0 == key) {
                    Some(row) => row.3 = None,
                    None => after.stored.push((key.clone(), command, amount, None)),
                }
                after.running[slot] = Some((command, Running::Sending { key, amount, is_retry }));
            }
            vec![(format!("operator {slot} stores the refund of command {command}"), after)]
        }
        Running::Sending { key, amount, is_retry } => {
            let accepted = state.refunded.iter().all(|(known, ..)| known != key) && *amount <= left(state);
            if accepted {
                // A command without a key may repeat a refund of the same amount whose result is unknown.
                let owner = state.stored.iter().find(|row| row.0 == *key).map_or(command, |row| row.1);
                after.refunded.push((key.clone(), owner, *amount));
            }
            let mut lost = after.clone();
            lost.running[slot] = None;
            after.running[slot] =
                Some((command, Running::Answered { key: key.clone(), is_retry: *is_retry, accepted }));
            let name = if accepted { "refunds" } else { "rejects" };
            vec![
                (format!("the gateway {name} for operator {slot}"), after),
                (format!("the gateway {name} for operator {slot}, and the response is lost"), lost),
            ]
        }
        Running::Answered { key, is_retry, accepted } => {
            let is_listed = state.refunded.iter().any(|(known, ..)| known == key);
            let outcome = if *accepted || is_listed {
                Some(RefundOutcome::Succeeded)
            } else {
                outcome_of_rejection(*is_retry, false)
            };
            finish(&mut after, key, outcome);
            after.running[slot] = None;
            vec![(format!("operator {slot} records the result"), after)]
        }
    }
}

/// Each command refunds once, however often the operators repeat it.
fn violated(state: &State) -> Option<String> {
    if left(state) < 0 {
        return Some("the gateway refunded more than the payment".into());
    }
    let twice =
        (0..COMMANDS.len()).find(|command| state.refunded.iter().filter(|(_, owner, _)| owner == command).count() > 1);
    if let Some(command) = twice {
        return Some(format!("command {command} refunded twice"));
    }
    let wrong = state.stored.iter().find(|(key, _, _, outcome)| {
        let listed = state.refunded.iter().any(|(known, ..)| known == key);
        *outcome == Some(true) && !listed || *outcome == Some(false) && listed
    });
    wrong.map(|(key, ..)| format!("the stored result of {key} is wrong"))
}

#[test]
fn a_repeated_refund_command_never_refunds_twice() {
    let initial = State { stored: vec![], refunded: vec![], running: [None, None], starts: 4 };
    let idle = |state: &State| state.running.iter().all(Option::is_none) && state.starts == 0;
    let states = explore_states(initial, steps, violated, idle);
    let _ = writeln!(std::io::stderr(), "model, refunds: {states} states");
    assert!(states > 1_000, "{states} states");
}
