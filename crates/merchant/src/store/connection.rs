//! Connections to SQLite and PostgreSQL behind one interface.
//!
//! SQLite's statements run on the calling thread: they take microseconds, and another thread costs ten times that.
//! Only a commit waits for the disk (`group_commit.rs`).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Column as _, PgExecutor, PgPool, Postgres, Row as _, Transaction, TypeInfo as _};

use super::StoreError;
use super::query::{Executor, Query, Row, SqlParam, SqlValue};

/// How long a writer waits for the write lock, and a request for a connection.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections for reading.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    Sqlite(Readers),
    Postgres(PgPool),
}

/// One connection.
#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(PoolConnection<Postgres>),
    Transaction(Transaction<'static, Postgres>),
}

/// SQLite's connections for reading: as many as there were concurrent readers.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    file: Arc<Path>,
    /// None once the store is closed.
    idle: Arc<Mutex<Option<Vec<rusqlite::Connection>>>>,
}

/// The settings of each connection. A commit survives a power cut. The log is copied into the file every 16 MB, so that
/// a page with many changes is copied once. Rollback data of savepoints stays in memory; beyond 64 kB it would go into a
/// temporary file for each commit.
const SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;";

/// Each connection parses each statement once.
const STATEMENTS: usize = 64;

/// Opens SQLite's existing file. Another process may hold the file; a blocking thread waits for it.
pub(super) async fn open_sqlite(file: &Path, timeout: Duration) -> Result<rusqlite::Connection, StoreError> {
    let file = file.to_owned();
    let opened = tokio::task::spawn_blocking(move || open_now(&file, timeout)).await;
    Ok(opened.map_err(|_| StoreError::Group("a connection could not be opened".into()))??)
}

fn open_now(file: &Path, timeout: Duration) -> rusqlite::Result<rusqlite::Connection> {
    use rusqlite::OpenFlags as Flags;
    let flags = Flags::SQLITE_OPEN_READ_WRITE | Flags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(LOCK_TIMEOUT)?;
    connection.execute_batch(SQLITE)?;
    connection.busy_timeout(timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

impl Readers {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.into(), idle: Arc::new(Mutex::new(Some(vec![]))) }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Closes the idle connections. Running readers finish.
    pub(super) fn close(&self) {
        *self.idle() = None;
    }

    /// Runs work on the calling thread, with an idle connection or a new one.
    async fn with<T>(&self, work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let connection = self.connection().await?;
        let done = work(&connection)?;
        self.put_back(connection);
        Ok(done)
    }

    async fn connection(&self) -> Result<rusqlite::Connection, StoreError> {
        let idle = self.idle().as_mut().ok_or(StoreError::Closed)?.pop();
        match idle {
            Some(connection) => Ok(connection),
            None => open_sqlite(&self.file, LOCK_TIMEOUT).await,
        }
    }

    fn put_back(&self, connection: rusqlite::Connection) {
        if let Some(idle) = self.idle().as_mut() {
            idle.push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Option<Vec<rusqlite::Connection>>> {
        // Nothing that holds the lock can leave the list half changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// Waits for running statements and closes the connections.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(readers) => readers.close(),
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// The rows of a statement that may scan many rows, on a blocking thread.
    pub(super) async fn scan(&self, query: Query<'static>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(readers) => {
                let (readers, connection) = (readers.clone(), readers.connection().await?);
                let rows = move || {
                    let rows = sqlite_rows(&connection, &query)?;
                    readers.put_back(connection);
                    Ok(rows)
                };
                tokio::task::spawn_blocking(rows).await.map_err(|_| StoreError::Group("a reader ended".into()))?
            }
            Self::Postgres(pool) => postgres_rows(pool, query).await,
        }
    }
}

impl Executor for &Pool {
    async fn rows(self, query: Query<'_>) -> Result<Vec<Row>, StoreError> {
        match self {
            Pool::Sqlite(readers) => readers.with(|connection| sqlite_rows(connection, &query)).await,
            Pool::Postgres(pool) => postgres_rows(pool, query).await,
        }
    }

    async fn execute(self, query: Query<'_>) -> Result<u64, StoreError> {
        match self {
            Pool::Sqlite(readers) => readers.with(|connection| sqlite_change(connection, &query)).await,
            Pool::Postgres(pool) => postgres_change(pool, query).await,
        }
    }
}

impl Executor for &mut Connection {
    async fn rows(self, query: Query<'_>) -> Result<Vec<Row>, StoreError> {
        match self {
            Connection::Sqlite(connection) => Ok(sqlite_rows(connection, &query)?),
            Connection::Postgres(connection) => postgres_rows(&mut **connection, query).await,
            Connection::Transaction(tx) => postgres_rows(&mut **tx, query).await,
        }
    }

    async fn execute(self, query: Query<'_>) -> Result<u64, StoreError> {
        match self {
            Connection::Sqlite(connection) => Ok(sqlite_change(connection, &query)?),
            Connection::Postgres(connection) => postgres_change(&mut **connection, query).await,
            Connection::Transaction(tx) => postgres_change(&mut **tx, query).await,
        }
    }
}

fn sqlite_rows(connection: &rusqlite::Connection, query: &Query<'_>) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(query.text)?;
    bind_sqlite(&mut statement, query)?;
    let names: Arc<[Box<str>]> = statement.column_names().into_iter().map(Into::into).collect();
    let mut rows = statement.raw_query();
    let mut all = vec![];
    while let Some(row) = rows.next()? {
        let cell = |at| {
            Ok(match row.get_ref(at)? {
                ValueRef::Null => SqlValue::Null,
                ValueRef::Integer(number) => SqlValue::Int(number),
                other => SqlValue::Text(other.as_str()?.to_owned()),
            })
        };
        all.push(Row { names: names.clone(), cells: (0..names.len()).map(cell).collect::<rusqlite::Result<_>>()? });
    }
    Ok(all)
}

fn sqlite_change(connection: &rusqlite::Connection, query: &Query<'_>) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(query.text)?;
    bind_sqlite(&mut statement, query)?;
    Ok(statement.raw_execute()? as u64)
}

/// SQLite numbers `$3` by where it stands; here it is the third value, as in PostgreSQL.
fn bind_sqlite(statement: &mut rusqlite::Statement<'_>, query: &Query<'_>) -> rusqlite::Result<()> {
    let wanted = statement.parameter_count();
    for at in 1..=wanted {
        let number = statement.parameter_name(at).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let value = number.and_then(|number| query.values.get(number.checked_sub(1)?));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(query.values.len(), wanted))?;
        statement.raw_bind_parameter(at, value)?;
    }
    Ok(())
}

impl ToSql for SqlParam<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(number)) => ValueRef::Integer(*number),
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Int(None) | Self::Text(None) => ValueRef::Null,
        }))
    }
}

async fn postgres_rows(on: impl PgExecutor<'_>, query: Query<'_>) -> Result<Vec<Row>, StoreError> {
    let rows = bound(&query).fetch_all(on).await?;
    let columns = rows.first().map(|row| row.columns()).unwrap_or_default();
    let names: Arc<[Box<str>]> = columns.iter().map(|column| column.name().into()).collect();
    rows.iter().map(|row| Ok(Row { names: names.clone(), cells: postgres_cells(row)? })).collect()
}

async fn postgres_change(on: impl PgExecutor<'_>, query: Query<'_>) -> Result<u64, StoreError> {
    Ok(bound(&query).execute(on).await?.rows_affected())
}

fn bound<'q>(query: &'q Query<'_>) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    query.values.iter().fold(sqlx::query(query.text), |bound, value| match value {
        SqlParam::Int(number) => bound.bind(*number),
        SqlParam::Text(text) => bound.bind(text.as_deref()),
    })
}

fn postgres_cells(row: &PgRow) -> Result<Vec<SqlValue>, sqlx::Error> {
    let cell = |(at, column): (usize, &sqlx::postgres::PgColumn)| match column.type_info().name() {
        "INT8" => Ok(row.try_get::<Option<i64>, _>(at)?.map_or(SqlValue::Null, SqlValue::Int)),
        // What a function that answers nothing answers.
        "VOID" => Ok(SqlValue::Null),
        _ => Ok(row.try_get::<Option<String>, _>(at)?.map_or(SqlValue::Null, SqlValue::Text)),
    };
    row.columns().iter().enumerate().map(cell).collect()
}
