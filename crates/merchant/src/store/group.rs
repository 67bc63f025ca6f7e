//! SQLite's writers: transactions that wait for each other go to disk together.
//!
//! SQLite has one writer at a time, and each commit waits for the disk. So writers queue, in order, and each one
//! finds the transaction of the one before it still open: it works inside a savepoint, lets the next one in, and
//! waits. Whoever was in the queue when the first one was done takes part; then one commit is for all, and only
//! then anybody goes on. What one of them takes back does not touch the others; a commit that fails fails for all.
//! Alone, a writer commits at once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::Instant;

use super::StoreError;
use super::connection::{Connection, open_sqlite};
use super::open::PATIENCE;

/// How often a writer looks whether another process is done.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The queue of SQLite's writers.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    desk: Arc<Mutex<Desk>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    writes: AtomicU64,
    commits: AtomicU64,
}

/// Where one writer works at a time.
#[derive(Debug, Default)]
struct Desk {
    open: Option<Open>,
    /// The connection, while no transaction is open.
    idle: Option<rusqlite::Connection>,
    closed: bool,
}

/// What became of the transaction; nothing while it is open.
type Fate = Option<Result<(), Arc<str>>>;

/// The transaction that writers share.
#[derive(Debug)]
struct Open {
    connection: Connection,
    /// Whether somebody takes part, so that there will be a commit.
    taken: bool,
    fate: watch::Sender<Fate>,
}

/// What becomes of a writer's work when it leaves without a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// All since its savepoint is taken back.
    Undone,
    /// It is kept: a single statement, which is done or not done, or work that was about to be kept.
    Kept,
}

/// One writer's turn in the shared transaction. Dropped without a commit it takes back what it can.
pub(super) struct Member {
    group: Group,
    turn: Option<OwnedMutexGuard<Desk>>,
    leaving: Leaving,
}

impl Group {
    pub(super) async fn join(&self, file: &Path, leaving: Leaving) -> Result<Member, StoreError> {
        let mut turn = self.desk.clone().lock_owned().await;
        if turn.closed {
            return Err(StoreError::Closed);
        }
        if turn.open.is_none() {
            let connection = match turn.idle.take() {
                Some(connection) => connection,
                // It is waited for below, where nobody is held up by it.
                None => open_sqlite(file, Duration::ZERO)?,
            };
            let connection = Connection::Sqlite(begin(connection).await?);
            turn.open = Some(Open { connection, taken: false, fate: watch::Sender::new(None) });
        }
        let open = turn.open.as_mut().expect("it was opened above");
        if leaving == Leaving::Undone
            && let Err(error) = open.say("SAVEPOINT member")
        {
            if !open.taken {
                turn.open = None;
            }
            return Err(error.into());
        }
        Ok(Member { group: self.clone(), turn: Some(turn), leaving })
    }

    /// How many took part, in how many commits.
    pub(super) fn counts(&self) -> (u64, u64) {
        let Counts { writes, commits } = &*self.counts;
        (writes.load(Ordering::Relaxed), commits.load(Ordering::Relaxed))
    }

    /// Closes the connection once it is idle; who comes now comes too late.
    pub(super) async fn close(&self) {
        let mut desk = self.desk.lock().await;
        desk.closed = true;
        desk.idle = None;
    }

    /// Commits for all, after everybody who stood in the queue. In a task of its own: whoever began a group may
    /// not be there any more. And on a thread of its own: it waits for the disk.
    fn commit_soon(&self, open: &mut Open) {
        self.counts.writes.fetch_add(1, Ordering::Relaxed);
        if std::mem::replace(&mut open.taken, true) {
            return;
        }
        let group = self.clone();
        tokio::spawn(async move {
            let mut desk = group.desk.lock().await;
            let Some(Open { connection, fate, .. }) = desk.open.take() else { return };
            let Connection::Sqlite(connection) = connection else { return };
            let committed = tokio::task::spawn_blocking(move || {
                let done = connection.execute_batch("COMMIT");
                (done, connection)
            });
            group.counts.commits.fetch_add(1, Ordering::Relaxed);
            fate.send_replace(Some(match committed.await {
                Ok((Ok(()), connection)) => {
                    desk.idle = Some(connection).filter(|_| !desk.closed);
                    Ok(())
                }
                // What is not committed is rolled back with its connection.
                Ok((Err(error), _)) => Err(error.to_string().into()),
                Err(error) => Err(error.to_string().into()),
            }));
        });
    }
}

/// Takes the write lock. Only another process can have it: that is waited for without holding up a thread.
async fn begin(connection: rusqlite::Connection) -> Result<rusqlite::Connection, StoreError> {
    let patience = Instant::now() + PATIENCE;
    loop {
        match connection.execute_batch("BEGIN IMMEDIATE") {
            Ok(()) => return Ok(connection),
            Err(error) if is_busy(&error) && Instant::now() < patience => {}
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

impl Open {
    /// A disk that is full or fails ends the transaction, whatever statement met it.
    fn is_over(&self) -> bool {
        matches!(&self.connection, Connection::Sqlite(connection) if connection.is_autocommit())
    }

    fn say(&self, statement: &'static str) -> rusqlite::Result<()> {
        match &self.connection {
            Connection::Sqlite(connection) => connection.prepare_cached(statement)?.execute([]).map(drop),
            Connection::Postgres(_) | Connection::Transaction(_) => Ok(()),
        }
    }
}

impl Member {
    pub(super) fn connection(&self) -> &Connection {
        &self.open().connection
    }

    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        let turn = self.turn.as_mut().and_then(|turn| turn.open.as_mut());
        &mut turn.expect("a member has its turn in an open transaction").connection
    }

    fn open(&self) -> &Open {
        self.turn.as_ref().and_then(|turn| turn.open.as_ref()).expect("a member has its turn in an open transaction")
    }

    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if self.leaving == Leaving::Undone {
            self.open().say("RELEASE member")?;
        }
        self.leaving = Leaving::Kept;
        let mut fate = self.open().fate.subscribe();
        // Takes part, and lets the next one in.
        drop(self);
        match fate.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(cause))) => Err(StoreError::Group(cause.as_ref().into())),
            Ok(None) | Err(_) => Err(StoreError::Group("the writer ended".into())),
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let Some(mut turn) = self.turn.take() else { return };
        if tokio::runtime::Handle::try_current().is_err() {
            // Nothing more can be written; what was begun is rolled back.
            turn.open = None;
            return;
        }
        let Some(open) = turn.open.as_mut() else { return };
        if open.is_over() {
            return turn.give_up();
        }
        match self.leaving {
            Leaving::Kept => self.group.commit_soon(open),
            Leaving::Undone => turn.take_back(),
        }
    }
}

impl Desk {
    /// SQLite itself took everybody's work back; all hear of it, and nobody comes after in what is no transaction.
    fn give_up(&mut self) {
        let Some(Open { fate, .. }) = self.open.take() else { return };
        tracing::warn!("SQLite took a group of writes back");
        fate.send_replace(Some(Err("SQLite took the writes back".into())));
    }

    /// Undoes one member's work. Where that cannot be done, nobody's is kept, and all hear of it.
    fn take_back(&mut self) {
        let Some(open) = self.open.as_mut() else { return };
        let undone = open.say("ROLLBACK TO member").and_then(|()| open.say("RELEASE member"));
        if undone.is_ok() && open.taken {
            return;
        }
        let Some(Open { connection: Connection::Sqlite(connection), fate, .. }) = self.open.take() else { return };
        let rolled_back = connection.execute_batch("ROLLBACK");
        match undone.and(rolled_back) {
            Ok(()) => self.idle = Some(connection),
            Err(error) => {
                tracing::warn!(cause = %error, "a group of writes was taken back");
                fate.send_replace(Some(Err(error.to_string().into())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::super::sql::query;

    /// As a full disk does it: the statement of one ends what all have written.
    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_counts_for_nobody() {
        let folder = std::env::temp_dir().join(format!("group-{}", crate::id::random().unwrap()));
        let store = Store::open(&format!("sqlite://{}", folder.join("shop.sqlite").display())).await.unwrap();
        let mut first = store.write().await.unwrap();
        query("CREATE TABLE first (n INTEGER)").execute(&mut *first).await.unwrap();
        let second = tokio::spawn({
            let store = store.clone();
            async move {
                let mut second = store.writer().await.unwrap();
                query("ROLLBACK").execute(&mut *second).await.unwrap();
                second.commit().await
            }
        });
        tokio::task::yield_now().await;
        let third = tokio::spawn({
            let store = store.clone();
            async move {
                let mut third = store.write().await.unwrap();
                query("CREATE TABLE third (n INTEGER)").execute(&mut *third).await.unwrap();
                third.commit().await
            }
        });
        tokio::task::yield_now().await;
        let (first, second, third) = tokio::join!(first.commit(), second, third);
        assert!(first.is_err() && second.unwrap().is_err(), "one of them believes to be on disk");
        third.unwrap().expect("who comes after has a transaction of their own");
        let there = "SELECT group_concat(name) AS names FROM sqlite_schema WHERE name IN ('first', 'third')";
        let row = query(there).fetch_one(&store.pool).await.unwrap();
        assert_eq!(row.try_get::<&str>("names").unwrap(), "third");
        store.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
