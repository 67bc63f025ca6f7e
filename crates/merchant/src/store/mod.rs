//! Orders on disk: everything that must survive a power cut, and the only place with SQL.
//!
//! SQLite in WAL mode with `synchronous=FULL`, or PostgreSQL: what was committed is on disk. One text of SQL
//! serves both (`query.rs`, `connection.rs`). It decides nothing; rules are passed in.

mod admin_queries;
mod connect;
mod connection;
mod group_commit;
mod notifications;
mod order_tx;
mod order_update;
mod orders;
mod outbox;
mod payment_attempts;
mod poll_leases;
mod pubsub;
mod query;
mod refunds;
mod write_tx;

use std::sync::Arc;

use tokio::sync::Notify;

pub use admin_queries::{Heard, Listed, Outbox};
pub use notifications::{Kept, Known, Marks, Received, Seen, Waiting};
pub use order_tx::Holding;
pub use order_update::{Change, Line, Said};
pub use orders::{Inserted, NewOrder, Payer, StoredOrder};
pub use outbox::{Delivery, Depth};
pub use payment_attempts::Attempt;
pub use poll_leases::{Lease, Next};
pub use pubsub::Subscription;
pub use refunds::{Outcome, Plan, Refund, Wish};

use connection::Pool;
use group_commit::Group;
use pubsub::Changes;
use query::query;

/// Why the store did not do it. Holds no values of the statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The file.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// By this process.
    #[error("database: it is closed")]
    Closed,
    /// Others write for so long, here or in another process.
    #[error("database: others were writing for too long")]
    Busy,
    /// A row that must be there.
    #[error("database: a row is missing")]
    NoRow,
    /// A column that is not there, or holds something else.
    #[error("database: the column {0} cannot be read")]
    Column(&'static str),
    /// The schema.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A JSON column that this version cannot read.
    #[error("a stored value cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The file or its folder.
    #[error("the database file: {0}")]
    File(#[from] std::io::Error),
    /// A commit that was for others too.
    #[error("database: {0}")]
    Group(String),
}

/// The store.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    group: Group,
    changes: Changes,
    announces: Option<Arc<Notify>>,
}

impl Store {
    /// The same store, which also writes down for the shop's own systems what changes.
    #[must_use]
    pub fn announcing(self) -> Self {
        Self { announces: Some(Arc::default()), ..self }
    }

    /// Until something new is to be told to the shop's own systems by this process.
    pub async fn announced(&self) {
        match &self.announces {
            Some(news) => news.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        query("SELECT order_id FROM orders LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }

    /// Waits for running statements and closes the file or the connections.
    pub async fn close(&self) {
        self.changes.stop();
        self.group.close().await;
        self.pool.close().await;
    }

    /// The statement that also locks what it reads, where the database does not lock everything anyway.
    fn locking(&self, plain: &'static str, locking: &'static str) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => plain,
            Pool::Postgres(_) => locking,
        }
    }
}
