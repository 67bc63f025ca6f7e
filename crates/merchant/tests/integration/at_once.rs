//! A notification and what came of it in one transaction; and all that may happen between the question and that.

use std::sync::Arc;
use std::time::Duration;

use merchant::config::Config;
use merchant::http::app_state::AppState;
use merchant::http::routes::router;
use merchant::store::Store;
use orders::{AttemptRef, OrderUpdate, UpdateOutcome};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use wire::merchant::OrderStatus;

use crate::house::{House, Reply};
use crate::once::{CANCEL, Scene, word};

/// Longer than any test: nothing here hangs on how fast the machine is.
const LONG: Duration = Duration::from_secs(60);

fn patient(config: &mut Config) {
    let timeouts = &mut config.gateway.timeouts;
    (timeouts.fast_path, timeouts.attempt, timeouts.status) = (LONG, LONG, LONG);
}

async fn scene() -> Scene {
    Scene::with(patient).await
}

fn address(scene: &Scene) -> String {
    format!("GET /v2/{}/status", scene.id)
}

/// The status says this, and hangs on a permit.
fn held_up(scene: &Scene, words: &Value) -> Arc<Semaphore> {
    scene.stands(&scene.id, words);
    scene.stub.gate(&address(scene))
}

async fn asked(scene: &Scene, times: usize) {
    until("asked", async || scene.asked("GET") >= times).await;
}

/// Waits, bounded.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..10_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("never {what}");
}

async fn notifications(scene: &Scene) -> Vec<String> {
    let rows =
        "SELECT CASE WHEN closed_at IS NULL THEN 'waits' ELSE detail END FROM notifications ORDER BY received_at";
    scene.house.rows(rows).await
}

async fn history(scene: &Scene) -> Vec<String> {
    scene.house.rows("SELECT cause FROM order_history ORDER BY seq").await
}

#[tokio::test]
async fn the_plain_case_is_one_transaction() {
    let scene = scene().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    scene.stands(&scene.id, &paid);
    let before = scene.house.store.writes_and_commits();
    assert_eq!(scene.told(&paid).await.status, 200);
    let after = scene.house.store.writes_and_commits();
    // PostgreSQL counts itself.
    assert!(before.0 == 0 || after.0 - before.0 == 1, "{} transactions", after.0 - before.0);
    assert_eq!(notifications(&scene).await, ["settlement: order is now paid"]);
    assert_eq!(history(&scene).await, ["ordered", "settlement: order is now paid"]);
    assert_eq!(scene.house.rows("SELECT event_id FROM outbox").await.len(), 1);
    assert_eq!(scene.house.rows("SELECT transaction_id FROM payment_attempts").await, ["a"]);
    // As the schedule wants it: once more after ten minutes, a fifth earlier or later.
    let next =
        "SELECT CASE WHEN next_poll_at - last_polled_at BETWEEN 480000 AND 720000 THEN 'then' ELSE 'when?' END ||
        ' ' || poll_count || ' ' || notification_seq || ' ' || poll_lease_until FROM orders";
    assert_eq!(scene.house.rows(next).await, ["then 0 1 0"]);
    assert_eq!(scene.told(&paid).await.status, 200);
    assert_eq!((scene.asked("GET"), notifications(&scene).await.len()), (1, 1), "the same one again");
}

#[tokio::test]
async fn who_hangs_up_while_it_is_asked_about_stops_nothing() {
    let scene = scene().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    let gate = held_up(&scene, &paid);
    tokio::select! {
        _ = scene.told(&paid) => panic!("answered without an answer"),
        () = asked(&scene, 1) => {}
    }
    assert_eq!(notifications(&scene).await, Vec::<String>::new(), "nobody was told that it is kept");
    gate.add_permits(1);
    scene.house.until(&scene.id, "paid").await;
    assert_eq!(
        (notifications(&scene).await, scene.asked("GET")),
        (vec!["settlement: order is now paid".to_owned()], 1)
    );
}

#[tokio::test]
async fn the_same_one_twice_at_once_is_asked_about_once() {
    let scene = scene().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    let gate = held_up(&scene, &paid);
    let open = async {
        asked(&scene, 1).await;
        gate.add_permits(9);
    };
    let (one, two, ()) = tokio::join!(scene.told(&paid), scene.told(&paid), open);
    assert_eq!((one.status, two.status, scene.asked("GET")), (200, 200, 1));
    assert_eq!(notifications(&scene).await, ["settlement: order is now paid"]);
    assert_eq!(history(&scene).await, ["ordered", "settlement: order is now paid"]);
}

#[tokio::test]
async fn two_of_one_order_at_once_come_one_after_the_other() {
    let scene = scene().await;
    let (pending, paid) = (word(&scene.id, "pending", "201", "a"), word(&scene.id, "settlement", "200", "a"));
    let gate = held_up(&scene, &paid);
    let open = async {
        asked(&scene, 1).await;
        gate.add_permits(9);
    };
    let (one, two, ()) = tokio::join!(scene.told(&pending), scene.told(&paid), open);
    assert_eq!((one.status, two.status, scene.asked("GET")), (200, 200, 2));
    let mut outcomes = notifications(&scene).await;
    outcomes.sort();
    assert_eq!(outcomes, ["settlement: no change", "settlement: order is now paid"]);
    assert_eq!(history(&scene).await, ["ordered", "settlement: order is now paid"]);
}

#[tokio::test]
async fn while_somebody_else_asks_it_waits() {
    let scene = scene().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    scene.stands(&scene.id, &paid);
    scene.house.rows("UPDATE orders SET poll_lease_until = 9000000000000").await;
    assert_eq!(scene.told(&paid).await.status, 200);
    assert_eq!((notifications(&scene).await, scene.asked("GET")), (vec!["waits".to_owned()], 0));
    assert_eq!(
        scene.house.rows("SELECT notification_seq || ' ' || poll_lease_until FROM orders").await,
        ["1 9000000000000"]
    );
    // It never came back.
    scene.house.rows("UPDATE orders SET poll_lease_until = 1").await;
    scene.due().await;
    scene.sweep().await;
    assert_eq!(notifications(&scene).await, ["settlement: order is now paid"]);
}

/// It is on disk as soon as the gateway is slow, and the same question is waited for.
#[tokio::test]
async fn a_late_answer_counts() {
    let slow = |config: &mut Config| {
        patient(config);
        config.gateway.timeouts.fast_path = Duration::from_millis(50);
    };
    let scene = Scene::with(slow).await;
    let paid = word(&scene.id, "settlement", "200", "a");
    let gate = held_up(&scene, &paid);
    let answer = async {
        until("kept", async || notifications(&scene).await == ["waits"]).await;
        assert_eq!(scene.asked("GET"), 1);
        let leased = "SELECT CASE WHEN poll_lease_until > last_polled_at THEN 'leased' ELSE 'free' END FROM orders";
        assert_eq!(scene.house.rows(leased).await, ["leased"]);
        gate.add_permits(1);
    };
    let (reply, ()) = tokio::join!(scene.told(&paid), answer);
    assert_eq!((reply.status, scene.asked("GET")), (200, 1));
    assert_eq!(notifications(&scene).await, ["settlement: order is now paid"]);
    assert_eq!(scene.house.rows("SELECT notification_seq || ' ' || poll_lease_until FROM orders").await, ["1 0"]);
}

/// Nobody asks a gateway twice that knows nothing, fails for good or says something else.
#[tokio::test]
async fn what_is_not_borne_out_waits_and_was_asked_once() {
    let cases = [
        (200, word("", "pending", "201", "a"), "pending"),
        (200, word("", "expire", "202", "b"), "created"),
        (404, json!({}), "created"),
        (401, json!({}), "created"),
    ];
    for (code, mut said, becomes) in cases {
        let scene = scene().await;
        said["order_id"] = json!(scene.id);
        scene.stub.place(&address(&scene), code, &said);
        // No further id to ask by.
        let mut paid = word(&scene.id, "settlement", "200", "a");
        paid.as_object_mut().unwrap().remove("transaction_id");
        assert_eq!(scene.told(&paid).await.status, 200, "{said}");
        assert_eq!((notifications(&scene).await, scene.asked("GET")), (vec!["waits".to_owned()], 1), "{said}");
        let soon = "SELECT CASE WHEN next_poll_at - last_polled_at < 20000 THEN 'soon' ELSE 'late' END || ' ' || poll_lease_until
            FROM orders";
        assert_eq!(scene.house.rows(soon).await, ["soon 0"], "{said}");
        assert_eq!(scene.house.store.order(&scene.id).await.unwrap().unwrap().status.to_string(), becomes, "{said}");
    }
}

/// Another process on the same database.
async fn beside(scene: &Scene) -> Beside {
    let store = Store::open(&scene.house.database).await.unwrap();
    let mut config = crate::house::config(
        &scene.house.url,
        scene.stub.base(),
        crate::house::SERVER_KEY,
        &scene.house.database,
        scene.house.dir.path(),
    );
    patient(&mut config);
    let catalog = merchant::catalog::Catalog::load(None).unwrap();
    let shop = AppState::new(&config, catalog, store.clone()).unwrap();
    Beside { store, shop }
}

struct Beside {
    store: Store,
    shop: AppState,
}

impl Beside {
    async fn told(&self, words: &Value) -> Reply {
        use tower::ServiceExt as _;
        let request = crate::house::post("/api/midtrans/notifications", "application/json", words.to_string());
        House::read(router(self.shop.clone()).oneshot(request).await.unwrap()).await
    }
}

/// The answer "settled" is on its way while another process hears that the bank took it back, and writes it down.
#[tokio::test]
async fn an_answer_that_was_overtaken_does_not_count() {
    let scene = scene().await;
    let (paid, back) = (word(&scene.id, "settlement", "200", "a"), word(&scene.id, "deny", "202", "a"));
    let gate = held_up(&scene, &paid);
    let other = beside(&scene).await;
    let meanwhile = async {
        asked(&scene, 1).await;
        scene.stub.ungate(&address(&scene));
        scene.stands(&scene.id, &back);
        assert_eq!(other.told(&back).await.status, 200);
        assert_eq!(scene.asked("GET"), 2);
        // What the first question is answered is what was true when it was asked.
        scene.stub.once(&address(&scene), 200, &paid);
        gate.add_permits(1);
    };
    let (reply, ()) = tokio::join!(scene.told(&paid), meanwhile);
    assert_eq!((reply.status, scene.asked("GET")), (200, 3), "asked again");
    assert_eq!(history(&scene).await, ["ordered", "deny: order is now denied"]);
    let mut outcomes = notifications(&scene).await;
    outcomes.sort();
    assert_eq!(outcomes, ["deny: order is now denied", "waits"], "the money may still come");
    other.store.close().await;
}

fn close(to: OrderStatus, id: &str) -> OrderUpdate {
    let source = AttemptRef { attempt_id: id.to_owned(), transaction_id: None };
    let outcome = UpdateOutcome::PageClosed;
    OrderUpdate { status: Some(to), payment: None, refunded: None, outcome, source, sets_payer: false }
}

/// Whatever happens to the order between the question and the writing makes the answer old: the gateway is asked
/// again, or about more.
#[tokio::test]
async fn what_happens_meanwhile_makes_the_answer_old() {
    for what in ["nothing", "closed", "remarked", "asked by another", "leased by another", "told another", "replaced"] {
        let scene = scene().await;
        let id = scene.id.clone();
        let mut pending = word(&id, "pending", "201", "a");
        scene.stands(&id, &pending);
        assert_eq!(scene.told(&pending).await.status, 200);
        // From here on the gateway has no news: only that it was asked can be seen.
        pending["status_message"] = json!("again");
        let gate = held_up(&scene, &pending);
        let other = beside(&scene).await;
        let meanwhile = async {
            asked(&scene, 2).await;
            scene.stub.ungate(&address(&scene));
            let now = merchant::clock::now();
            match what {
                "closed" => {
                    let changed = other.store.update_order(&id, now, |_, _| close(OrderStatus::Cancelled, &id)).await;
                    assert!(changed.is_ok());
                }
                "remarked" => other.store.add_note(&id, "looked at", now).await.unwrap(),
                "asked by another" => {
                    let round = other.shop.poll_due_orders();
                    scene.due().await;
                    assert_eq!(round.await.unwrap().polled, 1);
                }
                "leased by another" => assert!(other.store.lease_poll(&id, now, now + 60_000).await.unwrap().is_some()),
                "told another" => {
                    let mut more = pending.clone();
                    more["status_message"] = json!("once more");
                    assert_eq!(other.told(&more).await.status, 200);
                }
                "replaced" => {
                    let last = other.store.current_attempt(&id).await.unwrap().unwrap();
                    assert!(other.store.next_attempt(&id, &last, now, now).await.unwrap().is_some());
                    scene.stub.place(&format!("GET /v2/{id}-2/status"), 404, "{}");
                }
                _ => {}
            }
            let before = scene.asked(&address(&scene));
            gate.add_permits(1);
            before
        };
        let (reply, before) = tokio::join!(scene.told(&pending), meanwhile);
        assert_eq!(reply.status, 200, "{what}");
        let again = scene.asked(&address(&scene)) - before;
        // Where only a second payment order was made, what was asked about the first one still holds.
        let expected = usize::from(!["nothing", "leased by another", "replaced"].contains(&what));
        assert_eq!(again, expected, "{what}");
        assert_eq!(scene.asked(&format!("GET /v2/{id}-2/")), usize::from(what == "replaced"), "{what}");
        let waits = notifications(&scene).await.iter().filter(|outcome| *outcome == "waits").count();
        assert_eq!(waits, usize::from(what == "leased by another"), "{what}: the other one sees to it");
        let status = scene.house.rows("SELECT status FROM orders").await;
        let becomes = if what == "closed" { "cancelled" } else { "pending" };
        assert_eq!(status, [becomes], "{what}");
        let mut lines = history(&scene).await;
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), scene.house.rows("SELECT cause FROM order_history").await.len(), "{what}: {lines:?}");
        other.store.close().await;
    }
}

/// Whoever looks at the order meanwhile, or wants a new token, is told no end that the news may contradict.
#[tokio::test]
async fn nobody_is_in_the_way_of_news() {
    let scene = scene().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    let gate = held_up(&scene, &paid);
    scene.stub.place(CANCEL, 404, r#"{"error_messages":["token not found"]}"#);
    scene.aged().await;
    scene.quiet().await;
    let meanwhile = async {
        asked(&scene, 1).await;
        scene.stub.ungate(&address(&scene));
        // The status lags behind.
        scene.stands(&scene.id, &word(&scene.id, "deny", "202", "b"));
        assert_eq!(scene.status().await, "created");
        assert_eq!(scene.asked("GET"), 1, "it is being asked about");
        let token = scene.token().await;
        assert_eq!((token.status, token.code().as_str()), (409, "order_pending"), "{}", token.text());
        scene.stands(&scene.id, &paid);
        gate.add_permits(1);
    };
    let (reply, ()) = tokio::join!(scene.told(&paid), meanwhile);
    assert_eq!((reply.status, scene.status().await.as_str()), (200, "paid"));
    assert_eq!(scene.house.rows("SELECT attempt_id FROM payment_attempts").await, [scene.id.as_str()]);
}
