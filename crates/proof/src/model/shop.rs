//! What the shop and the gateway know, and the shop's own rules for what it hears.

use std::collections::HashMap;

use merchant::store::{Attempt, Payer, StoredOrder};
use merchant::test_support::change_by;
use wire::Rupiah;
use wire::merchant::{Customer, OrderStatus};
use wire::midtrans::Notification;

/// An order's status, as far as it can come to here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    Created,
    Pending,
    Denied,
    Paid,
    Expired,
    Reversed,
    Refunded,
    Review,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Pending => "pending",
            Self::Denied => "denied",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Reversed => "reversed",
            Self::Refunded => "refunded",
            Self::Review => "review",
        }
    }

    pub fn is_payable(self) -> bool {
        merchant::settle::is_payable(&self.word().into())
    }

    fn of(status: &OrderStatus) -> Self {
        use Standing::*;
        [Created, Pending, Denied, Paid, Expired, Reversed, Refunded, Review]
            .into_iter()
            .find(|known| known.word() == status.as_str())
            .expect("a status that can be")
    }
}

/// The one try of a payment page that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Try {
    None,
    Pending,
    Denied,
    Settled,
    Refunded,
    Expired,
}

/// Whether a payment page takes tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Session {
    None,
    Live,
    Dead,
}

/// A payment order at the gateway, with its page; its number is its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Page {
    pub order: u8,
    pub session: Session,
    pub state: Try,
    /// Which try it is.
    pub tries: u8,
}

/// What the gateway said of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Said {
    pub page: u8,
    pub state: Try,
    pub tries: u8,
}

/// Who is getting a token for an order, and how far they are. What is under way may be lost at any point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Job {
    None,
    /// The gateway is asked for a token.
    Create,
    /// It answered with one.
    Made,
    /// It answered that the id is taken.
    Taken,
    /// It is asked how the page to be replaced stands.
    AskEnd,
    /// It answered.
    Told(Said),
    /// It is asked to end the page.
    Cancel,
    /// It answered that nobody can pay there any more.
    Gone,
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Order {
    pub key: u8,
    pub standing: Standing,
    /// Which page and try brought the money.
    pub payer: Option<(u8, u8)>,
    /// The page that can be paid.
    pub newest: u8,
    /// How many pages there were.
    pub pages: u8,
    /// Whether its token is known.
    pub known: bool,
    /// Whether that is so old that a new one is asked for.
    pub stale: bool,
    /// How many refusals of that page were heard of.
    pub refusals: u8,
    pub job: Job,
    /// A status answer on its way, because there was news or somebody looked.
    pub look: Option<Said>,
}

/// An order's status, who brought its money, its newest page, and what is said.
type Case = (Standing, Option<(u8, u8)>, u8, Said);

/// The shop's real rules, asked once for each case.
#[derive(Debug, Default)]
pub struct Rules(HashMap<Case, (Standing, Option<(u8, u8)>)>);

impl Rules {
    /// What an order becomes by the gateway's word.
    pub fn hear(&mut self, order: &mut Order, said: Said) {
        let case = (order.standing, order.payer, order.newest, said);
        let (standing, payer) = *self.0.entry(case).or_insert_with(|| decided(case));
        (order.standing, order.payer) = (standing, payer);
        if said.page == order.newest && said.state == Try::Denied {
            order.refusals = order.refusals.max(said.tries);
        }
    }
}

fn decided((standing, payer, newest, said): (Standing, Option<(u8, u8)>, u8, Said)) -> (Standing, Option<(u8, u8)>) {
    let id = |page: u8| format!("p{page}");
    let transaction = |tries: u8, page: u8| Some(format!("t{page}-{tries}"));
    let order = StoredOrder {
        order_id: "o".into(),
        status: standing.word().into(),
        gross_amount: Rupiah(10_000),
        items: vec![],
        customer: Customer::default(),
        payment: None,
        payer: payer
            .map(|(page, tries)| Payer { payment_order_id: id(page), transaction_id: transaction(tries, page) }),
        refunded_amount: Rupiah(0),
        version: 1,
        created_at: 0,
    };
    let (status, code) = match said.state {
        Try::None => unreachable!("the gateway knows nothing of it"),
        Try::Pending => ("pending", "201"),
        Try::Denied => ("deny", "202"),
        Try::Settled => ("settlement", "200"),
        Try::Refunded => ("refund", "200"),
        Try::Expired => ("expire", "202"),
    };
    let notification: Notification = serde_json::from_value(serde_json::json!({
        "order_id": id(said.page), "status_code": code, "gross_amount": "10000.00", "transaction_status": status,
        "transaction_id": transaction(said.tries, said.page), "payment_type": "bank_transfer",
    }))
    .expect("a notification");
    let change = change_by(&notification, &order, &Attempt::claimed(id(newest), 1, 0));
    let payer = payer.or_else(|| change.pays.then_some((said.page, said.tries)));
    (Standing::of(change.status.as_ref().unwrap_or(&order.status)), payer)
}
