//! What must be in the database after a storm.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::cycle::{Journey, Payment};
use crate::database::{Database, number, text};
use crate::load::Tally;
use crate::receiver::Heard;
use crate::stage::Stage;

/// How long a storm may take to settle.
const CALM: Duration = Duration::from_secs(60);

/// What happened to one order, as the database has it: from, to, cause, by number.
type History = BTreeMap<String, BTreeMap<i64, (String, String, String)>>;

/// Waits until every order is where its journey leads and everything was delivered.
pub async fn settles(stage: &Stage, payments: &[Payment], journeys: &[&Journey]) {
    let since = Instant::now();
    loop {
        let astray = astray(&stage.database, payments, journeys).await;
        let open = stage.database.rows(OPEN, |row| text(row, "event_id")).await;
        if astray.is_empty() && open.is_empty() {
            return;
        }
        assert!(since.elapsed() < CALM, "astray: {astray:?}; not delivered: {open:?}");
        // What the receiver refused is due again later: later is now.
        stage
            .database
            .change("UPDATE outbox SET next_try_at = 0 WHERE next_try_at IS NOT NULL AND delivery_lease_until = 0")
            .await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

const OPEN: &str = "SELECT event_id FROM outbox WHERE delivered_at IS NULL";

/// Leases of processes that were killed end by themselves, within a minute: time moved, not waited.
pub async fn leases_end(database: &Database) {
    database.change("UPDATE orders SET poll_lease_until = 0").await;
    database.change("UPDATE outbox SET delivery_lease_until = 0").await;
}

/// An end is not believed while money is told of, for ten minutes. They pass, and the next look at orders that
/// are astray is now: time moved, not waited.
pub async fn ten_minutes_pass(stage: &Stage, payments: &[Payment], journeys: &[&Journey]) {
    stage.database.change("UPDATE notifications SET received_at = received_at - 660000").await;
    let since = Instant::now();
    loop {
        let astray = astray(&stage.database, payments, journeys).await;
        if astray.is_empty() {
            return;
        }
        assert!(since.elapsed() < CALM, "astray: {astray:?}");
        for (order_id, _) in astray {
            stage
                .database
                .change_of(
                    "UPDATE orders SET next_poll_at = 0 WHERE next_poll_at IS NOT NULL AND order_id = $1",
                    &order_id,
                )
                .await;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Orders without the final status of their scripts.
async fn astray(database: &Database, payments: &[Payment], journeys: &[&Journey]) -> Vec<(String, String)> {
    let rows = database.rows("SELECT order_id, status FROM orders", |row| (text(row, "order_id"), text(row, "status")));
    let found: HashMap<String, String> = rows.await.into_iter().collect();
    let pairs = payments.iter().zip(journeys);
    pairs
        .filter(|(payment, journey)| found[&payment.order_id] != journey.ends)
        .map(|(payment, journey)| {
            let found = &found[&payment.order_id];
            (payment.order_id.clone(), format!("{found} after {:?}, not {}", journey.steps, journey.ends))
        })
        .collect()
}

/// Nothing that was acknowledged is missing.
pub async fn nothing_is_lost(database: &Database, tally: &Tally) {
    let kept: HashSet<String> =
        database.rows("SELECT body FROM notifications", |row| text(row, "body")).await.into_iter().collect();
    let lost: Vec<_> = tally.acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "{} were acknowledged and are not there: {lost:?}", lost.len());
}

/// Nothing acknowledged is missing, nothing was applied twice, every change was told to the shop.
pub async fn holds(database: &Database, tally: &Tally, heard: &Heard) {
    nothing_is_lost(database, tally).await;

    let history = history(database).await;
    for (order_id, lines) in &history {
        let mut seen = HashSet::new();
        let mut last = String::new();
        for (at, (seq, (from, to, cause))) in lines.iter().enumerate() {
            assert_eq!((*seq, from), (at as i64 + 1, &last), "the history of {order_id} breaks: {lines:?}");
            assert_ne!(from, to, "{order_id} was changed into what it was: {lines:?}");
            assert!(seen.insert((from, to, cause)), "{order_id} did the same twice: {lines:?}");
            last.clone_from(to);
        }
    }

    let changes: HashSet<_> = history
        .iter()
        .flat_map(|(id, lines)| lines.keys().filter(|seq| **seq > 1).map(|seq| (id.clone(), *seq)))
        .collect();
    let outbox = database.rows("SELECT event_id, order_id, seq FROM outbox", |row| {
        (text(row, "event_id"), (text(row, "order_id"), number(row, "seq")))
    });
    let outbox = outbox.await;
    let announced: HashSet<_> = outbox.iter().map(|(_, change)| change.clone()).collect();
    assert_eq!(outbox.len(), announced.len(), "one change, one line");
    let differ: Vec<_> = changes.symmetric_difference(&announced).collect();
    assert!(differ.is_empty(), "changed and not to be told, or the other way round: {differ:?}");
    let untold: Vec<_> = outbox.iter().filter(|(event_id, _)| !heard.events.contains_key(event_id)).collect();
    assert!(untold.is_empty(), "never arrived: {untold:?}");
    assert_eq!(heard.forged, 0, "signatures that do not hold");
    for (order_id, versions) in &heard.versions {
        assert!(versions.is_sorted(), "{order_id} was told in disorder: {versions:?}");
    }
}

async fn history(database: &Database) -> History {
    const LINES: &str = "SELECT order_id, seq, from_status, to_status, cause FROM order_history";
    let line = |row: &_| {
        let words = (text(row, "from_status"), text(row, "to_status"), text(row, "cause"));
        (text(row, "order_id"), number(row, "seq"), words)
    };
    let mut history = History::new();
    for (order_id, seq, words) in database.rows(LINES, line).await {
        history.entry(order_id).or_default().insert(seq, words);
    }
    history
}
