//! One state of the model: the tabs, the storage that they share, the backend's orders and the gateway's attempts.

use flow::saved_checkout::{Clearing, SavedKeys, clearing};

use crate::backend::{Attempt, Order, Session, Transaction};

/// The size of the model. A limit bounds the exploration, never the behaviour of the code under test.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One or two.
    pub tabs: usize,
    /// The number of declined payments after which a payment page accepts no more tries.
    pub declines: u8,
    /// The number of orders that the customer may create.
    pub orders: u8,
    /// The number of payment attempts of all orders.
    pub attempts: u8,
    /// Whether tokens expire.
    pub token_expiry: bool,
    /// Whether the customer may open the hosted page, and the popup may fail.
    pub hosted_page: bool,
    /// Whether a token request may reach the backend after its page gave it up.
    pub late_requests: bool,
    /// Whether the shop may refund.
    pub refunds: bool,
    /// The number of states after which the exploration stops. It visits the nearest states first.
    pub max_states: usize,
}

/// The sizes of the arrays in [`World`]. The largest limits fit.
pub const ORDERS: usize = 2;
pub const ATTEMPTS: usize = 3;

/// A token request as its page sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenRequest {
    None,
    /// Sent with this key.
    Sent(u8),
    /// The backend answered with this token.
    Answered(u8),
    KeyUsed,
    AlreadyPaying,
    Failed,
}

/// The bits of [`Tab::owed`]: the answers that a tab waits for besides its token request.
pub const SCRIPT: u8 = 1;
pub const POPUP: u8 = 2;
pub const STATUS: u8 = 4;
pub const TIMER: u8 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tab {
    /// A state of the machine table.
    pub machine: u16,
    pub owed: u8,
    pub request: TokenRequest,
    /// The token of the open popup.
    pub popup: Option<u8>,
    /// The token of the hosted page that this tab shows instead of the shop.
    pub hosted_page: Option<u8>,
    /// The random part of its idempotency keys.
    pub nonce: Option<u8>,
    /// The last token that it used.
    pub token: Option<u8>,
}

/// The browser's storage, which the tabs share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Storage {
    /// A token, and whether Snap reported its payment as successful.
    pub checkout: Option<(u8, bool)>,
    pub nonce: Option<u8>,
    /// The number of nonces so far.
    pub nonces: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    pub tabs: [Tab; 2],
    pub storage: Storage,
    /// The key of a token request that no page waits for and that may still reach the backend.
    pub late: Option<u8>,
    pub orders: [Option<Order>; ORDERS],
    pub attempts: [Option<Attempt>; ATTEMPTS],
}

impl Storage {
    /// Clears what belongs to a tab, by the page's rule.
    pub fn clear(&mut self, own: SavedKeys<u8>) {
        let saved = SavedKeys { token: self.checkout.map(|(token, _)| token), nonce: self.nonce };
        let Clearing { checkout, nonce } = clearing(saved, own);
        if checkout {
            self.checkout = None;
        }
        if nonce {
            self.nonce = None;
        }
    }
}

impl World {
    pub fn new(initial_machine: u16) -> Self {
        let tab = Tab {
            machine: initial_machine,
            owed: 0,
            request: TokenRequest::None,
            popup: None,
            hosted_page: None,
            nonce: None,
            token: None,
        };
        let storage = Storage { checkout: None, nonce: None, nonces: 0 };
        Self { tabs: [tab; 2], storage, late: None, orders: [None; ORDERS], attempts: [None; ATTEMPTS] }
    }

    /// The same state in a normal form: the order of the tabs and the numbers of unused nonces do not matter.
    pub fn normalized(self, limits: &Limits) -> Self {
        let mut world = self.renumbered();
        if limits.tabs == 2 && world.tabs[1] < world.tabs[0] {
            world.tabs.swap(0, 1);
            world = world.renumbered();
        }
        world
    }

    fn renumbered(mut self) -> Self {
        let (mut known, mut count) = ([None; 32], 0);
        let mut number = |nonce: &mut u8| {
            *nonce = *known[usize::from(*nonce)].get_or_insert_with(|| {
                count += 1;
                count - 1
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
            if let TokenRequest::Sent(key) = &mut tab.request {
                of_key(key);
            }
        }
        self.storage.nonce.iter_mut().for_each(&mut number);
        self.tabs.iter_mut().filter_map(|tab| tab.nonce.as_mut()).for_each(&mut number);
        self.storage.nonces = count;
        self
    }

    /// The page of a tab no longer waits for its token request. The request may still reach the backend.
    pub fn abandon_request(&mut self, tab: usize, limits: &Limits) {
        if let TokenRequest::Sent(key) = std::mem::replace(&mut self.tabs[tab].request, TokenRequest::None)
            && limits.late_requests
        {
            self.late.get_or_insert(key);
        }
    }

    pub fn order_of(&self, attempt: u8) -> Option<&Order> {
        let attempt = self.attempts[usize::from(attempt)]?;
        self.orders[usize::from(attempt.order)].as_ref()
    }

    pub fn order_with_key(&self, key: u8) -> Option<usize> {
        self.orders.iter().position(|order| order.is_some_and(|order| order.key == key))
    }

    pub fn attempt_count(&self) -> u8 {
        u8::try_from(self.attempts.iter().flatten().count()).expect("few attempts")
    }

    /// Whether a tab shows the payment page of this attempt.
    pub fn is_shown(&self, attempt: u8, limits: &Limits) -> bool {
        self.tabs[..limits.tabs].iter().any(|tab| tab.popup == Some(attempt) || tab.hosted_page == Some(attempt))
    }
}

impl Attempt {
    pub fn new(order: usize) -> Self {
        let order = u8::try_from(order).expect("few orders");
        Self { order, session: Session::None, transaction: Transaction::None, tries: 0 }
    }

    pub fn received_money(&self) -> bool {
        matches!(self.transaction, Transaction::Settled | Transaction::Refunded)
    }

    /// Whether the customer can still pay with it.
    pub fn is_payable(&self, limits: &Limits) -> bool {
        let accepts_try = match self.transaction {
            Transaction::None => true,
            Transaction::Denied => self.tries < limits.declines,
            Transaction::Pending | Transaction::Settled | Transaction::Refunded | Transaction::Expired => false,
        };
        self.transaction == Transaction::Pending || (self.session == Session::Live && accepts_try)
    }
}
