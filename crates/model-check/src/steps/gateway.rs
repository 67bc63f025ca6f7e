//! The customer on the payment page, the bank, and the gateway.

use super::Steps;
use crate::backend::{Attempt, Session, Transaction};
use crate::world::World;

impl Steps<'_> {
    pub(super) fn gateway(&mut self, world: &World, number: u8) {
        let at = usize::from(number);
        let Some(attempt) = world.attempts[at] else { return };
        let with = |attempt: Attempt| {
            let mut world = *world;
            world.attempts[at] = Some(attempt);
            world
        };
        let is_pending = attempt.transaction == Transaction::Pending;
        if !is_pending && attempt.is_payable(&self.limits) && world.is_shown(number, &self.limits) {
            let tried = Attempt { transaction: Transaction::Pending, tries: attempt.tries + 1, ..attempt };
            self.add("the customer tries to pay", at, false, with(tried));
        }
        if is_pending {
            for (name, transaction) in [
                ("the bank settles the payment", Transaction::Settled),
                ("the bank declines the payment", Transaction::Denied),
                ("the payment expires", Transaction::Expired),
            ] {
                let session = if transaction == Transaction::Expired { Session::Closed } else { attempt.session };
                self.add(name, at, false, with(Attempt { transaction, session, ..attempt }));
            }
        }
        if self.limits.refunds && attempt.transaction == Transaction::Settled {
            let refunded = Attempt { transaction: Transaction::Refunded, ..attempt };
            self.add("the shop refunds the payment", at, false, with(refunded));
        }
        let is_expired = world.order_of(number).is_some_and(|order| order.is_expired);
        if self.limits.token_expiry && is_expired && attempt.session == Session::Live {
            self.add("the token expires", at, false, with(Attempt { session: Session::Closed, ..attempt }));
        }
    }
}
