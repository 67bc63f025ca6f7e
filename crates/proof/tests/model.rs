//! Two tabs, the shop and the gateway, walked through to the end. The figures are always printed.

use std::io::Write as _;

use proof::model::{Limits, walk};

/// So many are never reached within these limits.
const ALL: usize = 10_000_000;

/// One order in one tab, and a second payment page for it. Each walk says what is otherwise.
const ONE_TAB: Limits = Limits {
    tabs: 1,
    refusals: 1,
    orders: 1,
    pages: 2,
    ages: false,
    roams: true,
    late: false,
    refunds: false,
    most: ALL,
};

#[track_caller]
fn walked(what: &str, limits: Limits, at_least: usize) {
    let walked = walk(limits);
    // Past the test runner, which keeps to itself what passing tests print.
    let _ = writeln!(
        std::io::stderr(),
        "model, {what}: {}{} states, {} transitions, {} steps deep; the page's machine in {} states, {} events heard; {} steps beyond the limits not followed",
        if walked.whole { "all " } else { "the nearest " },
        walked.states,
        walked.transitions,
        walked.depth,
        walked.flows.0,
        walked.flows.1,
        walked.cut
    );
    assert!(walked.whole || limits.most != ALL, "{walked:?}");
    assert!(walked.states >= at_least, "the walk is no walk any more: {walked:?}");
}

/// A page that takes no more tries, or that one refused card is left on when its token grows old; a new one.
#[test]
fn one_tab_and_days_that_pass() {
    walked("one tab, days that pass", Limits { refusals: 2, ages: true, ..ONE_TAB }, 1_000);
}

/// Cards refused once more than once.
#[test]
fn one_tab_and_refused_cards() {
    walked("one tab, refused cards", Limits { refusals: 2, ..ONE_TAB }, 1_000);
}

/// An order that expired, and the next one for the same cart.
#[test]
fn one_tab_two_orders() {
    walked("one tab, two orders", Limits { orders: 2, ..ONE_TAB }, 1_000);
}

/// Requests that come to the shop after the page gave them up or was reloaded: the key is the same, so is the order.
#[test]
fn one_tab_and_late_requests() {
    walked("one tab, late requests", Limits { orders: 2, late: true, ..ONE_TAB }, 1_000);
}

/// Money that goes back, before and after the page heard that it came.
#[test]
fn one_tab_and_refunds() {
    walked("one tab, refunds", Limits { ages: true, refunds: true, ..ONE_TAB }, 1_000);
}

#[test]
fn two_tabs_one_page() {
    walked("two tabs, one page", Limits { tabs: 2, pages: 1, ..ONE_TAB }, 1_000);
}

/// A refused card in one tab, its page replaced while the other tab still shows it.
#[test]
fn two_tabs_two_pages() {
    let limits = Limits { tabs: 2, roams: false, ..ONE_TAB };
    walked("two tabs, two pages", limits, 1_000);
}

/// An order that expired in both tabs, and the next one. There are many millions of states: the nearest of them. All of
/// them can only end with a third order, which is one too many here: a popup that lied is never asked for money again.
#[test]
fn two_tabs_two_orders() {
    let limits = Limits { tabs: 2, orders: 2, roams: false, most: 400_000, ..ONE_TAB };
    walked("two tabs, two orders", limits, 1_000);
}
