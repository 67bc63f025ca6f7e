//! One order in one transaction: what was said about it, which notifications that bears out, when to ask again and
//! the end of the lease go to disk together.

use wire::merchant::OrderStatus;

use super::changes::add_first_line;
use super::connection::Pool;
use super::orders::json;
use super::outbox::{self, News};
use super::sql::query;
use super::write::Writing;
use super::{Attempt, Change, Lease, Next, Payer, Said, Store, StoreError, StoredOrder};
use crate::clock::Millis;

/// An order that nobody else changes until this is committed; dropped without, nothing was changed.
pub struct Holding<'a> {
    store: &'a Store,
    tx: Writing,
    order: StoredOrder,
    newest: Attempt,
    /// Whether anybody can see a change.
    seen: bool,
}

impl Store {
    /// Holds an order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold(&self, order_id: &str) -> Result<Holding<'_>, StoreError> {
        let mut tx = self.write().await?;
        let (order, newest) = self.load(&mut tx, order_id).await?;
        Ok(Holding { store: self, tx, order, newest, seen: false })
    }
}

impl Holding<'_> {
    /// As it is by now, with all that was changed here.
    #[must_use]
    pub fn order(&self) -> &StoredOrder {
        &self.order
    }

    /// The attempt that can be paid.
    #[must_use]
    pub fn newest(&self) -> &Attempt {
        &self.newest
    }

    /// Changes the order by `decide`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change(
        &mut self,
        at: Millis,
        decide: impl FnOnce(&StoredOrder, &Attempt) -> Change + Send,
    ) -> Result<Change, StoreError> {
        let change = decide(&self.order, &self.newest);
        let mut after = self.order.clone();
        let payment = change.payment.as_ref().filter(|payment| after.payment.as_ref() != Some(*payment));
        let payment_json = payment.map(json).transpose()?;
        after.payment = payment.cloned().or(after.payment);
        let refunded = change.refunded.filter(|refunded| *refunded > after.refunded_amount);
        after.refunded_amount = refunded.unwrap_or(after.refunded_amount);
        let news = change.status.is_some() || refunded.is_some();
        after.version += i64::from(news);
        after.status = change.status.clone().unwrap_or(after.status);
        let Said { payment_order_id, transaction_id } = change.said.clone();
        if change.pays && after.payer.is_none() {
            after.payer = Some(Payer { payment_order_id, transaction_id });
        }
        let payer = after.payer.as_ref();
        query(
            "UPDATE orders SET status = $1, payment = COALESCE($2, payment), refunded_amount = $3, version = $4,
             paid_by = $5, paid_transaction = $6, updated_at = $7 WHERE order_id = $8",
        )
        .bind(after.status.as_str())
        .bind(payment_json)
        .bind(after.refunded_amount.0)
        .bind(after.version)
        .bind(payer.map(|payer| payer.payment_order_id.as_str()))
        .bind(payer.and_then(|payer| payer.transaction_id.as_deref()))
        .bind(at)
        .bind(&after.order_id)
        .execute(&mut *self.tx)
        .await?;
        self.learn(&change.said).await?;
        if news {
            self.write_line(&after, &change.outcome, at).await?;
        }
        self.seen |= news || change.payment.is_some() && after.payment != self.order.payment;
        self.order = after;
        Ok(change)
    }

    /// Notes what became of a notification; it waits no longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn done(&mut self, fingerprint: &str, outcome: &str, at: Millis) -> Result<(), StoreError> {
        query("UPDATE notifications SET outcome = $1, done_at = $2 WHERE fingerprint = $3 AND done_at IS NULL")
            .bind(outcome)
            .bind(at)
            .bind(fingerprint)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Gives the lease back. Whether more notifications came meanwhile, so that the order is due again at once;
    /// false too when the lease had ended and may be another's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_back(&mut self, lease: &Lease, next: Next, now: Millis) -> Result<bool, StoreError> {
        lease.give_back(&mut self.tx, next, now).await
    }

    /// When this answers `Ok`, all of it is on disk, and whoever waits for changes hears of them.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { store, mut tx, order, seen, .. } = self;
        if seen && matches!(store.pool, Pool::Postgres(_)) {
            let told = query("SELECT pg_notify($1, $2)").bind(super::listen::CHANNEL).bind(&order.order_id);
            told.fetch_all(&mut *tx).await?;
        }
        tx.commit().await?;
        if seen {
            store.changes.tell(&order.order_id);
            if let Some(news) = &store.announces {
                news.notify_one();
            }
        }
        Ok(())
    }

    /// The gateway's id of a payment.
    async fn learn(&mut self, said: &Said) -> Result<(), StoreError> {
        let newest = said.payment_order_id == self.newest.payment_order_id;
        if said.transaction_id.is_none() || newest && said.transaction_id == self.newest.transaction_id {
            return Ok(());
        }
        query("UPDATE attempts SET transaction_id = $1 WHERE payment_order_id = $2")
            .bind(&said.transaction_id)
            .bind(&said.payment_order_id)
            .execute(&mut *self.tx)
            .await?;
        if newest {
            self.newest.transaction_id.clone_from(&said.transaction_id);
        }
        Ok(())
    }

    /// The history's next line, and the message to the shop's own systems.
    async fn write_line(&mut self, after: &StoredOrder, cause: &str, at: Millis) -> Result<(), StoreError> {
        let (before, seq): (&OrderStatus, i64) = (&self.order.status, after.version);
        add_first_line(&mut self.tx, &after.order_id, Some(before), &after.status, cause, at, seq).await?;
        if self.store.announces.is_some() {
            let news = News { order: &self.order, to: &after.status, refunded: after.refunded_amount, seq, at };
            outbox::announce(&mut self.tx, &news).await?;
        }
        Ok(())
    }
}
