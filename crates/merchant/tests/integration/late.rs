//! Words that come late, or at the same moment as something else.

use std::time::Duration;

use serde_json::{Value, json};

use crate::once::{CANCEL, Scene, word};

fn back(id: &str, what: &str, amount: &str) -> Value {
    let mut words = word(id, what, "200", "a");
    words["refund_amount"] = json!(amount);
    words
}

async fn refunded(scene: &Scene) -> i64 {
    scene.house.store.order(&scene.id).await.unwrap().unwrap().refunded_amount.0
}

async fn waits(scene: &Scene) -> usize {
    scene.house.rows("SELECT body FROM notifications WHERE closed_at IS NULL").await.len()
}

/// The shop was away while it was paid and given back.
#[tokio::test]
async fn what_went_back_is_known_though_the_payment_was_never_seen() {
    for (what, amount, status, expected) in
        [("partial_refund", "25000.00", "partially_refunded", 25_000), ("refund", "125000.00", "refunded", 125_000)]
    {
        let scene = Scene::new().await;
        scene.stands(&scene.id, &back(&scene.id, what, amount));
        scene.quiet().await;
        assert_eq!((scene.status().await.as_str(), refunded(&scene).await), (status, expected));
    }
}

/// The status still tells of the first part when the second one is told.
#[tokio::test]
async fn a_second_part_that_went_back_is_not_taken_for_the_first() {
    let scene = Scene::new().await;
    let (id, first) = (&scene.id, back(&scene.id, "partial_refund", "25000.00"));
    for words in [word(id, "settlement", "200", "a"), first.clone()] {
        scene.stands(id, &words);
        assert_eq!(scene.told(&words).await.status, 200);
    }
    let second = back(id, "partial_refund", "50000.00");
    assert_eq!(scene.told(&second).await.status, 200);
    assert_eq!((refunded(&scene).await, waits(&scene).await), (25_000, 1));
    scene.stands(id, &second);
    scene.due().await;
    scene.sweep().await;
    assert_eq!((refunded(&scene).await, waits(&scene).await), (50_000, 0));
}

/// Money was told of; the status still knows the refused card only, and the token is old.
#[tokio::test]
async fn nobody_gets_a_second_way_to_pay_while_money_was_told_of() {
    let scene = Scene::new().await;
    scene.stands(&scene.id, &word(&scene.id, "deny", "202", "a"));
    scene.stub.place(CANCEL, 404, r#"{"error_messages":["token not found"]}"#);
    assert_eq!(scene.told(&word(&scene.id, "settlement", "200", "b")).await.status, 200);
    scene.aged().await;
    let reply = scene.token().await;
    assert_eq!((reply.status, reply.code().as_str()), (409, "order_pending"));
    assert_eq!(scene.house.rows("SELECT attempt_id FROM payment_attempts").await, [scene.id.as_str()]);
}

/// The same, told while the old page is being cancelled: to this process or to another.
#[tokio::test]
async fn nobody_gets_a_second_way_to_pay_when_money_is_told_of_at_the_last_moment() {
    let scene = Scene::new().await;
    scene.stands(&scene.id, &word(&scene.id, "deny", "202", "a"));
    scene.stub.place(CANCEL, 404, r#"{"error_messages":["token not found"]}"#);
    scene.aged().await;
    let gate = scene.stub.gate(CANCEL);
    let told = async {
        while scene.asked(CANCEL) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(scene.told(&word(&scene.id, "settlement", "200", "b")).await.status, 200);
        gate.add_permits(100);
    };
    let (reply, ()) = tokio::join!(scene.token(), told);
    assert_eq!((reply.status, reply.code().as_str()), (409, "order_pending"));
    assert_eq!(scene.house.rows("SELECT attempt_id FROM payment_attempts").await, [scene.id.as_str()]);
}

#[tokio::test]
async fn a_page_does_not_end_while_money_was_told_of() {
    for said in [None, Some("deny")] {
        let scene = Scene::new().await;
        scene.stub.place(CANCEL, 404, r#"{"error_messages":["token not found"]}"#);
        match said {
            None => scene.unknown(),
            Some(said) => scene.stands(&scene.id, &word(&scene.id, said, "202", "a")),
        }
        scene.aged().await;
        assert_eq!(scene.told(&word(&scene.id, "settlement", "200", "b")).await.status, 200);
        assert_eq!((scene.status().await.as_str(), scene.asked(CANCEL)), ("created", 0), "{said:?}");
    }
}

/// Somebody comes back for a new token at the very moment.
#[tokio::test]
async fn a_page_does_not_end_while_a_token_is_asked_for() {
    let scene = Scene::new().await;
    scene.unknown();
    scene.stub.place(CANCEL, 404, r#"{"error_messages":["token not found"]}"#);
    scene.aged().await;
    scene.house.rows("UPDATE payment_attempts SET token_lease_until = 9000000000000").await;
    scene.due().await;
    scene.sweep().await;
    assert_eq!(scene.status().await, "created");
    scene.house.rows("UPDATE payment_attempts SET token_lease_until = 0").await;
    scene.due().await;
    scene.sweep().await;
    assert_eq!(scene.status().await, "expired");
    let claimed = scene.house.store.acquire_token_lease(&scene.id, 9, 9, 10).await.unwrap();
    assert!(!claimed, "and the other way round");
}

/// What the schedule gave up is on it again, whatever else is known of it by then.
#[tokio::test]
async fn a_new_token_is_asked_about() {
    let scene = Scene::new().await;
    scene.stands(&scene.id, &word(&scene.id, "deny", "202", "a"));
    scene.stub.place(CANCEL, 200, "{}");
    scene.aged().await;
    scene.house.rows("UPDATE orders SET next_poll_at = NULL").await;
    assert_eq!(scene.token().await.status, 200);
    assert_eq!(scene.house.rows("SELECT order_id FROM orders WHERE next_poll_at IS NOT NULL").await.len(), 1);
    let last = scene.house.store.current_attempt(&scene.id).await.unwrap().unwrap();
    scene.house.rows("UPDATE orders SET status = 'paid'").await;
    let next = scene.house.store.next_attempt(&scene.id, &last, 1, 2).await.unwrap();
    assert_eq!(next, None, "paid meanwhile");
}

/// A day of silence proves nothing about a notification.
#[tokio::test]
async fn what_could_not_be_asked_about_is_not_given_up() {
    let scene = Scene::new().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    scene.stub.place(&format!("GET /v2/{}/status", scene.id), 401, "{}");
    assert_eq!(scene.told(&paid).await.status, 200);
    scene.house.rows("UPDATE notifications SET received_at = 1").await;
    scene.due().await;
    scene.sweep().await;
    assert_eq!(waits(&scene).await, 1);
    scene.unknown();
    scene.due().await;
    scene.sweep().await;
    assert_eq!(waits(&scene).await, 0, "asked, and not known");
}

/// A look is under way, and a notification comes: whoever looks sees to it too, at once.
#[tokio::test]
async fn news_during_a_look_does_not_wait_for_the_schedule() {
    let scene = Scene::new().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    let address = format!("GET /v2/{}/status", scene.id);
    scene.stands(&scene.id, &paid);
    scene.quiet().await;
    let gate = scene.stub.gate(&address);
    let look = scene.status();
    let told = async {
        while scene.asked("GET") == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(scene.told(&paid).await.status, 200);
        gate.add_permits(100);
    };
    tokio::join!(look, told);
    for _ in 0..200 {
        if waits(&scene).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it waits for the schedule");
}

/// The history has a line by that number already, as after a backup that was put back in part.
#[tokio::test]
async fn what_cannot_be_written_down_is_kept_all_the_same() {
    let scene = Scene::new().await;
    let paid = word(&scene.id, "settlement", "200", "a");
    scene.stands(&scene.id, &paid);
    let line = "INSERT INTO order_history SELECT order_id, version + 1, NULL, status, 'from elsewhere', 1 FROM orders";
    scene.house.rows(line).await;
    assert_eq!(scene.told(&paid).await.status, 200);
    assert_eq!(waits(&scene).await, 1);
    scene.house.rows("DELETE FROM order_history WHERE cause = 'from elsewhere'").await;
    scene.due().await;
    scene.sweep().await;
    assert_eq!((scene.status().await.as_str(), waits(&scene).await), ("paid", 0));
}
