//! The events of a tab and their effects.

use flow::PopupFault;
use flow::saved_checkout::SavedKeys;

use super::Steps;
use crate::machine_table::{TabEffect, TabEvent};
use crate::world::{POPUP, SCRIPT, STATUS, TIMER, TokenRequest, World};

impl Steps<'_> {
    /// Applies an event to a tab and performs its effects. With two tabs, the answers that concern only one tab arrive
    /// at once; the explorations with one tab cover them early, late and lost.
    pub(super) fn apply(&mut self, world: &World, at: usize, event: TabEvent) -> World {
        let mut world = self.apply_one(world, at, event);
        while self.limits.tabs == 2 {
            let tab = &mut world.tabs[at];
            let (bit, event) = match tab.owed {
                owed if owed & SCRIPT != 0 => (SCRIPT, TabEvent::ScriptLoaded),
                owed if owed & POPUP != 0 => (POPUP, TabEvent::PopupOpened),
                owed if owed & TIMER != 0 => (TIMER, TabEvent::TimerFired),
                _ => break,
            };
            tab.owed &= !bit;
            world = self.apply_one(&world, at, event);
        }
        world
    }

    fn apply_one(&mut self, world: &World, at: usize, event: TabEvent) -> World {
        let mut world = *world;
        let transition = self.table.apply(world.tabs[at].machine, event);
        let tab = &mut world.tabs[at];
        tab.machine = transition.to;
        if transition.abandons_request {
            tab.owed = 0;
            world.abandon_request(at, &self.limits);
        }
        for effect in &transition.effects {
            let tab = &mut world.tabs[at];
            match *effect {
                TabEffect::LoadScript => tab.owed |= SCRIPT,
                TabEffect::FetchStatus => tab.owed |= STATUS,
                TabEffect::StartTimer => tab.owed |= TIMER,
                TabEffect::HidePopup => tab.popup = None,
                TabEffect::Redirect => tab.hosted_page = self.table.view(tab.machine).token,
                TabEffect::OpenPopup(token) => {
                    assert_eq!(tab.popup, None, "a second popup in one tab");
                    tab.popup = Some(token);
                    tab.owed |= POPUP;
                }
                TabEffect::SaveCheckout(token, succeeded) => world.storage.checkout = Some((token, succeeded)),
                TabEffect::ClearCheckout => world.storage.clear(SavedKeys { token: tab.token, nonce: tab.nonce }),
                TabEffect::RequestToken(number) => {
                    let nonce = *tab.nonce.get_or_insert_with(|| {
                        let storage = &mut world.storage;
                        *storage.nonce.get_or_insert_with(|| {
                            storage.nonces += 1;
                            storage.nonces - 1
                        })
                    });
                    tab.request = TokenRequest::Sent(nonce * 8 + u8::try_from(number).expect("few keys"));
                }
            }
        }
        if let Some(token) = self.table.view(transition.to).token {
            world.tabs[at].token = Some(token);
        }
        world
    }

    pub(super) fn tab(&mut self, world: &World, at: usize) {
        let tab = world.tabs[at];
        if let Some(attempt) = tab.hosted_page {
            let mut back = *world;
            back.tabs[at].hosted_page = None;
            let shown = self.apply(&back, at, TabEvent::PageShown);
            self.add("the customer goes back to the page", at, false, shown);
            self.reload(&back, at, "the customer returns to a new page");
            debug_assert!(world.attempts[usize::from(attempt)].is_some());
            return;
        }
        let view = self.table.view(tab.machine).clone();
        self.customer(world, at, &view.actions, view.is_settled);
        self.answers(world, at);
        if tab.popup.is_some() {
            self.popup(world, at);
        }
        self.token_request(world, at);
    }

    fn answers(&mut self, world: &World, at: usize) {
        let owed = world.tabs[at].owed;
        let without = |bit: u8| {
            let mut world = *world;
            world.tabs[at].owed &= !bit;
            world
        };
        if owed & SCRIPT != 0 {
            let world = without(SCRIPT);
            let loaded = self.apply(&world, at, TabEvent::ScriptLoaded);
            self.add("snap.js is loaded", at, true, loaded);
            let failed = self.apply(&world, at, TabEvent::ScriptFailed);
            self.add("snap.js is blocked", at, false, failed);
        }
        if owed & TIMER != 0 {
            let fired = self.apply(&without(TIMER), at, TabEvent::TimerFired);
            self.add("a timer fires", at, true, fired);
        }
        if owed & POPUP != 0 {
            let mut world = without(POPUP);
            let opened = self.apply(&world, at, TabEvent::PopupOpened);
            self.add("the popup opens", at, true, opened);
            world.tabs[at].popup = None;
            for (name, fault) in [
                ("snap.pay throws", PopupFault::Threw),
                ("snap.pay is in a state in which it cannot open", PopupFault::InvalidState),
            ] {
                let failed = self.apply(&world, at, TabEvent::PopupFailed(fault));
                self.add(name, at, false, failed);
            }
        }
        if owed & STATUS != 0 {
            let world = without(STATUS);
            let token = self.table.view(world.tabs[at].machine).token;
            if let Some(order) = token.and_then(|token| world.order_of(token)) {
                let answered = self.apply(&world, at, TabEvent::StatusReceived(order.status));
                self.add("the page receives the status", at, true, answered);
            }
            let failed = self.apply(&world, at, TabEvent::StatusFailed);
            self.add("the status request fails", at, false, failed);
        }
    }

    /// A popup calls back at any time with any result.
    fn popup(&mut self, world: &World, at: usize) {
        let callbacks = [
            ("onSuccess", TabEvent::SnapSucceeded),
            ("onPending", TabEvent::SnapPending),
            ("onError", TabEvent::SnapFailed(None)),
            ("onError 406", TabEvent::SnapFailed(Some(406))),
            ("onError 407", TabEvent::SnapFailed(Some(407))),
            ("onClose", TabEvent::SnapClosed),
        ];
        for (name, event) in callbacks {
            if !self.limits.hosted_page && matches!(event, TabEvent::SnapFailed(None | Some(407))) {
                continue;
            }
            let mut world = *world;
            // It may call back before `snap.pay` has returned.
            world.tabs[at].owed &= !POPUP;
            let called = self.apply(&world, at, event);
            self.add(name, at, false, called);
        }
    }
}
