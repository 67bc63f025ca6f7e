//! Notifications as they came, each once: on disk before anybody hears that they arrived.

use super::order_tx::Holding;
use super::query::{Row, query};
use super::{Lease, Next, Store, StoreError};
use crate::clock::Millis;

/// How many an order may have that the gateway did not bear out. Midtrans sends a dozen; only somebody who
/// rewrites old ones sends more.
const MAX_OPEN: i64 = 64;

/// A verified notification to keep.
#[derive(Debug)]
pub struct Received<'a> {
    /// SHA-512 of the body.
    pub fingerprint: &'a str,
    /// The gateway's `order_id`.
    pub payment_order_id: &'a str,
    /// As it came.
    pub body: &'a str,
    /// When it came.
    pub at: Millis,
}

/// Whether a body came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// No.
    New,
    /// It is on disk and still waits.
    Waits,
    /// It was confirmed.
    Done,
}

/// How an order stood when a notification came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The shop's order.
    pub order_id: String,
    /// Whether this very body came before.
    pub known: Known,
    /// What must not have changed until the gateway's answer is written down; nothing where it is about another
    /// payment order than the order's first.
    pub marks: Option<Marks>,
}

/// What every other asker, every other notification and every change of an order leaves behind. As long as they
/// are the same, nobody else heard the gateway about this order, and nothing happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub(super) version: i64,
    pub(super) wakes: i64,
    pub(super) asked_at: Millis,
    pub(super) lease_until: Millis,
    /// Notifications that wait.
    pub(super) open: i64,
}

impl Marks {
    /// Whether the gateway can be asked at once: nobody else asks, nothing waits.
    #[must_use]
    pub fn are_quiet(&self, now: Millis) -> bool {
        self.lease_until <= now && self.open == 0
    }
}

/// What became of a notification that was to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept and waits to be confirmed; its order is due, and the caller's to ask about unless somebody is
    /// asking already.
    New(Option<Lease>),
    /// This very body is on disk and still waits.
    Waits,
    /// This very body was confirmed before.
    Done,
    /// Too many wait already.
    Full,
}

/// A notification that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// SHA-512 of the body.
    pub fingerprint: String,
    /// As it came.
    pub body: String,
    /// When.
    pub received_at: Millis,
}

impl Store {
    /// All that a notification needs to know of its order, in one look; nothing when it is of no order here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look(&self, payment_order_id: &str, fingerprint: &str) -> Result<Option<Seen>, StoreError> {
        // The first payment order of an order, mostly the only one, bears its id.
        let row = query(
            "SELECT order_id, version, wakes, asked_at, lease_until,
                 (SELECT COUNT(*) FROM notifications
                     WHERE notifications.order_id = orders.order_id AND done_at IS NULL) AS open,
                 (SELECT COALESCE(done_at, 0) FROM notifications WHERE fingerprint = $2) AS known
             FROM orders WHERE order_id = $1",
        )
        .bind(payment_order_id)
        .bind(fingerprint)
        .fetch_optional(&self.pool)
        .await?;
        if let Some(row) = row {
            let marks = Marks {
                version: row.try_get("version")?,
                wakes: row.try_get("wakes")?,
                asked_at: row.try_get("asked_at")?,
                lease_until: row.try_get("lease_until")?,
                open: row.try_get("open")?,
            };
            return Ok(Some(Seen { order_id: row.try_get("order_id")?, known: known_of(&row)?, marks: Some(marks) }));
        }
        let row = query(
            "SELECT order_id, (SELECT COALESCE(done_at, 0) FROM notifications WHERE fingerprint = $2) AS known
             FROM attempts WHERE payment_order_id = $1",
        )
        .bind(payment_order_id)
        .bind(fingerprint)
        .fetch_optional(&self.pool)
        .await?;
        let seen = |row: &Row| Ok(Seen { order_id: row.try_get("order_id")?, known: known_of(row)?, marks: None });
        row.as_ref().map(seen).transpose()
    }

    /// How often a payment order was refused, as far as that was told and confirmed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refusals(&self, payment_order_id: &str) -> Result<i64, StoreError> {
        let row = query(
            "SELECT COUNT(*) AS many FROM notifications WHERE payment_order_id = $1 AND outcome LIKE 'deny%'
             AND order_id = (SELECT order_id FROM attempts WHERE attempts.payment_order_id = $1)",
        )
        .bind(payment_order_id)
        .fetch_one(&self.pool)
        .await?;
        row.try_get("many")
    }

    /// The notifications of an order that wait, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting(&self, order_id: &str) -> Result<Vec<Waiting>, StoreError> {
        let rows = query(
            "SELECT fingerprint, body, received_at FROM notifications
             WHERE order_id = $1 AND done_at IS NULL ORDER BY received_at, fingerprint",
        )
        .bind(order_id)
        .fetch_all(&self.pool)
        .await?;
        let waiting = |row: &Row| {
            Ok(Waiting {
                fingerprint: row.try_get("fingerprint")?,
                body: row.try_get("body")?,
                received_at: row.try_get("received_at")?,
            })
        };
        rows.iter().map(waiting).collect()
    }
}

impl Holding<'_> {
    /// Keeps a notification that waits, makes its order due and takes the lease on asking until `leased_until`,
    /// unless somebody has it: they will see that there is more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep(
        &mut self,
        received: &Received<'_>,
        leased_until: Millis,
        now: Millis,
    ) -> Result<Kept, StoreError> {
        match self.known {
            Known::Done => return Ok(Kept::Done),
            Known::Waits => return Ok(Kept::Waits),
            Known::New if self.marks().open >= MAX_OPEN => return Ok(Kept::Full),
            Known::New => {}
        }
        self.add(received, "", None).await?;
        Ok(Kept::New(self.wake(leased_until, now)))
    }

    /// Keeps a notification of which is known already what became of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_done(
        &mut self,
        received: &Received<'_>,
        outcome: &str,
        next: Next,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.add(received, outcome, Some(now)).await?;
        self.heard(next, now);
        Ok(())
    }

    /// Nobody else adds one of the same order: it is held.
    async fn add(&mut self, received: &Received<'_>, outcome: &str, done_at: Option<Millis>) -> Result<(), StoreError> {
        query(
            "INSERT INTO notifications (fingerprint, order_id, payment_order_id, body, outcome, received_at, done_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(received.fingerprint)
        .bind(&self.order.order_id)
        .bind(received.payment_order_id)
        .bind(received.body)
        .bind(outcome)
        .bind(received.at)
        .bind(done_at)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

pub(super) fn known_of(row: &Row) -> Result<Known, StoreError> {
    Ok(match row.try_get::<Option<Millis>>("known")? {
        None => Known::New,
        Some(0) => Known::Waits,
        Some(_) => Known::Done,
    })
}
