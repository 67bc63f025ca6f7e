//! One order in one transaction: what was said about it, which notifications that bears out, when to ask again and
//! the end of the lease go to disk together, the order's row with one statement.

use wire::merchant::OrderStatus;

use super::connection::Pool;
use super::notifications::known_of;
use super::order_update::add_first_line;
use super::orders::{json, order_of};
use super::outbox::{self, News};
use super::payment_attempts::attempt_of;
use super::query::{Row, query};
use super::write_tx::Writing;
use super::{Attempt, Change, Known, Lease, Marks, Next, Payer, Said, Store, StoreError, StoredOrder};
use crate::clock::Millis;

/// An order that nobody else changes until this is committed; dropped without, nothing was changed.
pub struct Holding<'a> {
    store: &'a Store,
    pub(super) tx: Writing,
    pub(super) order: StoredOrder,
    newest: Attempt,
    asking: Asking,
    open: i64,
    /// Of the notification that it is held for.
    pub(super) known: Known,
    /// What to pay where, where that is news.
    payment: Option<String>,
    /// Whether there is anything to write into the order's row.
    changed: bool,
    /// Whether anybody can see a change.
    seen: bool,
}

/// The columns of an order about asking the gateway.
#[derive(Debug, Clone)]
struct Asking {
    due_at: Option<Millis>,
    asks: i64,
    wakes: i64,
    asked_at: Millis,
    lease_until: Millis,
    updated_at: Millis,
}

impl Store {
    /// Holds an order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold(&self, order_id: &str) -> Result<Holding<'_>, StoreError> {
        self.hold_for(order_id, "").await
    }

    /// Holds an order for a notification.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_for(&self, order_id: &str, fingerprint: &str) -> Result<Holding<'_>, StoreError> {
        let mut tx = self.write().await?;
        let order = self.lock(&mut tx, order_id).await?;
        // Not in one statement: on PostgreSQL it would see what there was before it waited for the lock.
        let beside = query(
            "SELECT attempts.*,
                 (SELECT COUNT(*) FROM notifications
                     WHERE notifications.order_id = $1 AND done_at IS NULL) AS open,
                 (SELECT COALESCE(done_at, 0) FROM notifications WHERE fingerprint = $2) AS known
             FROM attempts WHERE attempts.order_id = $1 ORDER BY seq DESC LIMIT 1",
        )
        .bind(order_id)
        .bind(fingerprint)
        .fetch_one(&mut *tx)
        .await?;
        Ok(Holding {
            store: self,
            order: order_of(&order)?,
            newest: attempt_of(&beside)?,
            asking: asking_of(&order)?,
            open: beside.try_get("open")?,
            known: known_of(&beside)?,
            tx,
            payment: None,
            changed: false,
            seen: false,
        })
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

    /// Whether the notification that it is held for is known.
    #[must_use]
    pub fn known(&self) -> Known {
        self.known
    }

    /// What a change leaves behind, before anything was changed here.
    #[must_use]
    pub fn marks(&self) -> Marks {
        let Asking { wakes, asked_at, lease_until, .. } = self.asking;
        Marks { version: self.order.version, wakes, asked_at, lease_until, open: self.open }
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
        if let Some(payment) = payment {
            self.payment = Some(json(payment)?);
            after.payment = Some(payment.clone());
            self.seen = true;
        }
        let refunded = change.refunded.filter(|refunded| *refunded > after.refunded_amount);
        after.refunded_amount = refunded.unwrap_or(after.refunded_amount);
        let news = change.status.is_some() || refunded.is_some();
        after.version += i64::from(news);
        after.status = change.status.clone().unwrap_or(after.status);
        let Said { payment_order_id, transaction_id } = change.said.clone();
        if change.pays && after.payer.is_none() {
            after.payer = Some(Payer { payment_order_id, transaction_id });
        }
        self.learn(&change.said).await?;
        if news {
            self.write_line(&after, &change.outcome, at).await?;
        }
        self.seen |= news;
        self.order = after;
        self.asking.updated_at = at;
        self.changed = true;
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
    pub fn give_back(&mut self, lease: &Lease, next: Next, now: Millis) -> bool {
        if self.asking.lease_until != lease.until {
            return false;
        }
        let more = self.asking.wakes != lease.wakes;
        let Next { due_at, asks } = if more { Next { due_at: Some(now), asks: 0 } } else { next };
        self.asking = Asking { due_at, asks, lease_until: 0, ..self.asking };
        self.changed = true;
        more
    }

    /// A notification came and waits: whoever asks now, or is the next to, sees that there is more.
    pub(super) fn wake(&mut self, leased_until: Millis, now: Millis) -> Option<Lease> {
        let free = self.asking.lease_until <= now;
        self.asking.wakes += 1;
        self.asking.asks = 0;
        self.asking.due_at = Some(now);
        self.changed = true;
        if !free {
            return None;
        }
        self.asking.lease_until = leased_until;
        self.asking.asked_at = now;
        let Asking { asks, wakes, .. } = self.asking;
        Some(Lease { order_id: self.order.order_id.clone(), asks, until: leased_until, wakes })
    }

    /// A notification came, the gateway was asked, and that is that.
    pub(super) fn heard(&mut self, next: Next, now: Millis) {
        let Next { due_at, asks } = next;
        self.asking = Asking { due_at, asks, wakes: self.asking.wakes + 1, asked_at: now, ..self.asking };
        self.changed = true;
    }

    /// When this answers `Ok`, all of it is on disk, and whoever waits for changes hears of them.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.write_row().await?;
        let Self { store, mut tx, order, seen, .. } = self;
        if seen && matches!(store.pool, Pool::Postgres(_)) {
            let told = query("SELECT pg_notify($1, $2)").bind(super::pubsub::CHANNEL).bind(&order.order_id);
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

    /// Nobody else wrote to it since it was read: it is held.
    async fn write_row(&mut self) -> Result<(), StoreError> {
        if !self.changed {
            return Ok(());
        }
        let Asking { due_at, asks, wakes, asked_at, lease_until, updated_at } = self.asking;
        let payer = self.order.payer.as_ref();
        query(
            "UPDATE orders SET status = $1, payment = COALESCE($2, payment), refunded_amount = $3, version = $4,
             paid_by = $5, paid_transaction = $6, updated_at = $7, due_at = $8, asks = $9, wakes = $10, asked_at = $11,
             lease_until = $12 WHERE order_id = $13",
        )
        .bind(self.order.status.as_str())
        .bind(&self.payment)
        .bind(self.order.refunded_amount.0)
        .bind(self.order.version)
        .bind(payer.map(|payer| payer.payment_order_id.as_str()))
        .bind(payer.and_then(|payer| payer.transaction_id.as_deref()))
        .bind(updated_at)
        .bind(due_at)
        .bind(asks)
        .bind(wakes)
        .bind(asked_at)
        .bind(lease_until)
        .bind(&self.order.order_id)
        .execute(&mut *self.tx)
        .await?;
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

fn asking_of(row: &Row) -> Result<Asking, StoreError> {
    Ok(Asking {
        due_at: row.try_get("due_at")?,
        asks: row.try_get("asks")?,
        wakes: row.try_get("wakes")?,
        asked_at: row.try_get("asked_at")?,
        lease_until: row.try_get("lease_until")?,
        updated_at: row.try_get("updated_at")?,
    })
}
