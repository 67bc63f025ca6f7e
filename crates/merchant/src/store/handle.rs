//! The handle to the database.

use std::sync::Arc;

use tokio::sync::Notify;

use super::StoreError;
use super::connection::Pool;
use super::group_commit::GroupCommit;
use super::pubsub::OrderEvents;
use super::query::query;

/// A handle to the database; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) pool: Pool,
    pub(super) group: GroupCommit,
    pub(super) events: OrderEvents,
    /// Wakes the webhook sender of this process; none if no webhook is configured.
    pub(super) outbox_notify: Option<Arc<Notify>>,
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
    pub(super) fn dialect(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => sqlite,
            Pool::Postgres(_) => postgres,
        }
    }
}
