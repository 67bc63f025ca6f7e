//! Writers that share a transaction, when something goes wrong with it.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::limits::Limit;
use tokio::time::Instant;

use super::super::connect::PATIENCE;
use super::super::query::query;
use super::super::{Store, StoreError};
use super::{Leaving, open_sqlite};

/// A store in a folder of its own, and the file.
async fn store() -> (Store, PathBuf) {
    let folder = std::env::temp_dir().join(format!("group-{}", crate::id::random().unwrap()));
    let file = folder.join("shop.sqlite");
    (Store::open(&format!("sqlite://{}", file.display())).await.unwrap(), file)
}

/// Another process, as SQLite sees it.
fn another(file: &std::path::Path, says: &str) -> rusqlite::Connection {
    let another = rusqlite::Connection::open(file).unwrap();
    another.execute_batch(says).unwrap();
    another
}

fn gone(file: &std::path::Path) {
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

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

/// Each of them waits as long as one does, not as long as all before it together.
#[tokio::test]
async fn who_stands_in_the_queue_hears_in_time_that_another_process_writes() {
    let (store, file) = store().await;
    store.write().await.expect("the connection is there already");
    let another = another(&file, "BEGIN IMMEDIATE");
    tokio::time::pause();
    let started = Instant::now();
    let wait = async || {
        let refused = store.write().await.err().expect("another process has the lock");
        (refused, started.elapsed())
    };
    let (first, second, third) = tokio::join!(wait(), wait(), wait());
    for (refused, after) in [first, second, third] {
        assert!(matches!(refused, StoreError::Busy | StoreError::Sqlite(_)), "{refused}");
        assert!(after < PATIENCE + Duration::from_millis(50), "{after:?}");
    }
    tokio::time::resume();
    drop(another);
    store.write().await.expect("the lock is free");
    store.close().await;
    gone(&file);
}

/// On one thread, which has to let the other one go on.
#[tokio::test]
async fn a_file_that_another_process_has_for_itself_holds_no_worker_up() {
    let (store, file) = store().await;
    for write in [false, true] {
        let another = another(&file, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
        let come = async { if write { store.write().await.map(drop) } else { store.ping().await } };
        let go = async { drop(another) };
        tokio::join!(come, go).0.unwrap();
        store.pool.close().await;
    }
    gone(&file);
}

#[tokio::test]
async fn the_end_waits_for_what_is_about_to_be_written() {
    let (store, file) = store().await;
    let mut first = store.write().await.unwrap();
    query("CREATE TABLE first (n INTEGER)").execute(&mut *first).await.unwrap();
    let closing = async {
        store.group.close().await;
        store.group.counts()
    };
    // It stands in the queue before the commit does.
    let (written, counts) =
        tokio::join!(biased; async { tokio::task::yield_now().await; first.commit().await }, closing);
    written.unwrap();
    assert_eq!(counts, (1, 1), "it did not wait for the commit");
    assert!(matches!(store.write().await, Err(StoreError::Closed)));
    store.close().await;
    gone(&file);
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let (store, file) = store().await;
    let first = store.write().await.unwrap();
    tokio::time::pause();
    let started = Instant::now();
    store.group.close().await;
    assert!(started.elapsed() < PATIENCE + Duration::from_millis(50), "{:?}", started.elapsed());
    drop(first);
    gone(&file);
}

/// Its lock would keep every other process from writing, until somebody comes.
#[tokio::test]
async fn a_transaction_that_nobody_could_join_does_not_stay_open() {
    let (store, file) = store().await;
    let narrow = open_sqlite(&file, Duration::ZERO).await.unwrap();
    narrow.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, "BEGIN IMMEDIATE".len() as i32).unwrap();
    store.group.desk.lock().await.idle = Some(narrow);
    let refused = store.group.join(&file, Leaving::Undone).await.err().expect("a savepoint is too long a word");
    assert!(matches!(refused, StoreError::Sqlite(_)), "{refused}");
    another(&file, "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
    store.write().await.expect("the next one opens another");
    store.close().await;
    gone(&file);
}
