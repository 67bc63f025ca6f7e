//! What the acting commands work with: the store, the gateway, and questions to it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wire::merchant::OrderStatus;
use wire::midtrans::Notification;

use super::error::{Refusal, plain};
use super::review_resolution::amends;
use crate::clock;
use crate::config::CliConfig;
use crate::metrics::Metrics;
use crate::midtrans::MidtransClient;
use crate::reconciliation::{Reconcile, Round};
use crate::store::{Attempt, Change, Said, Store, StoredOrder};

/// How long is waited for somebody else who asks about the same order, and how often is looked.
const OTHERS: Duration = Duration::from_secs(12);
const LOOK: Duration = Duration::from_millis(200);

/// A payment order and what the gateway says of it.
pub(super) type Standing = (Attempt, Option<Notification>);

/// Store and gateway.
pub(super) struct Hands {
    pub(super) store: Store,
    pub(super) gateway: Arc<MidtransClient>,
    pub(super) environment: String,
    reconcile: Reconcile,
    wait: Duration,
}

impl Hands {
    pub(super) fn new(config: &CliConfig, store: Store, wait: u64) -> Result<Self, Refusal> {
        let wait = Duration::from_secs(wait);
        let gateway = config.gateway(wait)?;
        let environment = gateway.environment.to_string();
        let gateway = Arc::new(MidtransClient::new(gateway, Metrics::default())?);
        let reconcile = Reconcile::new(store.clone(), gateway.clone());
        Ok(Self { store, gateway, environment, reconcile, wait })
    }

    /// Until when the gateway may take for one thing.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.wait
    }

    pub(super) async fn order(&self, id: &str) -> Result<StoredOrder, Refusal> {
        self.store.order(id).await?.ok_or_else(|| Refusal::no_order(id))
    }

    /// The payment order that was named, else the one that paid, else the one that can be paid.
    pub(super) async fn target(&self, order: &StoredOrder, named: Option<&str>) -> Result<Attempt, Refusal> {
        let attempts = self.store.attempts(&order.order_id).await?;
        let wanted = named.or(order.payer.as_ref().map(|payer| payer.payment_order_id.as_str()));
        let found = match wanted {
            Some(wanted) => attempts.iter().find(|attempt| attempt.payment_order_id == wanted),
            None => attempts.first(),
        };
        found.cloned().ok_or_else(|| {
            let names: Vec<&str> = attempts.iter().map(|attempt| attempt.payment_order_id.as_str()).collect();
            Refusal::new(
                "payment_not_found",
                format!("order {} has no payment order {}", order.order_id, plain(wanted.unwrap_or("yet"))),
                format!("--payment takes one of: {}", names.join(", ")),
            )
        })
    }

    /// What the gateway says of a payment order right now.
    pub(super) async fn says(&self, attempt: &Attempt) -> Result<Option<Notification>, Refusal> {
        let id = attempt.transaction_id.as_deref();
        Ok(self.gateway.status(&attempt.payment_order_id, id, self.deadline()).await?)
    }

    /// All payment orders of an order and what the gateway says of them.
    pub(super) async fn standings(&self, order_id: &str) -> Result<Vec<Standing>, Refusal> {
        let mut standings = Vec::new();
        for attempt in self.store.attempts(order_id).await? {
            let said = self.says(&attempt).await?;
            standings.push((attempt, said));
        }
        Ok(standings)
    }

    /// Has the gateway asked about an order, waiting for whoever asks already; what is mended thereby is in it.
    pub(super) async fn ask(&self, order_id: &str) -> Result<Round, Refusal> {
        let until = Instant::now() + OTHERS;
        let mut round = loop {
            if let Some(round) = self.reconcile.wake(order_id).await? {
                break round.whole()?;
            }
            if Instant::now() >= until {
                return Err(Refusal::new(
                    "in_progress",
                    format!("somebody else asks the gateway about order {order_id} right now"),
                    format!("merchant order show {order_id} in a moment"),
                ));
            }
            tokio::time::sleep(LOOK).await;
        };
        round.changes.extend(self.mend(order_id).await?);
        Ok(round)
    }

    /// Ends a review that is over because money went back; what became of the order.
    async fn mend(&self, order_id: &str) -> Result<Option<String>, Refusal> {
        let order = self.order(order_id).await?;
        let Some(payer) = order.payer.as_ref().filter(|_| order.status == OrderStatus::Review) else {
            return Ok(None);
        };
        let Some(mended) = amends(&order, &self.standings(order_id).await?) else { return Ok(None) };
        let by = &mended.payer;
        if by.payment_order_id != payer.payment_order_id
            && !self.store.hand_over(order_id, &payer.payment_order_id, by).await?
        {
            return Ok(None);
        }
        let said = Said { payment_order_id: by.payment_order_id.clone(), transaction_id: by.transaction_id.clone() };
        let change = move |order: &StoredOrder, _: &Attempt| Change {
            status: (order.status == OrderStatus::Review).then_some(mended.to),
            payment: None,
            refunded: mended.refunded,
            outcome: format!("{}, {}", mended.why, said.payment_order_id),
            said,
            pays: false,
            twice: false,
        };
        let change = self.store.change(order_id, clock::now(), change).await?;
        Ok(change.status.map(|_| change.outcome))
    }

    /// Brings an order up to date after something was done at the gateway. `seen` is whether its status shows it.
    /// What keeps it from being up to date is a remark for the operator: it was done all the same.
    pub(super) async fn catch_up(
        &self,
        target: &Attempt,
        order_id: &str,
        seen: impl Fn(Option<&Notification>) -> bool,
    ) -> Result<Option<String>, Refusal> {
        let asked = self.ask(order_id).await;
        let shown = match &asked {
            Ok(_) => self.says(target).await.is_ok_and(|said| seen(said.as_ref())),
            Err(_) => false,
        };
        if shown {
            return Ok(None);
        }
        // The schedule asks rarely about orders that are paid: this one has news to come.
        self.store.make_due(order_id, clock::now()).await?;
        let why =
            asked.err().map_or_else(|| "the gateway's status does not show it yet".into(), |refusal| refusal.sentence);
        Ok(Some(format!("the order is not up to date yet ({why}); a running merchant asks again by itself")))
    }

    /// What did not even begin leaves a line too, where one can be written.
    pub(super) async fn begun<T>(
        &self,
        order_id: &str,
        (what, by): (&str, &str),
        prepared: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let Err(refusal) = &prepared {
            let line = format!("{what} asked for by {by}, not done: {} [{}]", refusal.sentence, refusal.code);
            // What kept it from being done matters more than that it could not be noted.
            drop(self.remark(order_id, &line).await);
        }
        prepared
    }

    /// Leaves a line in an order's history.
    pub(super) async fn remark(&self, order_id: &str, line: &str) -> Result<(), Refusal> {
        Ok(self.store.remark(order_id, line, clock::now()).await?)
    }
}
