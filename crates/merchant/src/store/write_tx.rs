//! Writing: a transaction, or a single statement, on either database. PostgreSQL has many writers and commits for
//! several at once by itself; SQLite's stand in a queue (`group_commit.rs`).

use super::connection::{Connection, Pool};
use super::group_commit::{Leaving, Member};
use super::{Store, StoreError};

/// A transaction, or a single statement, in its turn. It counts when `commit` was answered.
pub(super) struct Writing(Way);

enum Way {
    Grouped(Member),
    Own(Connection),
}

impl Store {
    /// A transaction that writes: it takes the write lock first, so it never fails half way for another writer.
    pub(super) async fn write(&self) -> Result<Writing, StoreError> {
        Ok(Writing(match &self.pool {
            Pool::Sqlite(readers) => Way::Grouped(self.group.join(readers.file(), Leaving::Undone).await?),
            // In a box: four kilobytes that every write would carry about, on SQLite too.
            Pool::Postgres(pool) => Way::Own(Connection::Transaction(Box::pin(pool.begin()).await?)),
        }))
    }

    /// The same for one statement.
    pub(super) async fn writer(&self) -> Result<Writing, StoreError> {
        Ok(Writing(match &self.pool {
            Pool::Sqlite(readers) => Way::Grouped(self.group.join(readers.file(), Leaving::Kept).await?),
            Pool::Postgres(pool) => Way::Own(Connection::Postgres(Box::pin(pool.acquire()).await?)),
        }))
    }

    /// How many writes there were, and how many commits for them; nothing where the database counts itself.
    #[must_use]
    pub fn writes_and_commits(&self) -> (u64, u64) {
        self.group.counts()
    }
}

impl Writing {
    /// When this answers `Ok`, it is on disk.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Way::Grouped(member) => member.commit().await,
            Way::Own(Connection::Transaction(tx)) => Ok(tx.commit().await?),
            Way::Own(_) => Ok(()),
        }
    }
}

impl std::ops::Deref for Writing {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.0 {
            Way::Grouped(member) => member.connection(),
            Way::Own(connection) => connection,
        }
    }
}

impl std::ops::DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.0 {
            Way::Grouped(member) => member.connection_mut(),
            Way::Own(connection) => connection,
        }
    }
}
