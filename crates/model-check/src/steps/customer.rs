//! The customer's steps on a page of the shop.

use flow::CheckoutAction;

use super::Steps;
use crate::machine_table::TabEvent;
use crate::world::World;

impl Steps<'_> {
    pub(super) fn customer(&mut self, world: &World, at: usize, actions: &[CheckoutAction], is_settled: bool) {
        let tab = world.tabs[at];
        self.start_over(world, at, is_settled);
        if is_settled {
            self.reload(world, at, "the customer reloads the page");
            return;
        }
        for action in actions {
            match action {
                CheckoutAction::Pay => {
                    if self.limits.token_expiry && self.is_token_expired(world, at) {
                        let expired = self.apply(world, at, TabEvent::TokenExpired);
                        let pressed = self.apply(&expired, at, TabEvent::PayPressed);
                        self.add("the customer presses pay with an expired token", at, false, pressed);
                    }
                    let pressed = self.apply(world, at, TabEvent::PayPressed);
                    self.add("the customer presses pay", at, false, pressed);
                    if self.limits.tabs == 1 {
                        let pressed = self.apply(world, at, TabEvent::PayPressedOnPhone);
                        self.add("the customer presses pay on a phone", at, false, pressed);
                    }
                }
                CheckoutAction::Hosted if !self.limits.hosted_page => {}
                CheckoutAction::Hosted => {
                    let pressed = self.apply(world, at, TabEvent::HostedPressed);
                    self.add("the customer opens the hosted page", at, false, pressed);
                }
                CheckoutAction::Check => {
                    let pressed = self.apply(world, at, TabEvent::CheckPressed);
                    self.add("the customer checks the status", at, false, pressed);
                }
                CheckoutAction::Close => {
                    let pressed = self.apply(world, at, TabEvent::ClosePressed);
                    self.add("the customer closes the popup from the shop's page", at, false, pressed);
                }
            }
        }
        if self.limits.tabs == 1 {
            let prefetched = self.apply(world, at, TabEvent::PrefetchRequested);
            self.add("the pointer comes near the button", at, false, prefetched);
        }
        let shown = self.apply(world, at, TabEvent::PageShown);
        self.add("the customer returns to the tab", at, false, shown);
        if tab.machine == self.table.initial() {
            for resumed in self.resume(world, at) {
                self.add("the tab resumes another tab's checkout", at, false, resumed);
            }
        }
        self.reload(world, at, "the customer reloads the page");
    }

    /// The page's `reset()`, or a new start by the customer after the end.
    fn start_over(&mut self, world: &World, at: usize, is_settled: bool) {
        let mut before = *world;
        if !is_settled {
            before.tabs[at].token = None;
        }
        let mut after = self.apply(&before, at, TabEvent::Restarted);
        if is_settled {
            after.tabs[at].nonce = None;
        }
        self.add("the customer starts over", at, false, after);
    }

    fn is_token_expired(&self, world: &World, at: usize) -> bool {
        let token = self.table.view(world.tabs[at].machine).token;
        token.is_some_and(|token| world.order_of(token).is_some_and(|order| order.is_expired || order.newest != token))
    }

    pub(super) fn reload(&mut self, world: &World, at: usize, name: &'static str) {
        let mut fresh = *world;
        fresh.abandon_request(at, &self.limits);
        fresh.tabs[at] = World::new(self.table.initial()).tabs[0];
        for resumed in self.resume(&fresh, at) {
            self.add(name, at, false, resumed);
        }
    }

    /// The page with the saved checkout; unchanged if there is none. An expired one may be resumed or not.
    fn resume(&mut self, world: &World, at: usize) -> Vec<World> {
        let Some((token, succeeded)) = world.storage.checkout else { return vec![*world] };
        let mut known = *world;
        known.tabs[at].token = Some(token);
        let mut worlds = vec![self.apply(&known, at, TabEvent::Resumed(token, succeeded))];
        let is_expired = world.order_of(token).is_some_and(|order| order.is_expired || order.newest != token);
        if is_expired && !succeeded && self.limits.token_expiry {
            worlds.push(*world);
        }
        worlds
    }
}
