//! What the gateway says of an order, and how it gets on disk: one rule for notifications, for questions of
//! our own, and for tokens that are asked for again.
//!
//! Notifications get lost, most often because their address was never set. So whoever looks at an unpaid order
//! makes the shop ask the gateway itself: rarely, for a short time, and without harm when it does not answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wire::merchant::OrderStatus;
use wire::midtrans::{Notification, TransactionStatus};

use crate::clock::{self, Millis};
use crate::error::Problem;
use crate::gateway::Gateway;
use crate::instruction::instruction;
use crate::settle::{Attempt as Whose, Verdict, pays, settle};
use crate::store::{Attempt, Change, Said, Store, StoredOrder};

/// How long a question may take altogether.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a customer who looks waits for it; the next look has the answer.
const GLANCE: Duration = Duration::from_millis(1500);

/// Asks the gateway how orders stand when nothing was heard of them.
#[derive(Debug, Clone)]
pub struct News {
    store: Store,
    gateway: Arc<Gateway>,
}

impl News {
    /// Over the same store and gateway as the orders.
    #[must_use]
    pub fn new(store: Store, gateway: Arc<Gateway>) -> Self {
        Self { store, gateway }
    }

    /// Asks for an order that somebody looks at, and waits a moment. What fails is for the next look.
    pub async fn glance(&self, order_id: &str) {
        let (this, order_id) = (self.clone(), order_id.to_owned());
        // In a task of its own: whoever does not wait for the answer still gets it into the store.
        let asking = tokio::spawn(async move { this.ask(&order_id).await });
        drop(tokio::time::timeout(GLANCE, asking).await);
    }

    /// Asks for an order whose page is being shown; only the next look has the answer.
    pub fn later(&self, order_id: &str) {
        let (this, order_id) = (self.clone(), order_id.to_owned());
        tokio::spawn(async move { this.ask(&order_id).await });
    }

    /// Asks, at most once in a while and order, and waits for the answer.
    pub async fn ask(&self, order_id: &str) {
        if let Err(problem) = self.ask_now(order_id).await {
            tracing::warn!(
                order_id,
                code = problem.code.word(),
                cause = problem.cause,
                "the gateway was asked in vain"
            );
        }
    }

    async fn ask_now(&self, order_id: &str) -> Result<(), Problem> {
        let now = clock::now();
        let pause = Millis::try_from(self.gateway.patience().ask_again.as_millis()).unwrap_or(Millis::MAX);
        if !self.store.may_ask(order_id, now.saturating_sub(pause), now).await? {
            return Ok(());
        }
        let deadline = Instant::now() + PATIENCE.min(self.gateway.patience().budget);
        for attempt in self.store.attempts(order_id).await? {
            let id = attempt.transaction_id.as_deref();
            if let Some(said) = self.gateway.status(&attempt.payment_order_id, id, deadline).await? {
                let change = self.store.change(order_id, clock::now(), change_by(&said)).await?;
                report(order_id, &change);
            }
        }
        Ok(())
    }
}

/// What the gateway's own word does to an order, as the rule that the store runs inside its transaction.
pub(crate) fn change_by(said: &Notification) -> impl FnOnce(&StoredOrder, &Attempt) -> Change + Send {
    move |order, attempt| {
        let whose = whose(order, attempt, said);
        let word = word(&said.transaction_status);
        let (status, outcome) = match settle(&order.status, order.gross_amount, said, whose) {
            Verdict::Move(to) => {
                let outcome = format!("{word} to {to}");
                (Some(to), outcome)
            }
            Verdict::Keep(why) => (None, format!("{word}: {why}")),
            Verdict::Twice => {
                let news = order.status != OrderStatus::Review;
                (news.then_some(OrderStatus::Review), format!("{word}: paid twice"))
            }
        };
        let after = status.as_ref().unwrap_or(&order.status);
        let shows = whose == Whose::Current && is_waiting(said) && *after == OrderStatus::Pending;
        Change {
            payment: shows.then(|| instruction(said)).flatten(),
            twice: outcome.ends_with("paid twice"),
            status,
            outcome,
            said: Said { payment_order_id: said.order_id.clone(), transaction_id: said.transaction_id.clone() },
            pays: pays(&order.status, said),
        }
    }
}

/// Tells the operator what only a person can mend.
pub(crate) fn report(order_id: &str, change: &Change) {
    if change.twice {
        let second = change.said.payment_order_id.as_str();
        tracing::error!(order_id, second, "an order was paid twice: give one payment back in the dashboard");
    }
}

fn whose(order: &StoredOrder, attempt: &Attempt, said: &Notification) -> Whose {
    match &order.payer {
        Some(payer) if payer.payment_order_id != said.order_id => Whose::Other,
        // One payment order may see several cards: the end of another one's transaction is not the payer's.
        Some(payer) if is_end(said) && differ(&payer.transaction_id, &said.transaction_id) => Whose::Other,
        Some(_) => Whose::Payer,
        None if said.order_id == attempt.payment_order_id => Whose::Current,
        None => Whose::Superseded,
    }
}

fn differ(one: &Option<String>, other: &Option<String>) -> bool {
    one.is_some() && other.is_some() && one != other
}

/// Whether nothing can come of this transaction any more.
pub(crate) fn is_end(said: &Notification) -> bool {
    use TransactionStatus::*;
    matches!(said.transaction_status, Deny | Failure | Cancel | Expire)
}

pub(crate) fn is_waiting(said: &Notification) -> bool {
    said.transaction_status == TransactionStatus::Pending
}

/// A short, safe word for logs and history: unknown ones may be anything.
fn word(status: &TransactionStatus) -> &str {
    match status {
        TransactionStatus::Unknown(_) => "unknown",
        known => known.as_str(),
    }
}
