//! Failures of a shared transaction.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::limits::Limit;
use tokio::time::Instant;

use super::super::connection::LOCK_TIMEOUT;
use super::super::query::query;
use super::super::{Store, StoreError};
use super::{OnDrop, open_sqlite};

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

/// A full disk has this effect: the statement of one writer ends the transaction of all.
#[tokio::test]
async fn a_transaction_that_sqlite_ended_fails_every_writer() {
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
    assert!(first.is_err() && second.unwrap().is_err(), "a writer believes that its work is on disk");
    third.unwrap().expect("the next writer has a new transaction");
    let there = "SELECT group_concat(name) AS names FROM sqlite_schema WHERE name IN ('first', 'third')";
    let row = query(there).fetch_one(&store.pool).await.unwrap();
    assert_eq!(row.try_get::<&str>("names").unwrap(), "third");
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A writer waits as long as a single one, not as long as all writers before it together.
#[tokio::test]
async fn each_queued_writer_times_out_by_itself_while_another_process_writes() {
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
        assert!(after < LOCK_TIMEOUT + Duration::from_millis(50), "{after:?}");
    }
    tokio::time::resume();
    drop(another);
    store.write().await.expect("the lock is free");
    store.close().await;
    gone(&file);
}

/// On one thread, which must run both tasks.
#[tokio::test]
async fn a_file_locked_by_another_process_blocks_no_worker_thread() {
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
async fn close_waits_for_the_open_transaction() {
    let (store, file) = store().await;
    let mut first = store.write().await.unwrap();
    query("CREATE TABLE first (n INTEGER)").execute(&mut *first).await.unwrap();
    let closing = async {
        store.group.close().await;
        store.group.counts()
    };
    // It is in the queue before the commit.
    let (written, counts) =
        tokio::join!(biased; async { tokio::task::yield_now().await; first.commit().await }, closing);
    written.unwrap();
    assert_eq!(counts, (1, 1), "it did not wait for the commit");
    assert!(matches!(store.write().await, Err(StoreError::Closed)));
    store.close().await;
    gone(&file);
}

#[tokio::test]
async fn close_waits_for_a_bounded_time() {
    let (store, file) = store().await;
    let first = store.write().await.unwrap();
    tokio::time::pause();
    let started = Instant::now();
    store.group.close().await;
    assert!(started.elapsed() < LOCK_TIMEOUT + Duration::from_millis(50), "{:?}", started.elapsed());
    drop(first);
    gone(&file);
}

/// Its lock would keep every other process from writing.
#[tokio::test]
async fn a_transaction_that_no_writer_joined_does_not_stay_open() {
    let (store, file) = store().await;
    let narrow = open_sqlite(&file, Duration::ZERO).await.unwrap();
    narrow.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, "BEGIN IMMEDIATE".len() as i32).unwrap();
    store.group.writer.lock().await.idle = Some(narrow);
    let refused = store.group.join(&file, OnDrop::RollBack).await.err().expect("the savepoint statement is too long");
    assert!(matches!(refused, StoreError::Sqlite(_)), "{refused}");
    another(&file, "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
    store.write().await.expect("the next one opens another");
    store.close().await;
    gone(&file);
}
