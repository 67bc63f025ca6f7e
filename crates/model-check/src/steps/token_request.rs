//! A token request: under way, at the backend, and back at the page.

use flow::TokenFault;
use orders::token_acquisition::{SnapPage, TokenPlan};

use super::Steps;
use crate::backend::{Acquisition, Attempt, Order, Status, Transaction};
use crate::machine_table::TabEvent;
use crate::world::{TokenRequest, World};

impl Steps<'_> {
    pub(super) fn token_request(&mut self, world: &World, at: usize) {
        let mut received = *world;
        received.tabs[at].request = TokenRequest::None;
        let (name, event) = match world.tabs[at].request {
            TokenRequest::None => return,
            TokenRequest::Sent(key) => {
                if self.limits.late_requests && world.late.is_none() {
                    received.late = Some(key);
                    let late = self.apply(&received, at, TabEvent::TokenFailed(TokenFault::Network));
                    self.add("the token request is delayed", at, false, late);
                }
                return self.handle_token_request(world, Some(at), key);
            }
            TokenRequest::Answered(token) => ("the page receives the token", TabEvent::TokenReceived(token)),
            TokenRequest::KeyUsed => {
                ("the page learns that the key was used", TabEvent::TokenFailed(TokenFault::KeyUsed))
            }
            TokenRequest::AlreadyPaying => {
                ("the page learns that a payment is pending", TabEvent::TokenFailed(TokenFault::AlreadyPaying))
            }
            TokenRequest::Failed => {
                ("the page learns that there is no token", TabEvent::TokenFailed(TokenFault::Unavailable))
            }
        };
        let received = self.apply(&received, at, event);
        self.add(name, at, true, received);
        let lost = self.apply(world, at, TabEvent::TokenFailed(TokenFault::Network));
        self.add("the answer to the token request is lost", at, false, lost);
    }

    /// The backend handles a request, of a tab or of a page that is gone: `CheckoutService::create` and `resume`.
    pub(super) fn handle_token_request(&mut self, world: &World, tab: Option<usize>, key: u8) {
        let answered = |request| {
            let mut world = *world;
            match tab {
                Some(tab) => world.tabs[tab].request = request,
                None => world.late = None,
            }
            world
        };
        let at = tab.unwrap_or(usize::MAX);
        let (order_count, attempt) = (world.orders.iter().flatten().count(), world.attempt_count());
        let has_room = order_count < usize::from(self.limits.orders) && attempt < self.limits.attempts;
        let known = world.order_with_key(key);
        // Beyond the limits no backend answers.
        self.add("the backend is unreachable", at, known.is_none() && !has_room, answered(TokenRequest::Failed));
        let Some(known) = known else {
            if !has_room {
                self.cut += 1;
                return;
            }
            let mut world = *world;
            world.orders[order_count] = Some(Order::new(key, attempt));
            world.attempts[usize::from(attempt)] = Some(Attempt::new(order_count));
            self.add("the backend stores an order", at, true, world);
            return;
        };
        let order = world.orders[known].expect("a known order");
        let token = TokenRequest::Answered(order.newest);
        let page = match order.plan(&self.limits) {
            TokenPlan::Closed => {
                let is_paid = order.status == Status::Paid;
                let answer = if is_paid { TokenRequest::AlreadyPaying } else { TokenRequest::KeyUsed };
                return self.add("the backend answers that the order is closed", at, true, answered(answer));
            }
            TokenPlan::Reuse => return self.add("the backend answers with its token", at, true, answered(token)),
            TokenPlan::Acquire(page) => page,
        };
        // The attempt could not be replaced because it is in use.
        if order.has_token && page == SnapPage::Exhausted && order.acquisition.is_none() {
            self.add("the backend answers with the exhausted token", at, false, answered(token));
        }
        let has_transaction =
            world.attempts[usize::from(order.newest)].is_some_and(|attempt| attempt.transaction != Transaction::None);
        if has_transaction {
            let pending = answered(TokenRequest::AlreadyPaying);
            self.add("the backend answers that a payment is pending", at, true, pending);
        }
        if order.acquisition.is_none() {
            let mut world = *world;
            world.orders[known] = Some(Order { acquisition: Some(Acquisition::start(page)), ..order });
            self.add("the backend starts to acquire a token", at, true, world);
        }
    }
}
