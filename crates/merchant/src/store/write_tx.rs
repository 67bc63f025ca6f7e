//! Write transactions and single write statements on either database.
//!
//! PostgreSQL has concurrent writers. SQLite's writers queue and share commits (`group_commit.rs`).

use super::connection::{Connection, Pool};
use super::group_commit::{GroupWriter, OnDrop};
use super::{Store, StoreError};

/// A write transaction, or a single write statement. It takes effect when `commit` returns.
pub(super) struct WriteTx(Backend);

enum Backend {
    Grouped(GroupWriter),
    Own(Connection),
}

impl Store {
    /// Starts a write transaction. It takes the write lock first, so that no other writer can make it fail later.
    pub(super) async fn write(&self) -> Result<WriteTx, StoreError> {
        Ok(WriteTx(match &self.pool {
            Pool::Sqlite(readers) => Backend::Grouped(self.group.join(readers.file(), OnDrop::RollBack).await?),
            // Boxed: its four kilobytes would be part of every future that writes, on SQLite too.
            Pool::Postgres(pool) => Backend::Own(Connection::Transaction(Box::pin(pool.begin()).await?)),
        }))
    }

    /// Starts a single write statement.
    pub(super) async fn writer(&self) -> Result<WriteTx, StoreError> {
        Ok(WriteTx(match &self.pool {
            Pool::Sqlite(readers) => Backend::Grouped(self.group.join(readers.file(), OnDrop::Keep).await?),
            Pool::Postgres(pool) => Backend::Own(Connection::Postgres(Box::pin(pool.acquire()).await?)),
        }))
    }

    /// The numbers of writes and of commits; zero on PostgreSQL, which counts by itself.
    #[must_use]
    pub fn writes_and_commits(&self) -> (u64, u64) {
        self.group.counts()
    }
}

impl WriteTx {
    /// Commits. When this returns `Ok`, the write is on disk.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Backend::Grouped(member) => member.commit().await,
            Backend::Own(Connection::Transaction(tx)) => Ok(tx.commit().await?),
            Backend::Own(_) => Ok(()),
        }
    }
}

impl std::ops::Deref for WriteTx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.0 {
            Backend::Grouped(member) => member.connection(),
            Backend::Own(connection) => connection,
        }
    }
}

impl std::ops::DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.0 {
            Backend::Grouped(member) => member.connection_mut(),
            Backend::Own(connection) => connection,
        }
    }
}
