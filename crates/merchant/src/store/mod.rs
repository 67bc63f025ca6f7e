//! The store: orders, payment attempts, notifications, refunds and outgoing events, in SQLite or PostgreSQL.
//!
//! This is the only module with SQL. SQLite runs in WAL mode with `synchronous=FULL`. One text of SQL serves both
//! databases (`query.rs`, `connection.rs`). The store applies rules of the crate `orders` and has none of its own.

mod admin_queries;
mod connect;
mod connection;
mod error;
mod group_commit;
mod history;
mod notification_writes;
mod notifications;
mod order_tx;
mod orders;
mod outbox;
mod payment_attempts;
mod poll_leases;
mod pubsub;
mod query;
mod refunds;
mod status_lists;
mod write_tx;

use std::sync::Arc;

use tokio::sync::Notify;

pub use admin_queries::{NotificationRecord, OrderSummary, OutboxFilter};
pub use error::StoreError;
pub use history::HistoryEntry;
pub use notification_writes::Closing;
pub use notifications::{
    ConcurrencyStamp, DedupState, InsertOutcome, NewNotification, NotificationLookup, PendingNotification,
};
pub use order_tx::OrderTx;
pub use orders::{NewOrder, OrderInsertion};
pub use outbox::{Delivery, OutboxStats};
pub use poll_leases::{NextPoll, PollLease};
pub use pubsub::Subscription;
pub use refunds::RefundRequest;

use connection::Pool;
use group_commit::GroupCommit;
use pubsub::OrderEvents;
use query::query;

/// A handle to the database; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    group: GroupCommit,
    events: OrderEvents,
    /// Wakes the webhook sender of this process; none if no webhook is configured.
    outbox_notify: Option<Arc<Notify>>,
}

impl Store {
    /// The same store, which also writes an outbox event for each visible update.
    #[must_use]
    pub fn with_webhooks(self) -> Self {
        Self { outbox_notify: Some(Arc::default()), ..self }
    }

    /// Waits until this process writes an outbox event.
    pub async fn outbox_changed(&self) {
        match &self.outbox_notify {
            Some(notify) => notify.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        query("SELECT order_id FROM orders LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }

    /// Waits for running statements and closes the file or the connections.
    pub async fn close(&self) {
        self.events.stop();
        self.group.close().await;
        self.pool.close().await;
    }

    /// One of two texts of a statement. Only PostgreSQL locks the rows that it reads; SQLite locks the database.
    fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => sqlite,
            Pool::Postgres(_) => postgres,
        }
    }
}
