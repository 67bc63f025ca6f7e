//! What people do at a page of the shop.

use flow::CheckoutAction;

use super::Steps;
use crate::model::tab::Heard;
use crate::model::world::World;

impl Steps<'_> {
    pub(super) fn people(&mut self, world: &World, at: usize, ways: &[CheckoutAction], settled: bool) {
        let tab = world.tabs[at];
        self.begins_anew(world, at, settled);
        if settled {
            self.reload(world, at, "reloads");
            return;
        }
        for way in ways {
            match way {
                CheckoutAction::Pay => {
                    if self.limits.ages && self.token_is_old(world, at) {
                        let aged = self.hears(world, at, Heard::Aged);
                        let pressed = self.hears(&aged, at, Heard::Pay);
                        self.add("presses pay, and the token is old", at, false, pressed);
                    }
                    let pressed = self.hears(world, at, Heard::Pay);
                    self.add("presses pay", at, false, pressed);
                    if self.limits.tabs == 1 {
                        let pressed = self.hears(world, at, Heard::PayThere);
                        self.add("presses pay, on a phone", at, false, pressed);
                    }
                }
                CheckoutAction::Hosted if !self.limits.roams => {}
                CheckoutAction::Hosted => {
                    let pressed = self.hears(world, at, Heard::Hosted);
                    self.add("goes to the hosted page", at, false, pressed);
                }
                CheckoutAction::Check => {
                    let pressed = self.hears(world, at, Heard::Check);
                    self.add("asks again", at, false, pressed);
                }
                CheckoutAction::Close => {
                    let pressed = self.hears(world, at, Heard::Close);
                    self.add("closes the popup from our page", at, false, pressed);
                }
            }
        }
        if self.limits.tabs == 1 {
            let near = self.hears(world, at, Heard::Near);
            self.add("comes near", at, false, near);
        }
        let shown = self.hears(world, at, Heard::Shown);
        self.add("sees the page again", at, false, shown);
        if tab.flow == self.table.fresh() {
            // Another tab may have begun to pay for it.
            for resumed in self.looked_back(world, at) {
                self.add("finds what another tab kept", at, false, resumed);
            }
        }
        self.reload(world, at, "reloads");
    }

    /// `reset()`, or the customer after an end.
    fn begins_anew(&mut self, world: &World, at: usize, settled: bool) {
        let mut begun = *world;
        if !settled {
            begun.tabs[at].token = None;
        }
        let mut anew = self.hears(&begun, at, Heard::Restarted);
        if settled {
            anew.tabs[at].nonce = None;
        }
        self.add("begins anew", at, false, anew);
    }

    fn token_is_old(&self, world: &World, at: usize) -> bool {
        let token = self.table.seen(world.tabs[at].flow).token;
        token.is_some_and(|token| world.order_of(token).is_some_and(|order| order.stale || order.newest != token))
    }

    pub(super) fn reload(&mut self, world: &World, at: usize, what: &'static str) {
        let mut fresh = *world;
        fresh.gives_up_request(at, &self.limits);
        fresh.tabs[at] = World::new(self.table.fresh()).tabs[0];
        for resumed in self.looked_back(&fresh, at) {
            self.add(what, at, false, resumed);
        }
    }

    /// The page with what is kept, or as it is where nothing is kept or it is too old.
    fn looked_back(&mut self, world: &World, at: usize) -> Vec<World> {
        let Some((token, succeeded)) = world.storage.checkout else { return vec![*world] };
        let mut known = *world;
        known.tabs[at].token = Some(token);
        let mut worlds = vec![self.hears(&known, at, Heard::Resumed(token, succeeded))];
        let old = world.order_of(token).is_some_and(|order| order.stale || order.newest != token);
        if old && !succeeded && self.limits.ages {
            worlds.push(*world);
        }
        worlds
    }
}
