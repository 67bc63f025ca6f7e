//! Opens the database: the file or the server, the connections, the schema.

use std::path::Path;
use std::str::FromStr as _;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Executor as _, SqlSafeStr as _};

use super::connection::{LOCK_TIMEOUT, Pool, Readers};
use super::group_commit::GroupCommit;
use super::pubsub::OrderEvents;
use super::{Store, StoreError};

/// PostgreSQL's connections.
const CONNECTIONS: u32 = 16;

/// The settings of each connection: no statement hangs, and a commit is on disk.
const POSTGRES: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on;";

impl Store {
    /// Opens the database, creates SQLite's file and its directory if they do not exist, and updates the schema.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if !is_postgres(url) {
            return Self::open_sqlite(url).await;
        }
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(LOCK_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(POSTGRES).await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        migrator().run(&pool).await?;
        Ok(Self::over(Pool::Postgres(pool), OrderEvents::across_processes(url)))
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let file = std::path::absolute(SqliteConnectOptions::from_str(url)?.get_filename())?;
        create_private(&file)?;
        // One migrator serves both databases; afterwards `connection.rs` opens the file.
        let options = SqliteConnectOptions::new().filename(&file).busy_timeout(LOCK_TIMEOUT);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        migrator().run(&pool).await?;
        pool.close().await;
        Ok(Self::over(Pool::Sqlite(Readers::new(&file)), OrderEvents::default()))
    }

    fn over(pool: Pool, events: OrderEvents) -> Self {
        Self { pool, group: GroupCommit::default(), events, outbox_notify: None }
    }
}

/// Whether an address names PostgreSQL.
fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

fn migrator() -> Migrator {
    let simple = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![simple(1, "initial", include_str!("../../migrations/0001_initial.sql"))])
}

/// Creates a file that only its owner can read, because it contains customer data. SQLite copies the mode to the WAL.
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
    use super::super::query::query;
    use super::*;

    #[tokio::test]
    async fn the_database_file_is_durable_and_private() {
        let folder = std::env::temp_dir().join(format!("store {}%", crate::id::random().unwrap()));
        let file = folder.join("new/shop.sqlite");
        let url = format!("sqlite://{}", file.display().to_string().replace('%', "%25"));
        let store = Store::open(&url).await.unwrap();
        let pragmas = "SELECT (SELECT synchronous FROM pragma_synchronous) AS synchronous,
            (SELECT journal_mode FROM pragma_journal_mode) AS journal, (SELECT foreign_keys FROM pragma_foreign_keys) AS keys";
        let mut writing = store.write().await.unwrap();
        for row in [query(pragmas).fetch_one(&mut *writing).await, query(pragmas).fetch_one(&store.pool).await] {
            let row = row.unwrap();
            assert_eq!(row.try_get::<i64>("synchronous").unwrap(), 2, "FULL");
            assert_eq!(row.try_get::<&str>("journal").unwrap(), "wal");
            assert_eq!(row.try_get::<i64>("keys").unwrap(), 1);
        }
        drop(writing);
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
