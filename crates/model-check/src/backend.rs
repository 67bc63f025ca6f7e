//! The state of the backend's orders, and a cache of the backend's real rules.

use std::collections::HashMap;

use orders::order_update::order_update_from;
use orders::token_acquisition::{
    MAX_ATTEMPTS, MAX_DECLINES, SnapPage, TokenAcquisition, TokenPlan, TokenState, plan, snap_page,
};
use orders::{OrderRecord, Payer, PaymentAttempt};
use wire::Rupiah;
use wire::merchant::{Customer, OrderStatus};
use wire::midtrans::StatusResponse;

use crate::world::Limits;

/// An [`OrderStatus`] that can occur here, as a value that can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    Created,
    Pending,
    Denied,
    Paid,
    Expired,
    Reversed,
    Refunded,
    Review,
}

impl Status {
    const ALL: [Self; 8] = [
        Self::Created,
        Self::Pending,
        Self::Denied,
        Self::Paid,
        Self::Expired,
        Self::Reversed,
        Self::Refunded,
        Self::Review,
    ];

    pub fn real(self) -> OrderStatus {
        match self {
            Self::Created => OrderStatus::Created,
            Self::Pending => OrderStatus::Pending,
            Self::Denied => OrderStatus::Denied,
            Self::Paid => OrderStatus::Paid,
            Self::Expired => OrderStatus::Expired,
            Self::Reversed => OrderStatus::Reversed,
            Self::Refunded => OrderStatus::Refunded,
            Self::Review => OrderStatus::Review,
        }
    }

    pub fn is_payable(self) -> bool {
        self.real().is_payable()
    }

    fn of(status: &OrderStatus) -> Self {
        Self::ALL.into_iter().find(|known| known.real() == *status).expect("a status that the model has")
    }
}

/// The newest transaction of a payment attempt at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transaction {
    None,
    Pending,
    Denied,
    Settled,
    Refunded,
    Expired,
}

/// Whether the payment page of an attempt is open for tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Session {
    None,
    Live,
    Closed,
}

/// A payment attempt at the gateway with its payment page. Its number is its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attempt {
    pub order: u8,
    pub session: Session,
    pub transaction: Transaction,
    /// The number of tries.
    pub tries: u8,
}

/// A status response of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Report {
    pub attempt: u8,
    pub transaction: Transaction,
    pub tries: u8,
}

/// A token acquisition: the step that the holder of the lease performs, and the status response that it fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Acquisition {
    pub step: TokenAcquisition,
    pub report: Option<Report>,
}

impl Acquisition {
    pub fn start(page: SnapPage) -> Self {
        Self { step: TokenAcquisition::start(page), report: None }
    }
}

/// An order of the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Order {
    pub key: u8,
    pub status: Status,
    /// The attempt and the try that paid.
    pub payer: Option<(u8, u8)>,
    /// The newest attempt.
    pub newest: u8,
    /// The number of attempts.
    pub attempts: u8,
    /// Whether the backend stored the token of the newest attempt.
    pub has_token: bool,
    /// Whether that token expired by the backend's clock.
    pub is_expired: bool,
    /// The number of declined payments of the newest attempt that the backend knows.
    pub declines: u8,
    pub acquisition: Option<Acquisition>,
    /// A status response that is under way.
    pub polled: Option<Report>,
}

impl Order {
    pub fn new(key: u8, attempt: u8) -> Self {
        Self {
            key,
            status: Status::Created,
            payer: None,
            newest: attempt,
            attempts: 1,
            has_token: false,
            is_expired: false,
            declines: 0,
            acquisition: Some(Acquisition::start(SnapPage::Usable)),
            polled: None,
        }
    }

    /// The backend's plan for a token request. The model has fewer attempts and declines than the real limits, so the
    /// last one counts as the real last one.
    pub fn plan(&self, limits: &Limits) -> TokenPlan {
        let declines = if self.declines >= limits.declines { MAX_DECLINES } else { 0 };
        let token = match (self.has_token, self.is_expired) {
            (false, _) => TokenState::Missing,
            (true, true) => TokenState::Expired,
            (true, false) => TokenState::Fresh,
        };
        let status = self.status.real();
        plan(&status, token, snap_page(&status, self.seq(), declines))
    }

    /// The number of the newest attempt for the rules.
    pub fn seq(&self) -> i64 {
        if self.attempts < 2 { 1 } else { MAX_ATTEMPTS }
    }
}

/// Status, payer and newest attempt of an order, and a status response.
type Case = (Status, Option<(u8, u8)>, u8, Report);

/// The backend's real update rules; each case is computed once.
#[derive(Debug, Default)]
pub struct UpdateRules(HashMap<Case, (Status, Option<(u8, u8)>)>);

impl UpdateRules {
    /// Applies a status response to an order.
    pub fn apply(&mut self, order: &mut Order, report: Report) {
        let case = (order.status, order.payer, order.newest, report);
        (order.status, order.payer) = *self.0.entry(case).or_insert_with(|| updated(case));
        if report.attempt == order.newest && report.transaction == Transaction::Denied {
            order.declines = order.declines.max(report.tries);
        }
    }
}

fn updated((status, payer, newest, report): Case) -> (Status, Option<(u8, u8)>) {
    let attempt_id = |attempt: u8| format!("a{attempt}");
    let transaction_id = |attempt: u8, tries: u8| format!("t{attempt}-{tries}");
    let payer_of = |(attempt, tries): (u8, u8)| Payer {
        attempt_id: attempt_id(attempt),
        transaction_id: Some(transaction_id(attempt, tries)),
    };
    let mut order = OrderRecord {
        order_id: "o".into(),
        status: status.real(),
        gross_amount: Rupiah(10_000),
        items: vec![],
        customer: Customer::default(),
        payment: None,
        payer: payer.map(payer_of),
        refunded_amount: Rupiah(0),
        version: 1,
        created_at: 0,
    };
    let response = status_response(report, &attempt_id(report.attempt), &transaction_id(report.attempt, report.tries));
    let update = order_update_from(&response, &order, &PaymentAttempt::leased(attempt_id(newest), 1, 0));
    order.apply(&update);
    let payer = payer.or_else(|| order.payer.is_some().then_some((report.attempt, report.tries)));
    (Status::of(&order.status), payer)
}

fn status_response(report: Report, attempt_id: &str, transaction_id: &str) -> StatusResponse {
    let (status, code) = match report.transaction {
        Transaction::None => unreachable!("the gateway has no status without a transaction"),
        Transaction::Pending => ("pending", "201"),
        Transaction::Denied => ("deny", "202"),
        Transaction::Settled => ("settlement", "200"),
        Transaction::Refunded => ("refund", "200"),
        Transaction::Expired => ("expire", "202"),
    };
    let response = serde_json::json!({
        "order_id": attempt_id, "status_code": code, "gross_amount": "10000.00", "transaction_status": status,
        "transaction_id": transaction_id, "payment_type": "bank_transfer",
    });
    serde_json::from_value(response).expect("a status response")
}
