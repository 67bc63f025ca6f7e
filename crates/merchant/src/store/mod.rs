//! Orders on disk: everything that must survive a power cut, and the only place with SQL.
//!
//! SQLite in WAL mode with `synchronous=FULL`: what was committed is on disk. Statements keep to what
//! PostgreSQL has too. It decides nothing; rules are passed in.

mod attempts;
mod notifications;
mod orders;

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr as _, Sqlite, Transaction};

pub use attempts::Attempt;
pub use notifications::{Change, Received, Recorded, Said};
pub use orders::{Inserted, NewOrder, Payer, StoredOrder};

/// How long a writer waits for another one, and a request for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

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
    pool: SqlitePool,
}

impl Store {
    /// Opens the database, makes the file and its folder when they are missing, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        create_private(options.get_filename())?;
        let pool = SqlitePoolOptions::new().max_connections(4).acquire_timeout(PATIENCE).connect_with(options).await?;
        migrator().run(&pool).await?;
        Ok(Self { pool })
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM orders LIMIT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Waits for running statements and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that writes: it takes the write lock first, so it never fails half way for another writer.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

fn migrator() -> Migrator {
    let simple = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        simple(1, "orders", include_str!("../../migrations/sqlite/0001_orders.sql")),
        simple(2, "news", include_str!("../../migrations/sqlite/0002_news.sql")),
    ])
}

/// Customer data is in there: nobody but the owner reads it. SQLite gives its WAL the same rights.
fn create_private(path: &Path) -> Result<(), std::io::Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_committed_survives_and_is_private() {
        let folder = std::env::temp_dir().join(format!("store-{}", crate::id::random().unwrap()));
        let file = folder.join("new/shop.sqlite");
        let url = format!("sqlite://{}", file.display());
        let store = Store::open(&url).await.unwrap();
        let one = |pragma: &'static str| sqlx::query_scalar::<_, String>(pragma).fetch_one(&store.pool);
        assert_eq!(one("SELECT synchronous || '' FROM pragma_synchronous").await.unwrap(), "2", "FULL");
        assert_eq!(one("SELECT journal_mode FROM pragma_journal_mode").await.unwrap(), "wal");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        store.close().await;
        assert!(Store::open(&url).await.is_ok(), "an up-to-date schema is left as it is");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
