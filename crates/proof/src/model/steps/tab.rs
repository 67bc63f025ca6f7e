//! What a tab hears, and what it does then.

use flow::PopupFault;

use super::Steps;
use crate::model::tab::{Deed, Heard};
use crate::model::world::{CALL, Request, SCRIPT, STATUS, TIMER, World};

impl Steps<'_> {
    /// A tab hears something; what it does then is done at once. With two tabs what concerns nobody else is done at
    /// once too: one tab alone has it early, late and never.
    pub(super) fn hears(&mut self, world: &World, at: usize, heard: Heard) -> World {
        let mut world = self.hears_only(world, at, heard);
        while self.limits.tabs == 2 {
            let tab = &mut world.tabs[at];
            let (bit, heard) = match tab.owes {
                owes if owes & SCRIPT != 0 => (SCRIPT, Heard::Script),
                owes if owes & CALL != 0 => (CALL, Heard::Opened),
                owes if owes & TIMER != 0 => (TIMER, Heard::Timer),
                _ => break,
            };
            tab.owes &= !bit;
            world = self.hears_only(&world, at, heard);
        }
        world
    }

    fn hears_only(&mut self, world: &World, at: usize, heard: Heard) -> World {
        let mut world = *world;
        let known = self.table.hear(world.tabs[at].flow, heard);
        let tab = &mut world.tabs[at];
        tab.flow = known.to;
        if known.moved_on {
            tab.owes = 0;
            world.gives_up_request(at, &self.limits);
        }
        for deed in &known.deeds {
            let tab = &mut world.tabs[at];
            match *deed {
                Deed::LoadScript => tab.owes |= SCRIPT,
                Deed::Ask => tab.owes |= STATUS,
                Deed::Timer => tab.owes |= TIMER,
                Deed::Hide => tab.popup = None,
                Deed::Leave => tab.away = self.table.seen(tab.flow).token,
                Deed::Open(token) => {
                    assert_eq!(tab.popup, None, "a second popup in one tab");
                    tab.popup = Some(token);
                    tab.owes |= CALL;
                }
                Deed::Keep(token, succeeded) => world.storage.checkout = Some((token, succeeded)),
                Deed::Forget => world.storage.forget(tab.token, tab.nonce),
                Deed::RequestToken(number) => {
                    let nonce = *tab.nonce.get_or_insert_with(|| {
                        let storage = &mut world.storage;
                        *storage.nonce.get_or_insert_with(|| {
                            storage.nonces += 1;
                            storage.nonces - 1
                        })
                    });
                    tab.request = Request::Sent(nonce * 8 + u8::try_from(number).expect("few keys"));
                }
            }
        }
        if let Some(token) = self.table.seen(known.to).token {
            world.tabs[at].token = Some(token);
        }
        world
    }

    pub(super) fn tab(&mut self, world: &World, at: usize) {
        let tab = world.tabs[at];
        if let Some(page) = tab.away {
            let mut back = *world;
            back.tabs[at].away = None;
            let shown = self.hears(&back, at, Heard::Shown);
            self.add("comes back to the page as it was", at, false, shown);
            self.reload(&back, at, "comes back to a new page");
            debug_assert!(world.pages[usize::from(page)].is_some());
            return;
        }
        let seen = self.table.seen(tab.flow).clone();
        self.people(world, at, &seen.ways, seen.settled);
        self.answers(world, at);
        if tab.popup.is_some() {
            self.popup(world, at);
        }
        self.token_request(world, at);
    }

    fn answers(&mut self, world: &World, at: usize) {
        let owes = world.tabs[at].owes;
        let without = |bit: u8| {
            let mut world = *world;
            world.tabs[at].owes &= !bit;
            world
        };
        if owes & SCRIPT != 0 {
            let world = without(SCRIPT);
            let loaded = self.hears(&world, at, Heard::Script);
            self.add("the script is there", at, true, loaded);
            let lost = self.hears(&world, at, Heard::NoScript);
            self.add("the script is blocked", at, false, lost);
        }
        if owes & TIMER != 0 {
            let fired = self.hears(&without(TIMER), at, Heard::Timer);
            self.add("a timer runs out", at, true, fired);
        }
        if owes & CALL != 0 {
            let mut world = without(CALL);
            let opened = self.hears(&world, at, Heard::Opened);
            self.add("the popup opens", at, true, opened);
            world.tabs[at].popup = None;
            for (what, fault) in [
                ("the popup throws", PopupFault::Threw),
                ("the popup is in no state to open", PopupFault::InvalidState),
            ] {
                let refused = self.hears(&world, at, Heard::Refused(fault));
                self.add(what, at, false, refused);
            }
        }
        if owes & STATUS != 0 {
            let world = without(STATUS);
            let token = self.table.seen(world.tabs[at].flow).token;
            if let Some(order) = token.and_then(|token| world.order_of(token)) {
                let answered = self.hears(&world, at, Heard::Status(order.standing));
                self.add("the shop says how it stands", at, true, answered);
            }
            let lost = self.hears(&world, at, Heard::NoStatus);
            self.add("the shop's word is lost", at, false, lost);
        }
    }

    /// A popup calls back whenever it likes, whatever is true.
    fn popup(&mut self, world: &World, at: usize) {
        let callbacks = [
            ("onSuccess", Heard::Succeeded),
            ("onPending", Heard::Pended),
            ("onError", Heard::Erred(None)),
            ("onError 406", Heard::Erred(Some(406))),
            ("onError 407", Heard::Erred(Some(407))),
            ("onClose", Heard::Closed),
        ];
        for (what, heard) in callbacks {
            if !self.limits.roams && matches!(heard, Heard::Erred(None | Some(407))) {
                continue;
            }
            let mut world = *world;
            // It may call before `snap.pay` has returned.
            world.tabs[at].owes &= !CALL;
            let called = self.hears(&world, at, heard);
            self.add(what, at, false, called);
        }
    }
}
