//! SQLite's writers: transactions that wait for each other go to disk together.
//!
//! SQLite has one writer at a time, and each commit waits for the disk. So writers queue, in order, and each one
//! finds the transaction of the one before it still open: it works inside a savepoint, lets the next one in, and
//! waits. Whoever was in the queue when the first one was done takes part; then one commit is for all, and only
//! then anybody goes on. What one of them takes back does not touch the others; a commit that fails fails for all.
//! Alone, a writer commits at once. Where the commit before was for several, the next one first waits a quarter of
//! the time that one took: whoever it has just let go is on the way back with its next write.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::Instant;

use super::StoreError;
use super::connect::PATIENCE;
use super::connection::{Connection, open_sqlite};

/// How often a writer looks whether another process is done.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// How long a commit waits at most for others to come.
const COMPANY: Duration = Duration::from_millis(1);

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
    /// How long the next commit waits for others, as there were some before.
    company: Duration,
}

/// What became of the transaction; nothing while it is open.
type Fate = Option<Result<(), Arc<str>>>;

/// The transaction that writers share.
#[derive(Debug)]
struct Open {
    connection: Connection,
    /// How many take part; with the first one there will be a commit.
    members: usize,
    /// How long the commit waits for others.
    company: Duration,
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
        let patience = Instant::now() + PATIENCE;
        let queue = tokio::time::timeout_at(patience, self.desk.clone().lock_owned());
        let mut turn = queue.await.map_err(|_| StoreError::Busy)?;
        if turn.closed {
            return Err(StoreError::Closed);
        }
        if turn.open.is_none() {
            let connection = match turn.idle.take() {
                Some(connection) => connection,
                None => open_sqlite(file, Duration::ZERO).await?,
            };
            let connection = Connection::Sqlite(begin(connection, patience).await?);
            turn.open = Some(Open { connection, members: 0, company: turn.company, fate: watch::Sender::new(None) });
        }
        let open = turn.open.as_mut().expect("it was opened above");
        if leaving == Leaving::Undone
            && let Err(error) = open.say("SAVEPOINT member")
        {
            if open.members == 0 {
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

    /// Closes the connection. Who comes now comes too late; who is there already is waited for, for a while.
    pub(super) async fn close(&self) {
        let closed = tokio::time::timeout(PATIENCE, async {
            let mut desk = self.desk.lock().await;
            desk.closed = true;
            desk.idle = None;
            let open = desk.open.as_ref().map(|open| open.fate.subscribe());
            drop(desk);
            if let Some(mut fate) = open {
                // What became of it is said to those whose work it is.
                fate.wait_for(Option::is_some).await.ok();
            }
        });
        if closed.await.is_err() {
            tracing::warn!("a group of writes was still open when the store was closed");
        }
    }

    /// Commits for all, after everybody who stood in the queue. Whoever began a group may not be there any more, and
    /// a commit waits for the disk: so it is done by a thread that has nothing else to do.
    fn commit_soon(&self, open: &mut Open) {
        self.counts.writes.fetch_add(1, Ordering::Relaxed);
        open.members += 1;
        if open.members > 1 {
            return;
        }
        let (group, company) = (self.clone(), open.company);
        tokio::task::spawn_blocking(move || {
            std::thread::sleep(company);
            group.commit();
        });
    }

    fn commit(&self) {
        let mut desk = self.desk.blocking_lock();
        let Some(Open { connection, fate, members, .. }) = desk.open.take() else { return };
        let Connection::Sqlite(connection) = connection else { return };
        let started = std::time::Instant::now();
        let done = say(&connection, "COMMIT");
        self.counts.commits.fetch_add(1, Ordering::Relaxed);
        desk.company = if members > 1 { (started.elapsed() / 4).min(COMPANY) } else { Duration::ZERO };
        let fate_is = match done {
            Ok(()) => {
                desk.idle = Some(connection).filter(|_| !desk.closed);
                Ok(())
            }
            // What is not committed is rolled back with its connection.
            Err(error) => Err(error.to_string().into()),
        };
        drop(desk);
        fate.send_replace(Some(fate_is));
    }
}

/// Takes the write lock. Only another process can have it: that is waited for without holding up a thread.
async fn begin(connection: rusqlite::Connection, patience: Instant) -> Result<rusqlite::Connection, StoreError> {
    loop {
        match say(&connection, "BEGIN IMMEDIATE") {
            Ok(()) => return Ok(connection),
            Err(error) if is_busy(&error) && Instant::now() < patience => {}
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn say(connection: &rusqlite::Connection, statement: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
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
            Connection::Sqlite(connection) => say(connection, statement),
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
        if undone.is_ok() && open.members > 0 {
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
#[path = "group_commit_tests.rs"]
mod tests;
