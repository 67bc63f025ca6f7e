//! The backend's own steps: the token acquisition, one step per message, and polling.

use orders::token_acquisition::{Next, StepResult, TokenAcquisition};

use super::Steps;
use crate::backend::{Acquisition, Attempt, Order, Report, Session, Transaction};
use crate::world::World;

impl Steps<'_> {
    pub(super) fn backend(&mut self, world: &World, at: usize) {
        let order = world.orders[at].expect("an order");
        if let Some(acquisition) = order.acquisition {
            self.acquire_token(world, at, acquisition);
            let dead = Order { acquisition: None, ..order };
            self.add("the backend stops acquiring the token", at, false, with(world, at, dead));
        }
        self.poll(world, at);
        if self.limits.token_expiry && order.has_token && !order.is_expired {
            self.add("a day passes", at, false, with(world, at, Order { is_expired: true, ..order }));
        }
    }

    /// Performs the current step of the acquisition. The rule decides about the next one.
    fn acquire_token(&mut self, world: &World, at: usize, acquisition: Acquisition) {
        let order = world.orders[at].expect("an order");
        let newest = usize::from(order.newest);
        let attempt = world.attempts[newest].expect("an order has an attempt");
        let mut changed = *world;
        match acquisition.step {
            TokenAcquisition::RequestToken => {
                let has_transaction = attempt.transaction != Transaction::None;
                if !has_transaction {
                    changed.attempts[newest] = Some(Attempt { session: Session::Live, ..attempt });
                }
                if !has_transaction || !order.is_expired {
                    self.advance(&changed, at, "the gateway creates the token", true, StepResult::TokenCreated, None);
                }
                if has_transaction {
                    let is_certain = order.is_expired;
                    let taken = StepResult::OrderIdTaken;
                    self.advance(world, at, "the gateway knows the order id", is_certain, taken, None);
                }
            }
            TokenAcquisition::SaveToken => {
                let saved = Order { has_token: true, is_expired: false, ..order };
                changed.orders[at] = Some(saved);
                self.advance(&changed, at, "the backend saves the token", true, StepResult::TokenSaved, None);
                let retried = Acquisition { step: TokenAcquisition::RequestToken, report: None };
                let retried = Order { acquisition: Some(retried), ..order };
                self.add("the gateway's answer is lost", at, false, with(world, at, retried));
            }
            TokenAcquisition::CheckStatus if attempt.transaction == Transaction::None => {
                let name = "the gateway does not know the attempt";
                self.advance(world, at, name, true, StepResult::StatusNotFound, None);
            }
            TokenAcquisition::CheckStatus => {
                let report = Report { attempt: order.newest, transaction: attempt.transaction, tries: attempt.tries };
                let name = "the gateway returns the attempt's status";
                self.advance(world, at, name, true, StepResult::StatusFetched, Some(report));
                // The gateway finds some methods by their transaction id only.
                let name = "the gateway does not find the attempt by its order id";
                self.advance(world, at, name, false, StepResult::StatusNotFound, None);
            }
            TokenAcquisition::ApplyStatus => {
                let report = acquisition.report.expect("a fetched status");
                let mut updated = order;
                self.rules.apply(&mut updated, report);
                changed.orders[at] = Some(updated);
                let result = StepResult::StatusApplied { order: updated.status.real(), has_token: order.has_token };
                self.advance(&changed, at, "the backend applies the status", true, result, Some(report));
            }
            TokenAcquisition::CancelToken => {
                use Transaction::{Pending, Refunded, Settled};
                if matches!(attempt.transaction, Pending | Settled | Refunded) {
                    let name = "the gateway does not cancel the token";
                    self.advance(world, at, name, true, StepResult::TokenInUse, acquisition.report);
                } else {
                    changed.attempts[newest] = Some(Attempt { session: Session::Closed, ..attempt });
                    let name = "the gateway cancels the token";
                    self.advance(&changed, at, name, true, StepResult::TokenCancelled, acquisition.report);
                }
            }
            TokenAcquisition::StartNextAttempt => self.start_next_attempt(world, at, acquisition),
        }
    }

    fn start_next_attempt(&mut self, world: &World, at: usize, acquisition: Acquisition) {
        let order = world.orders[at].expect("an order");
        let number = world.attempt_count();
        let has_room = number < self.limits.attempts;
        if !has_room {
            self.cut += 1;
        }
        if !order.status.is_payable() || !has_room {
            let name = "the backend starts no other attempt";
            return self.advance(world, at, name, true, StepResult::OrderClosed, acquisition.report);
        }
        let mut changed = *world;
        changed.orders[at] = Some(Order {
            newest: number,
            attempts: order.attempts + 1,
            has_token: false,
            is_expired: false,
            declines: 0,
            ..order
        });
        changed.attempts[usize::from(number)] = Some(Attempt::new(at));
        self.advance(&changed, at, "the backend starts the next attempt", true, StepResult::AttemptStarted, None);
    }

    /// Adds the step with the result, followed by the acquisition's real next step.
    fn advance(
        &mut self,
        world: &World,
        at: usize,
        name: &'static str,
        is_progress: bool,
        result: StepResult,
        report: Option<Report>,
    ) {
        let order = world.orders[at].expect("an order");
        let step = order.acquisition.expect("an acquisition").step;
        let acquisition = match step.next(result, order.seq()) {
            Next::Step(step) => Some(Acquisition { step, report }),
            Next::Done | Next::GiveUp(_) => None,
        };
        self.add(name, at, is_progress, with(world, at, Order { acquisition, ..order }));
    }

    fn poll(&mut self, world: &World, at: usize) {
        let order = world.orders[at].expect("an order");
        if let Some(report) = order.polled {
            let mut updated = Order { polled: None, ..order };
            self.rules.apply(&mut updated, report);
            self.add("the backend applies a polled status", at, true, with(world, at, updated));
            self.add("a polled status is lost", at, false, with(world, at, Order { polled: None, ..order }));
            return;
        }
        for number in 0..world.attempt_count() {
            let attempt = world.attempts[usize::from(number)].expect("an attempt");
            if usize::from(attempt.order) != at || attempt.transaction == Transaction::None {
                continue;
            }
            let report = Report { attempt: number, transaction: attempt.transaction, tries: attempt.tries };
            let mut updated = order;
            self.rules.apply(&mut updated, report);
            if updated == order && !order.status.is_payable() {
                // A finished order, and the status does not change it.
                continue;
            }
            let polled = Order { polled: Some(report), ..order };
            self.add("the backend polls the gateway", at, true, with(world, at, polled));
        }
    }
}

fn with(world: &World, at: usize, order: Order) -> World {
    let mut world = *world;
    world.orders[at] = Some(order);
    world
}
