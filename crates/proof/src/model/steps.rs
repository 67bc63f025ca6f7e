//! What can happen next.

use flow::{PopupFault, TokenFault, Way};

use super::shop::{Job, Order, Page, Rules, Said, Session, Standing, Try};
use super::tab::{Deed, Heard, Table};
use super::world::{CALL, Limits, Request, SCRIPT, STATUS, TIMER, World};

/// What happened, for whoever reads a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// In a word.
    pub what: &'static str,
    /// In which tab, or of which order or page.
    pub at: usize,
    /// Whether it is what happens when nothing fails and nobody does anything.
    pub by_itself: bool,
}

/// Follows every step out of a state.
pub struct Steps<'a> {
    pub limits: Limits,
    pub table: &'a mut Table,
    pub rules: &'a mut Rules,
    pub next: Vec<(Step, World)>,
    /// Steps that would have left the limits.
    pub cut: u64,
}

impl Steps<'_> {
    pub fn from(&mut self, world: &World) {
        self.next.clear();
        for at in 0..self.limits.tabs {
            self.tab(world, at);
        }
        for at in 0..world.orders.len() {
            if world.orders[at].is_some() {
                self.shop(world, at);
            }
        }
        for page in 0..self.limits.pages {
            self.gateway(world, page);
        }
    }

    fn add(&mut self, what: &'static str, at: usize, by_itself: bool, world: World) {
        self.next.push((Step { what, at, by_itself }, world));
    }

    /// A tab hears something; what it does then is done at once. With two tabs what concerns nobody else is done at
    /// once too: one tab alone has it early, late and never.
    fn hears(&mut self, world: &World, at: usize, heard: Heard) -> World {
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
            tab.request = Request::None;
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
                Deed::Forget => {
                    world.storage.checkout = None;
                    world.storage.nonce = None;
                }
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
        world
    }

    fn tab(&mut self, world: &World, at: usize) {
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

    fn people(&mut self, world: &World, at: usize, ways: &[Way], settled: bool) {
        let tab = world.tabs[at];
        self.begins_anew(world, at, settled);
        if settled {
            self.reload(world, at, "reloads");
            return;
        }
        for way in ways {
            match way {
                Way::Pay => {
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
                Way::Hosted if !self.limits.roams => {}
                Way::Hosted => {
                    let pressed = self.hears(world, at, Heard::Hosted);
                    self.add("goes to the hosted page", at, false, pressed);
                }
                Way::Check => {
                    let pressed = self.hears(world, at, Heard::Check);
                    self.add("asks again", at, false, pressed);
                }
                Way::Close => {
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
        let mut anew = *world;
        if settled {
            anew.tabs[at].nonce = None;
        }
        let anew = self.hears(&anew, at, Heard::Restarted);
        self.add("begins anew", at, false, anew);
    }

    fn token_is_old(&self, world: &World, at: usize) -> bool {
        let token = self.table.seen(world.tabs[at].flow).token;
        token.is_some_and(|token| world.order_of(token).is_some_and(|order| order.stale || order.newest != token))
    }

    fn reload(&mut self, world: &World, at: usize, what: &'static str) {
        let mut fresh = *world;
        fresh.tabs[at] = World::new(self.table.fresh()).tabs[0];
        for resumed in self.looked_back(&fresh, at) {
            self.add(what, at, false, resumed);
        }
    }

    /// The page with what is kept, or as it is where nothing is kept or it is too old.
    fn looked_back(&mut self, world: &World, at: usize) -> Vec<World> {
        let Some((token, succeeded)) = world.storage.checkout else { return vec![*world] };
        let mut worlds = vec![self.hears(world, at, Heard::Resumed(token, succeeded))];
        let old = world.order_of(token).is_some_and(|order| order.stale || order.newest != token);
        if old && !succeeded && self.limits.ages {
            worlds.push(*world);
        }
        worlds
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

    fn token_request(&mut self, world: &World, at: usize) {
        let mut heard = *world;
        heard.tabs[at].request = Request::None;
        let (what, answer) = match world.tabs[at].request {
            Request::None => return,
            Request::Sent(key) => return self.served(world, at, key),
            Request::Token(token) => ("the token is there", Heard::Token(token)),
            Request::KeyUsed => ("the key was used", Heard::NoToken(TokenFault::KeyUsed)),
            Request::AlreadyPaying => ("somebody is paying already", Heard::NoToken(TokenFault::AlreadyPaying)),
            Request::Failed => ("no token is to be had", Heard::NoToken(TokenFault::Unavailable)),
        };
        let heard = self.hears(&heard, at, answer);
        self.add(what, at, true, heard);
        let lost = self.hears(world, at, Heard::NoToken(TokenFault::Network));
        self.add("the answer to the token request is lost", at, false, lost);
    }

    /// The shop has the request; `Orders::create` and `resume`.
    fn served(&mut self, world: &World, at: usize, key: u8) {
        let answered = |request| {
            let mut world = *world;
            world.tabs[at].request = request;
            world
        };
        let (many, pages) = (world.orders.iter().flatten().count(), world.pages_made());
        let room = many < usize::from(self.limits.orders) && pages < self.limits.pages;
        let known = world.order_under(key);
        // Beyond the limits there is nobody who would answer.
        self.add("the shop cannot be reached", at, known.is_none() && !room, answered(Request::Failed));
        let Some(known) = known else {
            if !room {
                self.cut += 1;
                return;
            }
            let (order, page) = (many, pages);
            let mut world = *world;
            world.orders[order] = Some(Order { job: Job::Create, ..Order::new(key, page) });
            let made =
                Page { order: u8::try_from(order).expect("few"), session: Session::None, state: Try::None, tries: 0 };
            world.pages[usize::from(page)] = Some(made);
            self.add("the shop writes an order down", at, true, world);
            return;
        };
        let order = world.orders[known].expect("known");
        if !order.standing.is_payable() {
            let said = if order.standing == Standing::Paid { Request::AlreadyPaying } else { Request::KeyUsed };
            self.add("the shop has nothing to pay under this key", at, true, answered(said));
            return;
        }
        let (spent, token) = (order.is_spent(&self.limits), Request::Token(order.newest));
        let given = order.known && (order.standing == Standing::Pending || (!spent && !order.stale));
        if given {
            self.add("the shop has a token", at, true, answered(token));
            return;
        }
        // The page to be replaced turned out to be in use.
        if order.known && spent && order.job == Job::None {
            self.add("the shop hands out the spent page", at, false, answered(token));
        }
        let tried = world.pages[usize::from(order.newest)].is_some_and(|page| page.state != Try::None);
        if tried {
            self.add("the shop says that somebody is paying", at, true, answered(Request::AlreadyPaying));
        }
        if order.job == Job::None {
            let mut world = *world;
            world.orders[known] = Some(Order { job: if spent { Job::AskEnd } else { Job::Create }, ..order });
            self.add("the shop begins to get a token", at, true, world);
        }
    }

    /// The shop on its own: getting a token, and asking how an order stands.
    fn shop(&mut self, world: &World, at: usize) {
        let order = world.orders[at].expect("there is one");
        let page = world.pages[usize::from(order.newest)].expect("an order has a page");
        let with = |order: Order| {
            let mut world = *world;
            world.orders[at] = Some(order);
            world
        };
        let said = Said { page: order.newest, state: page.state, tries: page.tries };
        match order.job {
            Job::None => {}
            Job::Create => {
                let mut made = with(Order { job: Job::Made, ..order });
                if page.state == Try::None {
                    made.pages[usize::from(order.newest)] = Some(Page { session: Session::Live, ..page });
                    self.add("the gateway makes a token", at, true, made);
                } else if order.stale {
                    self.add("the gateway knows the id", at, true, with(Order { job: Job::Taken, ..order }));
                } else {
                    self.add("the gateway names the token again", at, true, made);
                    self.add("the gateway knows the id", at, false, with(Order { job: Job::Taken, ..order }));
                }
            }
            Job::Made => {
                let kept = Order { job: Job::None, known: true, stale: false, ..order };
                self.add("the shop keeps the token", at, true, with(kept));
                self.add("the gateway's answer is lost", at, false, with(Order { job: Job::Create, ..order }));
            }
            Job::Taken if order.pages < 2 => {
                self.add(
                    "the shop looks at the page to be replaced",
                    at,
                    true,
                    with(Order { job: Job::AskEnd, ..order }),
                );
            }
            // `replace` refuses: the customer is told that somebody is paying.
            Job::Taken => self.add("the shop gives up", at, true, with(Order { job: Job::None, ..order })),
            Job::AskEnd if page.state == Try::None => {
                self.add("the shop gives up", at, true, with(Order { job: Job::None, ..order }));
            }
            Job::AskEnd => {
                self.add(
                    "the gateway says how that page stands",
                    at,
                    true,
                    with(Order { job: Job::Told(said), ..order }),
                );
            }
            Job::Told(said) => {
                let mut order = order;
                self.rules.hear(&mut order, said);
                let ends = order.standing == Standing::Denied;
                order.job = match (ends, order.known) {
                    (false, _) => Job::None,
                    (true, true) => Job::Cancel,
                    (true, false) => Job::Gone,
                };
                self.add("the shop hears how that page stands", at, true, with(order));
            }
            Job::Cancel if matches!(page.state, Try::Pending | Try::Settled) => {
                self.add("the gateway does not end that page", at, true, with(Order { job: Job::None, ..order }));
            }
            Job::Cancel => {
                let mut gone = with(Order { job: Job::Gone, ..order });
                gone.pages[usize::from(order.newest)] = Some(Page { session: Session::Dead, ..page });
                self.add("the gateway ends that page", at, true, gone);
            }
            Job::Gone => self.next_page(world, at, order),
        }
        if order.job != Job::None {
            self.add("the shop gives up", at, false, with(Order { job: Job::None, ..order }));
        }
        match order.look {
            None => {
                for number in 0..world.pages_made() {
                    let page = world.pages[usize::from(number)].expect("made");
                    if usize::from(page.order) == at && page.state != Try::None {
                        let said = Said { page: number, state: page.state, tries: page.tries };
                        let mut heard = order;
                        self.rules.hear(&mut heard, said);
                        if heard == order && !order.standing.is_payable() {
                            // It is over, and this is no news; nor will it ever be.
                            continue;
                        }
                        let look = Some(said);
                        self.add("the gateway is asked how the order stands", at, true, with(Order { look, ..order }));
                    }
                }
            }
            Some(said) => {
                let mut heard = Order { look: None, ..order };
                self.rules.hear(&mut heard, said);
                self.add("the shop hears how the order stands", at, true, with(heard));
                self.add("the gateway's word is lost", at, false, with(Order { look: None, ..order }));
            }
        }
        if self.limits.ages && order.known && !order.stale {
            self.add("a day passes", at, false, with(Order { stale: true, ..order }));
        }
    }

    fn next_page(&mut self, world: &World, at: usize, order: Order) {
        let page = world.pages_made();
        let mut world = *world;
        if !order.standing.is_payable() || page >= self.limits.pages {
            if page >= self.limits.pages {
                self.cut += 1;
            }
            world.orders[at] = Some(Order { job: Job::None, ..order });
            return self.add("the shop gives up", at, true, world);
        }
        let next = Order {
            newest: page,
            pages: order.pages + 1,
            known: false,
            stale: false,
            refusals: 0,
            job: Job::Create,
            ..order
        };
        world.orders[at] = Some(next);
        let made = Page { order: u8::try_from(at).expect("few"), session: Session::None, state: Try::None, tries: 0 };
        world.pages[usize::from(page)] = Some(made);
        self.add("the shop writes the next page down", at, true, world);
    }

    /// The customer at the gateway's page, and the bank.
    fn gateway(&mut self, world: &World, number: u8) {
        let at = usize::from(number);
        let Some(page) = world.pages[at] else { return };
        let with = |page: Page| {
            let mut world = *world;
            world.pages[at] = Some(page);
            world
        };
        if page.state != Try::Pending && page.is_payable(&self.limits) && world.on_screen(number, &self.limits) {
            let tried = Page { state: Try::Pending, tries: page.tries + 1, ..page };
            self.add("the customer tries to pay", at, false, with(tried));
        }
        if page.state == Try::Pending {
            for (what, state) in
                [("the money comes", Try::Settled), ("the bank refuses", Try::Denied), ("it is too late", Try::Expired)]
            {
                let session = if state == Try::Expired { Session::Dead } else { page.session };
                self.add(what, at, false, with(Page { state, session, ..page }));
            }
        }
        let stale = world.order_of(number).is_some_and(|order| order.stale);
        if self.limits.ages && stale && page.session == Session::Live {
            self.add("the page is over", at, false, with(Page { session: Session::Dead, ..page }));
        }
    }
}
