//! Opening a database: the file or the server, the connections, the schema.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Executor as _, SqlSafeStr as _};

use super::connection::{Pool, Readers};
use super::group_commit::Group;
use super::pubsub::Changes;
use super::{Store, StoreError};

/// How long a writer waits for another one, and a request for a connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// PostgreSQL's connections.
const CONNECTIONS: u32 = 16;

/// What each of them is told first: nothing hangs, and a commit is on disk.
const POSTGRES: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on;";

impl Store {
    /// Opens the database, makes SQLite's file and its folder when they are missing, and brings the schema up
    /// to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if !is_postgres(url) {
            return Self::open_sqlite(url).await;
        }
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(POSTGRES).await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        migrator().run(&pool).await?;
        Ok(Self::over(Pool::Postgres(pool), Changes::between_processes(url)))
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let file = std::path::absolute(SqliteConnectOptions::from_str(url)?.get_filename())?;
        create_private(&file)?;
        // One migrator for both databases; then the file is left to `connection.rs`.
        let options = SqliteConnectOptions::new().filename(&file).busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        migrator().run(&pool).await?;
        pool.close().await;
        Ok(Self::over(Pool::Sqlite(Readers::new(&file)), Changes::default()))
    }

    fn over(pool: Pool, changes: Changes) -> Self {
        Self { pool, group: Group::default(), changes, announces: None }
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
    Migrator::with_migrations(vec![
        simple(1, "orders", include_str!("../../migrations/0001_orders.sql")),
        simple(2, "news", include_str!("../../migrations/0002_news.sql")),
        simple(3, "after", include_str!("../../migrations/0003_after.sql")),
        simple(4, "desk", include_str!("../../migrations/0004_desk.sql")),
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
    use super::super::query::query;
    use super::*;

    #[tokio::test]
    async fn what_is_committed_survives_and_is_private() {
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
