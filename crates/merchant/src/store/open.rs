//! Opening a database: the file or the server, the connections, the schema.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Executor as _, SqlSafeStr as _};

use super::listen::Changes;
use super::write::Group;
use super::{Kind, Store, StoreError};

/// How long a writer waits for another one, and a request for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every connection is told first. SQLite: what was committed survives a power cut. PostgreSQL: nothing
/// hangs, and a commit is on disk.
const SQLITE: &str =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
const POSTGRES: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on;";

impl Store {
    /// Opens the database, makes SQLite's file and its folder when they are missing, and brings the schema up
    /// to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let (kind, options, connections, first) = if is_postgres(url) {
            (Kind::Postgres, AnyConnectOptions::from_str(url)?, 16, POSTGRES)
        } else {
            let file = std::path::absolute(SqliteConnectOptions::from_str(url)?.get_filename())?;
            create_private(&file)?;
            let options = AnyConnectOptions::from_str(&sqlite_url(&file)?)?;
            (Kind::Sqlite, options, 8, SQLITE)
        };
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.execute(first).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        migrator().run(&pool).await?;
        let changes = match kind {
            Kind::Sqlite => Changes::default(),
            Kind::Postgres => Changes::between_processes(url),
        };
        Ok(Self { pool, kind, group: Group::default(), changes, announces: None })
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

/// An absolute path as an address: whatever is in it, it is written so that it is read back.
fn sqlite_url(file: &Path) -> Result<String, std::io::Error> {
    let url = reqwest::Url::from_file_path(file).map_err(|()| std::io::Error::other("the path is not absolute"))?;
    Ok(format!("sqlite://{}", url.path()))
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
        let folder = std::env::temp_dir().join(format!("store {}%", crate::id::random().unwrap()));
        let file = folder.join("new/shop.sqlite");
        let url = format!("sqlite://{}", file.display().to_string().replace('%', "%25"));
        let store = Store::open(&url).await.unwrap();
        let one = |pragma: &'static str| sqlx::query_scalar::<_, String>(pragma).fetch_one(&store.pool);
        assert_eq!(one("SELECT synchronous || '' FROM pragma_synchronous").await.unwrap(), "2", "FULL");
        assert_eq!(one("SELECT journal_mode || '' FROM pragma_journal_mode").await.unwrap(), "wal");
        assert_eq!(one("SELECT foreign_keys || '' FROM pragma_foreign_keys").await.unwrap(), "1");
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
