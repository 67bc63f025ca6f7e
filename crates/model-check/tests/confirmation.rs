//! Explores one payment attempt whose notifications arrive late, in any order, while the status API lags behind.
//!
//! A reversal by the bank is not part of the model: it may reach the backend before the payment that it reverses, and the
//! order is then denied instead of reversed. The decisions are the real ones of `orders::confirmation` and `orders::order_update`.

use std::io::Write as _;

use model_check::small_model::{NextStates, explore_states};
use orders::confirmation::{must_wait_to_fail, unconfirmed_reason};
use orders::order_update::{is_failed_final, order_update_from};
use orders::{OrderRecord, Payer, PaymentAttempt};
use wire::Rupiah;
use wire::merchant::{Customer, OrderStatus};
use wire::midtrans::{Notification, StatusResponse, TransactionReport};

/// A report of the gateway: the transaction's number and its status.
type Fact = (u8, &'static str);

/// The reports that may follow these.
fn followers(facts: &[Fact]) -> Vec<Fact> {
    let Some(&(transaction, status)) = facts.last() else { return vec![(1, "pending")] };
    let same = |statuses: &[&'static str]| statuses.iter().map(|status| (transaction, *status)).collect::<Vec<_>>();
    match status {
        "pending" => same(&["settlement", "deny", "expire"]),
        "settlement" => same(&["refund"]),
        // The customer tries again on the same page, which is another transaction.
        "deny" if transaction == 1 => vec![(2, "pending"), (2, "settlement")],
        _ => vec![],
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// The reports of the gateway so far.
    facts: Vec<Fact>,
    /// How many of them the status API shows.
    shown: usize,
    /// For each report, its notification: none, pending or closed.
    notifications: Vec<Option<bool>>,
    status: &'static str,
    /// The transaction that paid.
    payer: Option<u8>,
    refunded: i64,
}

fn report((transaction, status): Fact) -> TransactionReport {
    let code = match status {
        "pending" => "201",
        "settlement" | "refund" => "200",
        _ => "202",
    };
    let report = serde_json::json!({
        "order_id": "a", "status_code": code, "gross_amount": "1000.00", "transaction_status": status,
        "transaction_id": format!("t{transaction}"), "payment_type": "gopay",
    });
    serde_json::from_value(report).expect("a report")
}

fn payer(state: &State) -> Option<Payer> {
    state.payer.map(|number| Payer { attempt_id: "a".into(), transaction_id: Some(format!("t{number}")) })
}

/// Applies a status response to the order.
fn apply(state: &mut State, fact: Fact) {
    let mut order = OrderRecord {
        order_id: "a".into(),
        status: OrderStatus::from(state.status),
        gross_amount: Rupiah(1000),
        items: vec![],
        customer: Customer::default(),
        payment: None,
        payer: payer(state),
        refunded_amount: Rupiah(state.refunded),
        version: 1,
        created_at: 0,
    };
    let update = order_update_from(&StatusResponse(report(fact)), &order, &PaymentAttempt::leased("a".into(), 1, 0));
    order.apply(&update);
    let status = OrderStatus::ALL.iter().find(|status| **status == order.status).expect("a known status");
    state.status = status.as_str().to_owned().leak();
    state.payer = state.payer.or_else(|| order.payer.is_some().then_some(fact.0));
    state.refunded = order.refunded_amount.0;
}

fn steps(state: &State) -> NextStates<State> {
    let mut next = vec![];
    for fact in followers(&state.facts) {
        let mut after = state.clone();
        after.facts.push(fact);
        after.notifications.push(None);
        next.push((format!("the gateway reports {fact:?}"), after));
    }
    if state.shown < state.facts.len() {
        let after = State { shown: state.shown + 1, ..state.clone() };
        next.push((format!("the status API shows {:?}", state.facts[state.shown]), after));
    }
    for at in 0..state.facts.len() {
        if state.notifications[at].is_none() {
            let mut after = state.clone();
            after.notifications[at] = Some(false);
            next.push((format!("the notification of {:?} arrives", state.facts[at]), after));
        }
    }
    if let Some(at) = state.shown.checked_sub(1) {
        next.push((format!("the backend polls and receives {:?}", state.facts[at]), polled(state, at)));
    }
    next
}

fn polled(state: &State, at: usize) -> State {
    let mut after = state.clone();
    let status = StatusResponse(report(state.facts[at]));
    let pending: Vec<(usize, Notification)> = (0..state.facts.len())
        .filter(|at| state.notifications[*at] == Some(false))
        .map(|at| (at, Notification(report(state.facts[at]))))
        .collect();
    let recent = pending.iter().map(|(_, notification)| (notification, 0));
    if must_wait_to_fail(&status, recent, payer(state).as_ref(), 0) {
        return after;
    }
    apply(&mut after, state.facts[at]);
    for (at, notification) in &pending {
        if unconfirmed_reason(notification, &status, payer(&after).as_ref()).is_none() {
            after.notifications[*at] = Some(true);
        }
    }
    after
}

/// A payment that the backend knows of is never taken for a failure by a status response that is older.
fn violated(state: &State) -> Option<String> {
    let has_failed = matches!(state.status, "denied" | "expired" | "cancelled");
    let is_paid = state.facts.last().is_some_and(|(_, status)| *status == "settlement");
    let newest = state.notifications.last().copied().flatten();
    if is_paid && newest == Some(true) && state.payer.is_none() {
        return Some("the notification of the payment is closed, and the order has no payer".into());
    }
    (has_failed && state.payer.is_some() && state.facts.iter().all(|(_, status)| *status != "deny"))
        .then(|| format!("the order has a payer and is {}", state.status))
}

/// Everything arrived, and the order has the status that the same reports give it in their order.
fn is_settled(state: &State) -> bool {
    let arrived = state.shown == state.facts.len() && state.notifications.iter().all(|closed| *closed == Some(true));
    let mut expected = State { status: "created", payer: None, refunded: 0, ..state.clone() };
    for fact in &state.facts {
        apply(&mut expected, *fact);
    }
    let is_final = followers(&state.facts).is_empty();
    arrived
        && is_final
        && (state.status, state.payer, state.refunded) == (expected.status, expected.payer, expected.refunded)
}

#[test]
fn late_notifications_and_a_lagging_status_api_end_in_the_right_status() {
    let initial = State { facts: vec![], shown: 0, notifications: vec![], status: "created", payer: None, refunded: 0 };
    let states = explore_states(initial, steps, violated, is_settled);
    let _ = writeln!(std::io::stderr(), "model, confirmation: {states} states");
    assert!(states > 500, "{states} states");
}

#[test]
fn a_failure_waits_while_a_payment_notification_is_pending() {
    // The status API still shows the declined first try; the notification of the second try claims a payment.
    let facts = vec![(1, "pending"), (1, "deny"), (2, "settlement")];
    let notifications = vec![Some(true), None, Some(false)];
    let state = State { facts, shown: 2, notifications, status: "pending", payer: None, refunded: 0 };
    let after = polled(&state, 1);
    assert_eq!((after.status, after.notifications[2]), ("pending", Some(false)));
    assert!(is_failed_final(&report((1, "deny"))));
}
