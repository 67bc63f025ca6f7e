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

use std::sync::Arc;

use sqlx::AnyConnection;
use sqlx::AnyPool;
use sqlx::pool::PoolConnection;
use sqlx::{Any, Transaction};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

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
}

/// The store.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    kind: Kind,
    /// SQLite has one writer at a time: here they queue in order, instead of asking it again and again.
    writer: Arc<Mutex<()>>,
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

    /// A transaction that writes: it takes the write lock first, so it never fails half way for another writer.
    async fn write(&self) -> Result<Writing, StoreError> {
        let turn = self.turn().await;
        let tx = match self.kind {
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Kind::Postgres => self.pool.begin().await?,
        };
        Ok(Writing { tx, _turn: turn })
    }

    /// A connection for one statement that writes.
    async fn writer(&self) -> Result<Turn, StoreError> {
        let turn = self.turn().await;
        Ok(Turn { connection: self.pool.acquire().await?, _turn: turn })
    }

    async fn turn(&self) -> Option<OwnedMutexGuard<()>> {
        match self.kind {
            Kind::Sqlite => Some(self.writer.clone().lock_owned().await),
            Kind::Postgres => None,
        }
    }

    /// The statement that also locks what it reads, where the database does not lock everything anyway.
    fn locking(&self, plain: &'static str, locking: &'static str) -> &'static str {
        match self.kind {
            Kind::Sqlite => plain,
            Kind::Postgres => locking,
        }
    }
}

/// A transaction in its turn.
struct Writing {
    tx: Transaction<'static, Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Writing {
    async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}

impl std::ops::Deref for Writing {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl std::ops::DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

/// A connection in its turn.
struct Turn {
    connection: PoolConnection<Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl std::ops::Deref for Turn {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl std::ops::DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}
