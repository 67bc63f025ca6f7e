//! Writing, and what it costs to be sure: transactions that wait for each other go to disk together.
//!
//! SQLite has one writer at a time, and each commit waits for the disk. So writers queue, in order, and each one
//! finds the transaction of the one before it still open: it works inside a savepoint, lets the next one in, and
//! waits. Whoever was in the queue when the first one was done takes part; then one commit is for all, and only
//! then anybody goes on. What one of them takes back does not touch the others; a commit that fails fails for all.
//! Alone, a writer commits at once. PostgreSQL does such things itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::{Kind, Store, StoreError};

/// The queue of SQLite's writers.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    open: Arc<Mutex<Option<Open>>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    writes: AtomicU64,
    commits: AtomicU64,
}

/// What became of the transaction; nothing while it is open.
type Fate = Option<Result<(), Arc<str>>>;

/// The transaction that writers share.
#[derive(Debug)]
struct Open {
    tx: Transaction<'static, Any>,
    /// Whether somebody takes part, so that there will be a commit.
    taken: bool,
    fate: watch::Sender<Fate>,
}

/// What becomes of a writer's work when it leaves without a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaving {
    /// It did nothing yet. A savepoint that was being made harms nobody: the commit is for those inside it too.
    Nothing,
    /// All since its savepoint is taken back.
    Undone,
    /// It is kept: a single statement, which is done or not done, or work that was about to be kept.
    Kept,
}

/// A transaction, or a single statement, in its turn. It counts when `commit` was answered.
pub(super) struct Writing(Way);

enum Way {
    Grouped(Member),
    Transaction(Transaction<'static, Any>),
    Statement(PoolConnection<Any>),
}

impl Store {
    /// A transaction that writes: it takes the write lock first, so it never fails half way for another writer.
    pub(super) async fn write(&self) -> Result<Writing, StoreError> {
        Ok(Writing(match self.kind {
            Kind::Sqlite => Way::Grouped(self.group.join(&self.pool, Leaving::Undone).await?),
            Kind::Postgres => Way::Transaction(self.pool.begin().await?),
        }))
    }

    /// The same for one statement.
    pub(super) async fn writer(&self) -> Result<Writing, StoreError> {
        Ok(Writing(match self.kind {
            Kind::Sqlite => Way::Grouped(self.group.join(&self.pool, Leaving::Kept).await?),
            Kind::Postgres => Way::Statement(self.pool.acquire().await?),
        }))
    }

    /// How many writes there were, and how many commits for them; nothing where the database counts itself.
    #[must_use]
    pub fn writes_and_commits(&self) -> (u64, u64) {
        let Counts { writes, commits } = &*self.group.counts;
        (writes.load(Ordering::Relaxed), commits.load(Ordering::Relaxed))
    }
}

impl Writing {
    /// When this answers `Ok`, it is on disk.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Way::Grouped(member) => member.commit().await,
            Way::Transaction(tx) => Ok(tx.commit().await?),
            Way::Statement(_) => Ok(()),
        }
    }
}

impl std::ops::Deref for Writing {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match &self.0 {
            Way::Grouped(member) => &member.open().tx,
            Way::Transaction(tx) => tx,
            Way::Statement(connection) => connection,
        }
    }
}

impl std::ops::DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match &mut self.0 {
            Way::Grouped(member) => &mut member.open_mut().tx,
            Way::Transaction(tx) => tx,
            Way::Statement(connection) => connection,
        }
    }
}

/// One writer's turn in the shared transaction. Dropped without a commit it takes back what it can.
struct Member {
    group: Group,
    turn: Option<OwnedMutexGuard<Option<Open>>>,
    leaving: Leaving,
}

impl Group {
    async fn join(&self, pool: &AnyPool, leaving: Leaving) -> Result<Member, StoreError> {
        let mut turn = self.open.clone().lock_owned().await;
        if turn.is_none() {
            let tx = pool.begin_with("BEGIN IMMEDIATE").await?;
            *turn = Some(Open { tx, taken: false, fate: watch::Sender::new(None) });
        }
        // From here on it is the member's to tidy up, also when nobody waits for this any more.
        let mut member = Member { group: self.clone(), turn: Some(turn), leaving: Leaving::Nothing };
        if leaving == Leaving::Undone {
            sqlx::query("SAVEPOINT member").execute(&mut *member.open_mut().tx).await?;
        }
        member.leaving = leaving;
        Ok(member)
    }

    /// Commits for all, after everybody who stood in the queue. In a task of its own: whoever began a group may
    /// not be there any more.
    fn commit_soon(&self, open: &mut Open) {
        self.counts.writes.fetch_add(1, Ordering::Relaxed);
        if std::mem::replace(&mut open.taken, true) {
            return;
        }
        let group = self.clone();
        tokio::spawn(async move {
            let mut turn = group.open.lock().await;
            if let Some(Open { tx, fate, .. }) = turn.take() {
                let done = tx.commit().await;
                group.counts.commits.fetch_add(1, Ordering::Relaxed);
                fate.send_replace(Some(done.map_err(|error| error.to_string().into())));
            }
        });
    }
}

impl Member {
    fn open(&self) -> &Open {
        self.turn.as_ref().and_then(|turn| turn.as_ref()).expect("a member has its turn in an open transaction")
    }

    fn open_mut(&mut self) -> &mut Open {
        self.turn.as_mut().and_then(|turn| turn.as_mut()).expect("a member has its turn in an open transaction")
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        if std::mem::replace(&mut self.leaving, Leaving::Kept) == Leaving::Undone
            && let Err(error) = sqlx::query("RELEASE member").execute(&mut *self.open_mut().tx).await
        {
            self.leaving = Leaving::Undone;
            return Err(error.into());
        }
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
        let Some(open) = turn.as_mut() else { return };
        if tokio::runtime::Handle::try_current().is_err() {
            // Nothing more can be written; what was begun is rolled back.
            *turn = None;
            return;
        }
        match self.leaving {
            Leaving::Kept => self.group.commit_soon(open),
            Leaving::Nothing if open.taken => {}
            Leaving::Nothing | Leaving::Undone => drop(tokio::spawn(take_back(turn, self.leaving))),
        }
    }
}

/// Undoes one member's work. Where that cannot be done, nobody's is kept, and all hear of it.
async fn take_back(mut turn: OwnedMutexGuard<Option<Open>>, leaving: Leaving) {
    let Some(open) = turn.as_mut() else { return };
    let undone = async {
        if leaving == Leaving::Undone {
            sqlx::query("ROLLBACK TO member").execute(&mut *open.tx).await?;
            sqlx::query("RELEASE member").execute(&mut *open.tx).await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    let undone = undone.await;
    if open.taken && undone.is_ok() {
        return;
    }
    if let Some(Open { tx, fate, .. }) = turn.take() {
        let rolled_back = tx.rollback().await;
        if let Some(error) = undone.err().or(rolled_back.err()) {
            tracing::warn!(cause = %error, "a group of writes was taken back");
            fate.send_replace(Some(Err(error.to_string().into())));
        }
    }
}
