//! Orders on disk: everything that must survive a power cut, and the only place with SQL.
//!
//! SQLite in WAL mode with `synchronous=FULL`, or PostgreSQL: what was committed is on disk. One text of SQL
//! serves both. It decides nothing; rules are passed in.

mod attempts;
mod changes;
mod desk;
mod due;
mod inbox;
mod listen;
mod open;
mod orders;
mod outbox;
mod refunds;
mod write;

use std::sync::Arc;

use sqlx::AnyPool;
use tokio::sync::Notify;

pub use attempts::Attempt;
pub use changes::{Change, Line, Said};
pub use desk::{Heard, Listed, Outbox};
pub use due::{Lease, Next};
pub use inbox::{Kept, Received, Waiting};
pub use listen::Subscription;
pub use orders::{Inserted, NewOrder, Payer, StoredOrder};
pub use outbox::{Delivery, Depth};
pub use refunds::{Outcome, Plan, Refund, Wish};

use listen::Changes;
use write::Group;

/// Why the store did not do it. Holds no values of the statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
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
    pool: AnyPool,
    kind: Kind,
    group: Group,
    changes: Changes,
    announces: Option<Arc<Notify>>,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
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
        sqlx::query("SELECT 1 FROM orders LIMIT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Waits for running statements and closes the file or the connections.
    pub async fn close(&self) {
        self.changes.stop();
        self.pool.close().await;
    }

    /// The statement that also locks what it reads, where the database does not lock everything anyway.
    fn locking(&self, plain: &'static str, locking: &'static str) -> &'static str {
        match self.kind {
            Kind::Sqlite => plain,
            Kind::Postgres => locking,
        }
    }
}
