//! Everything that can differ between two moments.

use super::shop::{Job, Order, Page, Session, Standing, Try};

/// How much of it there is: each is a bound on what is walked through, never on what a run may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One or two.
    pub tabs: usize,
    /// After how many refusals a payment page takes no more tries.
    pub refusals: u8,
    /// How many orders the customer may come to make; the next one is not followed.
    pub orders: u8,
    /// How many payment pages there are in all; the shop gives up then, as it does after five.
    pub pages: u8,
    /// Whether a day may pass.
    pub ages: bool,
    /// Whether the customer may go to the hosted page, and the popup may give up.
    pub roams: bool,
    /// Whether a request may come to the shop after the page that sent it gave it up, or is gone.
    pub late: bool,
    /// Whether the shop may give money back.
    pub refunds: bool,
    /// After how many states it is enough; the nearest ones come first.
    pub most: usize,
}

/// Orders and pages are so few that the largest limits fit.
pub const ORDERS: usize = 2;
pub const PAGES: usize = 3;

/// A token request, as the page sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Request {
    None,
    /// Under this key, at the shop or on the way there.
    Sent(u8),
    /// The answer is on its way.
    Token(u8),
    KeyUsed,
    AlreadyPaying,
    Failed,
}

/// What a tab waits for, beside its token request.
pub const SCRIPT: u8 = 1;
pub const CALL: u8 = 2;
pub const STATUS: u8 = 4;
pub const TIMER: u8 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tab {
    /// A state of the table.
    pub flow: u16,
    pub owes: u8,
    pub request: Request,
    /// The token of the popup on the screen.
    pub popup: Option<u8>,
    /// The token of the hosted page that this tab shows instead of the shop.
    pub away: Option<u8>,
    /// The unguessable part of its keys.
    pub nonce: Option<u8>,
    /// The last token that it knew of.
    pub token: Option<u8>,
}

/// What the tabs share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Storage {
    pub checkout: Option<(u8, bool)>,
    pub nonce: Option<u8>,
    /// How many were ever made.
    pub nonces: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    pub tabs: [Tab; 2],
    pub storage: Storage,
    /// The key of a token request that nobody waits for any more, and that is still on its way; the first of them.
    pub late: Option<u8>,
    pub orders: [Option<Order>; ORDERS],
    pub pages: [Option<Page>; PAGES],
}

impl Storage {
    /// As `src/effects/saved_checkout.rs`: what another tab keeps meanwhile stays.
    pub fn forget(&mut self, token: Option<u8>, nonce: Option<u8>) {
        let kept = self.checkout.map(|(kept, _)| kept);
        if kept.is_some() && token.is_some() && kept != token {
            return;
        }
        self.checkout = None;
        let is_ours = if nonce.is_some() { self.nonce == nonce } else { kept.is_some() };
        if is_ours {
            self.nonce = None;
        }
    }
}

impl World {
    pub fn new(fresh: u16) -> Self {
        let tab =
            Tab { flow: fresh, owes: 0, request: Request::None, popup: None, away: None, nonce: None, token: None };
        let storage = Storage { checkout: None, nonce: None, nonces: 0 };
        Self { tabs: [tab; 2], storage, late: None, orders: [None; ORDERS], pages: [None; PAGES] }
    }

    /// It does not matter which tab is which, nor what was drawn for a key that nobody uses any more.
    pub fn sorted(self, limits: &Limits) -> Self {
        let mut world = self.renumbered();
        if limits.tabs == 2 && world.tabs[1] < world.tabs[0] {
            world.tabs.swap(0, 1);
            world = world.renumbered();
        }
        world
    }

    fn renumbered(mut self) -> Self {
        let (mut known, mut many) = ([None; 32], 0);
        let mut number = |nonce: &mut u8| {
            *nonce = *known[usize::from(*nonce)].get_or_insert_with(|| {
                many += 1;
                many - 1
            });
        };
        let mut of_key = |key: &mut u8| {
            let (mut nonce, rest) = (*key / 8, *key % 8);
            number(&mut nonce);
            *key = nonce * 8 + rest;
        };
        self.orders.iter_mut().flatten().for_each(|order| of_key(&mut order.key));
        self.late.iter_mut().for_each(&mut of_key);
        for tab in &mut self.tabs {
            if let Request::Sent(key) = &mut tab.request {
                of_key(key);
            }
        }
        self.storage.nonce.iter_mut().for_each(&mut number);
        self.tabs.iter_mut().filter_map(|tab| tab.nonce.as_mut()).for_each(&mut number);
        self.storage.nonces = many;
        self
    }

    /// The page of a tab is not waiting for its token request any more; that may still come to the shop.
    pub fn gives_up_request(&mut self, at: usize, limits: &Limits) {
        if let Request::Sent(key) = std::mem::replace(&mut self.tabs[at].request, Request::None)
            && limits.late
        {
            self.late.get_or_insert(key);
        }
    }

    pub fn order_of(&self, page: u8) -> Option<&Order> {
        let page = self.pages[usize::from(page)]?;
        self.orders[usize::from(page.order)].as_ref()
    }

    pub fn order_under(&self, key: u8) -> Option<usize> {
        self.orders.iter().position(|order| order.is_some_and(|order| order.key == key))
    }

    pub fn pages_made(&self) -> u8 {
        u8::try_from(self.pages.iter().flatten().count()).expect("few")
    }

    /// Whether somebody looks at the page of this token, so that the customer can do something there.
    pub fn on_screen(&self, page: u8, limits: &Limits) -> bool {
        self.tabs[..limits.tabs].iter().any(|tab| tab.popup == Some(page) || tab.away == Some(page))
    }
}

impl Page {
    pub fn brought_money(&self) -> bool {
        matches!(self.state, Try::Settled | Try::Refunded)
    }

    /// Whether money can still come by it.
    pub fn is_payable(&self, limits: &Limits) -> bool {
        let takes_a_try = match self.state {
            Try::None => true,
            Try::Denied => self.tries < limits.refusals,
            Try::Pending | Try::Settled | Try::Refunded | Try::Expired => false,
        };
        self.state == Try::Pending || (self.session == Session::Live && takes_a_try)
    }
}

impl Order {
    pub fn new(key: u8, page: u8) -> Self {
        Self {
            key,
            standing: Standing::Created,
            payer: None,
            newest: page,
            pages: 1,
            known: false,
            stale: false,
            refusals: 0,
            job: Job::None,
            look: None,
        }
    }

    /// Whether its page is believed to take no more tries, so that another one is made.
    pub fn is_spent(&self, limits: &Limits) -> bool {
        self.standing == Standing::Denied && self.refusals >= limits.refusals && self.pages < 2
    }
}
