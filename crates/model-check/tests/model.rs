//! Explores two tabs, the backend and the gateway. Each test prints its figures.

use std::io::Write as _;

use model_check::{Limits, explore};

/// More states than these limits allow.
const ALL: usize = 10_000_000;

/// One order in one tab, with a second payment attempt. Each test names its differences.
const ONE_TAB: Limits = Limits {
    tabs: 1,
    declines: 1,
    orders: 1,
    attempts: 2,
    token_expiry: false,
    hosted_page: true,
    late_requests: false,
    refunds: false,
    max_states: ALL,
};

#[track_caller]
fn explored(name: &str, limits: Limits, min_states: usize) {
    let explored = explore(limits);
    // Written directly, because the test runner hides the output of passing tests.
    let _ = writeln!(
        std::io::stderr(),
        "model, {name}: {}{} states, {} transitions, depth {}; the page's machine has {} states, {} transitions; {} steps beyond the limits",
        if explored.is_complete { "all " } else { "the nearest " },
        explored.states,
        explored.transitions,
        explored.depth,
        explored.machine.0,
        explored.machine.1,
        explored.cut
    );
    assert!(explored.is_complete || limits.max_states != ALL, "{explored:?}");
    assert!(explored.states >= min_states, "the exploration is too small: {explored:?}");
}

#[test]
fn one_tab_with_expiring_tokens_and_two_declines() {
    explored("one tab, expiring tokens", Limits { declines: 2, token_expiry: true, ..ONE_TAB }, 1_000);
}

#[test]
fn one_tab_with_two_declines() {
    explored("one tab, two declines", Limits { declines: 2, ..ONE_TAB }, 1_000);
}

/// An order that expired, and the next order for the same cart.
#[test]
fn one_tab_with_two_orders() {
    explored("one tab, two orders", Limits { orders: 2, ..ONE_TAB }, 1_000);
}

/// Requests that reach the backend after the page gave them up: the same key is the same order.
#[test]
fn one_tab_with_late_requests() {
    explored("one tab, late requests", Limits { orders: 2, late_requests: true, ..ONE_TAB }, 1_000);
}

/// Refunds before and after the page learns of the payment.
#[test]
fn one_tab_with_refunds() {
    explored("one tab, refunds", Limits { token_expiry: true, refunds: true, ..ONE_TAB }, 1_000);
}

#[test]
fn two_tabs_with_one_attempt() {
    explored("two tabs, one attempt", Limits { tabs: 2, attempts: 1, ..ONE_TAB }, 1_000);
}

/// A declined card in one tab: its attempt is replaced while the other tab still shows it.
#[test]
fn two_tabs_with_two_attempts() {
    explored("two tabs, two attempts", Limits { tabs: 2, hosted_page: false, ..ONE_TAB }, 1_000);
}

/// An order that expired in both tabs, and the next one. The limits allow many millions of states; the test explores the
/// nearest. Some of them can only finish with a third order, because a payment that Snap reported is never requested
/// again.
#[test]
fn two_tabs_with_two_orders() {
    let limits = Limits { tabs: 2, orders: 2, hosted_page: false, max_states: 400_000, ..ONE_TAB };
    explored("two tabs, two orders", limits, 1_000);
}
