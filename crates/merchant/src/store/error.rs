//! The errors of the store.

/// Why a store operation failed. It contains no values of a statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// PostgreSQL, or the schema tool.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// SQLite.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// This process closed the store.
    #[error("database: the store is closed")]
    Closed,
    /// The write lock was not free in time.
    #[error("database: timed out waiting for the write lock")]
    Busy,
    /// A row that must exist does not.
    #[error("database: a row is missing")]
    NoRow,
    /// A column does not exist, or has another type or an unknown value.
    #[error("database: the column {0} cannot be read")]
    Column(&'static str),
    /// The schema.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A JSON column that this version cannot read.
    #[error("a stored value cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The database file or its directory.
    #[error("the database file: {0}")]
    File(#[from] std::io::Error),
    /// A commit that this writer shared with others.
    #[error("database: {0}")]
    Group(String),
}
