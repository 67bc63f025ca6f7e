//! What must hold in every state, and at every step between two.

use super::shop::{Page, Standing, Try};
use super::tab::Table;
use super::world::{Limits, Request, Tab, World};

/// What does not hold in this state.
pub fn broken(world: &World, table: &Table, limits: &Limits) -> Option<String> {
    let payable: Vec<usize> =
        (0..world.pages.len()).filter(|at| world.pages[*at].is_some_and(|page| page.is_payable(limits))).collect();
    if payable.len() > 1 {
        return Some(format!("two payable tokens: {payable:?}"));
    }
    for (at, order) in world.orders.iter().enumerate() {
        let Some(order) = order else { continue };
        let pages = world.pages.iter().flatten().filter(|page| usize::from(page.order) == at);
        let settled = pages.filter(|page| page.brought_money()).count();
        if settled > 1 && order.standing != Standing::Review {
            return Some(format!("order {at} was paid twice, and nobody is told"));
        }
        let came = order.payer.and_then(|(page, _)| world.pages[usize::from(page)]);
        if order.standing == Standing::Paid && !came.is_some_and(|page| page.brought_money()) {
            return Some(format!("order {at} is paid, and no money came"));
        }
        if order.standing == Standing::Refunded && came.is_none_or(|page| page.state != Try::Refunded) {
            return Some(format!("order {at} is refunded, and no money went back"));
        }
        if order.payer.is_some() && order.standing.is_payable() {
            return Some(format!("order {at} took money and is offered again"));
        }
    }
    (0..limits.tabs).find_map(|at| broken_tab(world, at, table))
}

fn broken_tab(world: &World, at: usize, table: &Table) -> Option<String> {
    let tab = &world.tabs[at];
    let seen = table.seen(tab.flow);
    if tab.away.is_some() {
        return None;
    }
    if seen.settled {
        return tab.popup.map(|_| format!("tab {at}: a popup over an ended checkout"));
    }
    if seen.ways.is_empty() && !seen.busy {
        return Some(format!("tab {at}: no way on"));
    }
    if seen.waits && tab.owes == 0 && tab.request == Request::None && !seen.popup_known {
        return Some(format!("tab {at}: waits for nothing"));
    }
    if seen.busy && tab.owes == 0 && tab.request == Request::None {
        return Some(format!("tab {at}: is busy with nothing"));
    }
    if tab.popup.is_some() && !seen.popup_known {
        return Some(format!("tab {at}: a popup that nobody knows of"));
    }
    None
}

/// What this step must not do.
pub fn forbidden(before: &World, after: &World, table: &Table, limits: &Limits) -> Option<String> {
    for at in 0..before.orders.len() {
        match (&before.orders[at], &after.orders[at]) {
            // Money came twice, or the shop gave it back: nothing else ends "paid".
            (Some(was), Some(is))
                if was.standing == Standing::Paid
                    && !matches!(is.standing, Standing::Paid | Standing::Review | Standing::Refunded) =>
            {
                return Some(format!("order {at} was paid and is {:?}", is.standing));
            }
            (None, Some(_)) => {
                let other = before.orders.iter().flatten().find(|order| order.standing.is_payable());
                if let Some(other) = other {
                    return Some(format!("a second order, while the first is {:?}", other.standing));
                }
            }
            _ => {}
        }
    }
    for at in 0..limits.tabs {
        let (was, is) = (table.seen(before.tabs[at].flow), table.seen(after.tabs[at].flow));
        if is.paid && !was.paid {
            let order = was.token.and_then(|token| before.order_of(token));
            if order.is_none_or(|order| order.standing != Standing::Paid) {
                return Some(format!("tab {at} says paid, and the shop did not"));
            }
        }
    }
    None
}

/// Whether every tab has ended, or offers the customer something to do.
pub fn at_rest(world: &World, table: &Table, limits: &Limits) -> bool {
    world.tabs[..limits.tabs].iter().all(|tab| {
        let seen = table.seen(tab.flow);
        tab.away.is_some() || seen.settled || (!seen.busy && !seen.ways.is_empty())
    })
}

/// Whether every tab has ended by the shop's word; or nothing that anybody knows of is left to pay, and there is no room
/// within the limits for another page.
pub fn ended(world: &World, table: &Table, limits: &Limits) -> bool {
    let tabs = &world.tabs[..limits.tabs];
    let settled = tabs.iter().all(|tab| table.seen(tab.flow).settled);
    let orders = world.orders.iter().flatten().count();
    let full = orders == usize::from(limits.orders) || world.pages_made() == limits.pages;
    let known = |at: usize, page: Page| {
        let number = u8::try_from(at).expect("few");
        let nonce = world.orders[usize::from(page.order)].map(|order| order.key / 8);
        let of_tab = |tab: &Tab| {
            let held = [tab.popup, tab.away, table.seen(tab.flow).token].contains(&Some(number));
            held || (nonce.is_some() && tab.nonce == nonce) || matches!(tab.request, Request::Token(it) if it == number)
        };
        tabs.iter().any(of_tab)
            || world.storage.checkout.is_some_and(|(token, _)| token == number)
            || (nonce.is_some() && world.storage.nonce == nonce)
    };
    let left = world
        .pages
        .iter()
        .enumerate()
        .any(|(at, page)| page.is_some_and(|page| page.is_payable(limits) && known(at, page)));
    settled || (full && !left)
}
