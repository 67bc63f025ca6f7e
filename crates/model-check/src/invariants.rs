//! The invariants: of every state, of every step, and of the end.

use crate::backend::{Attempt, Status, Transaction};
use crate::machine_table::MachineTable;
use crate::world::{Limits, Tab, TokenRequest, World};

/// The invariant that this state violates.
pub fn violated_by_state(world: &World, table: &MachineTable, limits: &Limits) -> Option<String> {
    let payable: Vec<usize> = (0..world.attempts.len())
        .filter(|at| world.attempts[*at].is_some_and(|attempt| attempt.is_payable(limits)))
        .collect();
    if payable.len() > 1 {
        return Some(format!("two payable tokens: {payable:?}"));
    }
    for (at, order) in world.orders.iter().enumerate() {
        let Some(order) = order else { continue };
        let attempts = world.attempts.iter().flatten().filter(|attempt| usize::from(attempt.order) == at);
        let paid = attempts.filter(|attempt| attempt.received_money()).count();
        if paid > 1 && order.status != Status::Review {
            return Some(format!("order {at} was paid twice and is not under review"));
        }
        let payer = order.payer.and_then(|(attempt, _)| world.attempts[usize::from(attempt)]);
        if order.status == Status::Paid && !payer.is_some_and(|attempt| attempt.received_money()) {
            return Some(format!("order {at} is paid without money"));
        }
        if order.status == Status::Refunded && payer.is_none_or(|attempt| attempt.transaction != Transaction::Refunded)
        {
            return Some(format!("order {at} is refunded, and no money went back"));
        }
        if order.payer.is_some() && order.status.is_payable() {
            return Some(format!("order {at} has a payer and is payable"));
        }
    }
    (0..limits.tabs).find_map(|at| violated_by_tab(world, at, table))
}

fn violated_by_tab(world: &World, at: usize, table: &MachineTable) -> Option<String> {
    let tab = &world.tabs[at];
    let view = table.view(tab.machine);
    if tab.hosted_page.is_some() {
        return None;
    }
    if view.is_settled {
        return tab.popup.map(|_| format!("tab {at}: a popup over a finished checkout"));
    }
    if view.actions.is_empty() && !view.is_busy {
        return Some(format!("tab {at}: no action for the customer"));
    }
    if view.waits && tab.owed == 0 && tab.request == TokenRequest::None && !view.has_popup {
        return Some(format!("tab {at}: waits for nothing"));
    }
    if view.is_busy && tab.owed == 0 && tab.request == TokenRequest::None {
        return Some(format!("tab {at}: is busy with nothing"));
    }
    if tab.popup.is_some() && !view.has_popup {
        return Some(format!("tab {at}: a popup that the machine does not know"));
    }
    None
}

/// The invariant that the step between two states violates.
pub fn violated_by_step(before: &World, after: &World, table: &MachineTable, limits: &Limits) -> Option<String> {
    for at in 0..before.orders.len() {
        match (&before.orders[at], &after.orders[at]) {
            // Only a second payment or a refund ends "paid".
            (Some(was), Some(is))
                if was.status == Status::Paid
                    && !matches!(is.status, Status::Paid | Status::Review | Status::Refunded) =>
            {
                return Some(format!("order {at} was paid and is {:?}", is.status));
            }
            (None, Some(_)) => {
                if let Some(other) = before.orders.iter().flatten().find(|order| order.status.is_payable()) {
                    return Some(format!("a second order while the first is {:?}", other.status));
                }
            }
            _ => {}
        }
    }
    for at in 0..limits.tabs {
        let (was, is) = (table.view(before.tabs[at].machine), table.view(after.tabs[at].machine));
        if is.is_paid && !was.is_paid {
            let order = was.token.and_then(|token| before.order_of(token));
            if order.is_none_or(|order| order.status != Status::Paid) {
                return Some(format!("tab {at} shows paid, and the backend does not"));
            }
        }
    }
    None
}

/// Whether every tab is finished or offers the customer an action.
pub fn is_at_rest(world: &World, table: &MachineTable, limits: &Limits) -> bool {
    world.tabs[..limits.tabs].iter().all(|tab| {
        let view = table.view(tab.machine);
        tab.hosted_page.is_some() || view.is_settled || (!view.is_busy && !view.actions.is_empty())
    })
}

/// Whether every tab shows the backend's final status; or nothing that a tab knows is left to pay, and the limits allow
/// no other attempt.
pub fn is_finished(world: &World, table: &MachineTable, limits: &Limits) -> bool {
    let tabs = &world.tabs[..limits.tabs];
    let settled = tabs.iter().all(|tab| table.view(tab.machine).is_settled);
    let orders = world.orders.iter().flatten().count();
    let full = orders == usize::from(limits.orders) || world.attempt_count() == limits.attempts;
    let is_known = |at: usize, attempt: Attempt| {
        let number = u8::try_from(at).expect("few attempts");
        let nonce = world.orders[usize::from(attempt.order)].map(|order| order.key / 8);
        let of_tab = |tab: &Tab| {
            let held = [tab.popup, tab.hosted_page, table.view(tab.machine).token].contains(&Some(number));
            held || (nonce.is_some() && tab.nonce == nonce) || tab.request == TokenRequest::Answered(number)
        };
        tabs.iter().any(of_tab)
            || world.storage.checkout.is_some_and(|(token, _)| token == number)
            || (nonce.is_some() && world.storage.nonce == nonce)
    };
    let left = world
        .attempts
        .iter()
        .enumerate()
        .any(|(at, attempt)| attempt.is_some_and(|attempt| attempt.is_payable(limits) && is_known(at, attempt)));
    settled || (full && !left)
}
