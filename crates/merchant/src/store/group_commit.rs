//! Group commit for SQLite: writers that wait for each other share one commit.
//!
//! SQLite has one writer at a time, and each commit waits for the disk. Writers queue. The first one opens a
//! transaction; each works inside a savepoint and lets the next one in. One commit then serves all writers that were
//! in the queue, and each of them returns after it. A rollback of one writer does not affect the others. A failed
//! commit fails all of them. A single writer commits at once. After a shared commit, the next one waits a quarter of
//! that commit's duration, because the released writers return with their next write.
//!
//! The interface is [`GroupCommit::join`], which returns a [`GroupWriter`], and [`GroupWriter::commit`].

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::Instant;

use super::StoreError;
use super::connection::{Connection, LOCK_TIMEOUT, open_sqlite};

/// How often a writer retries while another process holds the lock.
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(5);

/// The longest delay of a commit for other writers.
const MAX_COMMIT_DELAY: Duration = Duration::from_millis(1);

/// The queue of writers; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupCommit {
    writer: Arc<Mutex<WriterState>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    writes: AtomicU64,
    commits: AtomicU64,
}

/// The state that one writer uses at a time.
#[derive(Debug, Default)]
struct WriterState {
    open: Option<SharedTx>,
    /// The connection, while no transaction is open.
    idle: Option<rusqlite::Connection>,
    closed: bool,
    /// The delay of the next commit.
    commit_delay: Duration,
}

/// The result of a shared commit; none while the transaction is open.
type CommitResult = Option<Result<(), Arc<str>>>;

/// The open transaction that writers share.
#[derive(Debug)]
struct SharedTx {
    connection: Connection,
    /// The number of writers with work to commit.
    writers: usize,
    /// The delay of the commit.
    commit_delay: Duration,
    result: watch::Sender<CommitResult>,
}

/// What happens to a writer's work when the writer is dropped without a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDrop {
    /// The work is rolled back to the savepoint.
    RollBack,
    /// The work is kept: a single statement, or work that is being committed.
    Keep,
}

/// One writer in the shared transaction.
pub(super) struct GroupWriter {
    group: GroupCommit,
    state: Option<OwnedMutexGuard<WriterState>>,
    on_drop: OnDrop,
}

impl GroupCommit {
    pub(super) async fn join(&self, file: &Path, on_drop: OnDrop) -> Result<GroupWriter, StoreError> {
        let deadline = Instant::now() + LOCK_TIMEOUT;
        let queue = tokio::time::timeout_at(deadline, self.writer.clone().lock_owned());
        let mut state = queue.await.map_err(|_| StoreError::Busy)?;
        if state.closed {
            return Err(StoreError::Closed);
        }
        if state.open.is_none() {
            let connection = match state.idle.take() {
                Some(connection) => connection,
                None => open_sqlite(file, Duration::ZERO).await?,
            };
            let connection = Connection::Sqlite(begin(connection, deadline).await?);
            state.open = Some(SharedTx {
                connection,
                writers: 0,
                commit_delay: state.commit_delay,
                result: watch::Sender::new(None),
            });
        }
        let open = state.open.as_mut().expect("it was opened above");
        if on_drop == OnDrop::RollBack
            && let Err(error) = open.run("SAVEPOINT writer")
        {
            if open.writers == 0 {
                state.open = None;
            }
            return Err(error.into());
        }
        Ok(GroupWriter { group: self.clone(), state: Some(state), on_drop })
    }

    /// The numbers of writes and of commits.
    pub(super) fn counts(&self) -> (u64, u64) {
        let Counts { writes, commits } = &*self.counts;
        (writes.load(Ordering::Relaxed), commits.load(Ordering::Relaxed))
    }

    /// Closes the connection. New writers fail. The open transaction gets some time to commit.
    pub(super) async fn close(&self) {
        let closed = tokio::time::timeout(LOCK_TIMEOUT, async {
            let mut writer = self.writer.lock().await;
            writer.closed = true;
            writer.idle = None;
            let open = writer.open.as_ref().map(|open| open.result.subscribe());
            drop(writer);
            if let Some(mut result) = open {
                // The writers themselves receive the result.
                result.wait_for(Option::is_some).await.ok();
            }
        });
        if closed.await.is_err() {
            tracing::warn!("a group of writes was still open when the store closed");
        }
    }

    /// Schedules the commit behind the writers in the queue. A blocking thread commits, because a commit waits for the
    /// disk and the first writer may be gone by then.
    fn commit_soon(&self, open: &mut SharedTx) {
        self.counts.writes.fetch_add(1, Ordering::Relaxed);
        open.writers += 1;
        if open.writers > 1 {
            return;
        }
        let (group, commit_delay) = (self.clone(), open.commit_delay);
        tokio::task::spawn_blocking(move || {
            std::thread::sleep(commit_delay);
            group.commit();
        });
    }

    fn commit(&self) {
        let mut writer = self.writer.blocking_lock();
        let Some(SharedTx { connection, result, writers, .. }) = writer.open.take() else { return };
        let Connection::Sqlite(connection) = connection else { return };
        let started = std::time::Instant::now();
        let done = run(&connection, "COMMIT");
        self.counts.commits.fetch_add(1, Ordering::Relaxed);
        writer.commit_delay = if writers > 1 { (started.elapsed() / 4).min(MAX_COMMIT_DELAY) } else { Duration::ZERO };
        let outcome = match done {
            Ok(()) => {
                writer.idle = Some(connection).filter(|_| !writer.closed);
                Ok(())
            }
            // SQLite rolls back when the connection closes.
            Err(error) => Err(error.to_string().into()),
        };
        drop(writer);
        result.send_replace(Some(outcome));
    }
}

/// Takes the write lock. Only another process can hold it; this task waits without blocking a thread.
async fn begin(connection: rusqlite::Connection, deadline: Instant) -> Result<rusqlite::Connection, StoreError> {
    loop {
        match run(&connection, "BEGIN IMMEDIATE") {
            Ok(()) => return Ok(connection),
            Err(error) if is_busy(&error) && Instant::now() < deadline => {}
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(LOCK_RETRY_INTERVAL).await;
    }
}

fn run(connection: &rusqlite::Connection, statement: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

impl SharedTx {
    /// Whether SQLite ended the transaction, for example because the disk is full.
    fn is_over(&self) -> bool {
        matches!(&self.connection, Connection::Sqlite(connection) if connection.is_autocommit())
    }

    fn run(&self, statement: &'static str) -> rusqlite::Result<()> {
        match &self.connection {
            Connection::Sqlite(connection) => run(connection, statement),
            Connection::Postgres(_) | Connection::Transaction(_) => Ok(()),
        }
    }
}

impl GroupWriter {
    pub(super) fn connection(&self) -> &Connection {
        &self.open().connection
    }

    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        let state = self.state.as_mut().and_then(|state| state.open.as_mut());
        &mut state.expect("a writer has the open transaction").connection
    }

    fn open(&self) -> &SharedTx {
        self.state.as_ref().and_then(|state| state.open.as_ref()).expect("a writer has the open transaction")
    }

    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if self.on_drop == OnDrop::RollBack {
            self.open().run("RELEASE writer")?;
        }
        self.on_drop = OnDrop::Keep;
        let mut result = self.open().result.subscribe();
        // Releases the queue to the next writer.
        drop(self);
        match result.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(cause))) => Err(StoreError::Group(cause.as_ref().into())),
            Ok(None) | Err(_) => Err(StoreError::Group("the writer ended".into())),
        }
    }
}

impl Drop for GroupWriter {
    fn drop(&mut self) {
        let Some(mut state) = self.state.take() else { return };
        if tokio::runtime::Handle::try_current().is_err() {
            // The runtime ends; SQLite rolls back.
            state.open = None;
            return;
        }
        let Some(open) = state.open.as_mut() else { return };
        if open.is_over() {
            return state.fail_all();
        }
        match self.on_drop {
            OnDrop::Keep => self.group.commit_soon(open),
            OnDrop::RollBack => state.roll_back_one(),
        }
    }
}

impl WriterState {
    /// SQLite rolled back the transaction: every writer fails.
    fn fail_all(&mut self) {
        let Some(SharedTx { result, .. }) = self.open.take() else { return };
        tracing::warn!("sqlite rolled back a group of writes");
        result.send_replace(Some(Err("sqlite rolled back the writes".into())));
    }

    /// Rolls back one writer's work. If that fails, every writer fails.
    fn roll_back_one(&mut self) {
        let Some(open) = self.open.as_mut() else { return };
        let undone = open.run("ROLLBACK TO writer").and_then(|()| open.run("RELEASE writer"));
        if undone.is_ok() && open.writers > 0 {
            return;
        }
        let Some(SharedTx { connection: Connection::Sqlite(connection), result, .. }) = self.open.take() else {
            return;
        };
        let rolled_back = connection.execute_batch("ROLLBACK");
        match undone.and(rolled_back) {
            Ok(()) => self.idle = Some(connection),
            Err(error) => {
                tracing::warn!(cause = %error, "a group of writes was rolled back");
                result.send_replace(Some(Err(error.to_string().into())));
            }
        }
    }
}

#[cfg(test)]
#[path = "group_commit_tests.rs"]
mod tests;
