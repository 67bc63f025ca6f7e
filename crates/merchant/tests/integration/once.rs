//! Nobody pays twice unseen, nothing that was paid is lost, and only who paid takes it back.

use serde_json::{Value, json};

use merchant::config::Config;
use merchant::reconciliation::PollStats;

use crate::house::{CART, House, Reply, post, signed};
use crate::stub::Stub;

const TOKEN: &str = r#"{"token":"66e4fa55-fdac-4ef9","redirect_url":"{base}/snap/v2/vtweb/66e4fa55"}"#;
const TAKEN: &str = r#"{"error_messages":["transaction_details.order_id sudah digunakan"]}"#;
pub const CANCEL: &str = "POST /snap/v1/transactions/66e4fa55-fdac-4ef9/cancel";

/// A house at a gateway that says what it is told, with one order.
pub struct Scene {
    pub house: House,
    pub stub: Stub,
    pub id: String,
}

impl Scene {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings than usual.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (stub, base) = Stub::new(&[(201, TOKEN)]).await;
        let house = House::set(&base, change).await;
        let (id, _) = house.ordered().await;
        Self { house, stub, id }
    }

    /// What the gateway says of a payment order or a transaction from now on.
    pub fn stands(&self, id: &str, words: &Value) {
        self.stub.place(&format!("GET /v2/{id}/status"), 200, words);
    }

    /// By none of its ids.
    pub fn unknown(&self) {
        for id in [self.id.as_str(), "a", "b"] {
            self.stub.place(&format!("GET /v2/{id}/status"), 404, "{}");
        }
    }

    pub async fn told(&self, words: &Value) -> Reply {
        self.house.notify(words.to_string()).await
    }

    /// The token died, and the gateway knows the first id already.
    pub async fn aged(&self) {
        self.house.rows("UPDATE payment_attempts SET token_at = 1").await;
        self.stub.script(&[(400, TAKEN.into()), (201, TOKEN.replace("{base}", self.stub.base()))]);
    }

    /// Nothing was heard of the order for long.
    pub async fn quiet(&self) {
        self.house.rows("UPDATE orders SET updated_at = 0").await;
        self.house.rows("UPDATE orders SET last_polled_at = 0").await;
    }

    /// The schedule's time has come.
    pub async fn due(&self) {
        self.house.rows("UPDATE orders SET next_poll_at = 1 WHERE next_poll_at IS NOT NULL").await;
    }

    pub async fn sweep(&self) -> PollStats {
        self.house.shop.poll_due_orders().await.unwrap()
    }

    pub async fn token(&self) -> Reply {
        self.house.post(&format!("/api/orders/{}/token", self.id), &Value::Null).await
    }

    pub async fn status(&self) -> String {
        self.house.status(&self.id).await
    }

    pub fn asked(&self, what: &str) -> usize {
        self.stub.asked().iter().filter(|asked| asked.starts_with(what)).count()
    }
}

pub fn word(id: &str, word: &str, code: &str, transaction: &str) -> Value {
    signed(id, code, CART, json!({"transaction_status": word, "transaction_id": transaction}))
}

#[tokio::test]
async fn another_attempt_takes_nothing_back_and_pays_nothing_unseen() {
    let scene = Scene::new().await;
    let (first, second) = (scene.id.clone(), format!("{}-2", scene.id));
    let denied = word(&first, "deny", "202", "a");
    scene.stands(&first, &denied);
    scene.stub.place(CANCEL, 200, r#"{"canceled_at":"x"}"#);
    scene.aged().await;
    assert_eq!(scene.token().await.status, 200);
    let paid = word(&second, "settlement", "200", "b");
    scene.stands(&second, &paid);
    assert_eq!(scene.told(&paid).await.status, 200);
    assert_eq!(scene.status().await, "paid");
    assert_eq!(scene.told(&denied).await.status, 200);
    assert_eq!(scene.status().await, "paid", "the other one was refused, not this");

    let also = word(&first, "settlement", "200", "c");
    scene.stands(&first, &also);
    assert_eq!(scene.told(&also).await.status, 200);
    assert_eq!(scene.status().await, "review", "somebody has to give one back");
    let history = scene.house.rows("SELECT cause FROM order_history ORDER BY seq DESC LIMIT 1").await;
    assert_eq!(history, ["settlement: the customer paid twice"]);

    let back = word(&second, "deny", "202", "b");
    scene.stands(&second, &back);
    assert_eq!(scene.told(&back).await.status, 200);
    assert_eq!(scene.status().await, "review", "no word mends that");
    assert_eq!(
        scene.house.rows("SELECT payer_attempt_id || ' ' || payer_transaction_id FROM orders").await,
        [second + " b"]
    );
}

/// The other way round: the first one's money comes late, and a card is refused on the second.
#[tokio::test]
async fn a_refused_card_takes_no_earlier_money_back() {
    let scene = Scene::new().await;
    let (first, second) = (scene.id.clone(), format!("{}-2", scene.id));
    scene.stands(&first, &word(&first, "deny", "202", "a"));
    scene.stub.place(CANCEL, 200, "{}");
    scene.aged().await;
    assert_eq!(scene.token().await.status, 200);
    for (id, what, code) in [(&first, "settlement", "200"), (&second, "deny", "202"), (&second, "cancel", "202")] {
        scene.stands(id, &word(id, what, code, id));
        assert_eq!(scene.told(&word(id, what, code, id)).await.status, 200, "{what}");
        assert_eq!(scene.status().await, "paid", "{what}");
    }
}

#[tokio::test]
async fn what_the_status_does_not_bear_out_is_asked_about_again() {
    let cases = [
        (None, "settlement", "200", "deny", "created", "paid"),
        (Some("settlement"), "refund", "200", "settlement", "paid", "refunded"),
        (None, "expire", "202", "pending", "pending", "expired"),
    ];
    for (before, told, code, lag, meanwhile, becomes) in cases {
        let scene = Scene::new().await;
        let id = scene.id.clone();
        if let Some(before) = before {
            scene.stands(&id, &word(&id, before, "200", "a"));
            assert_eq!(scene.told(&word(&id, before, "200", "a")).await.status, 200);
        }
        let news = word(&id, told, code, "a");
        scene.stands(&id, &word(&id, lag, code, "a"));
        let reply = scene.told(&news).await;
        assert_eq!(reply.status, 200, "{told}, {lag}: it is on disk");
        assert_eq!(scene.status().await, meanwhile, "{told}: no end too soon");
        scene.stands(&id, &news);
        scene.due().await;
        scene.sweep().await;
        assert_eq!(scene.status().await, becomes, "{told}");
        let waits = scene.house.rows("SELECT body FROM notifications WHERE closed_at IS NULL").await;
        assert_eq!(waits.len(), 0, "{told}");
    }
}

#[tokio::test]
async fn a_decoration_of_another_type_loses_no_payment() {
    let odd = [
        json!({"three_ds_version": 2}),
        json!({"refunds": {}}),
        json!({"va_numbers": [{"bank": "bca"}]}),
        json!({"status_message": []}),
    ];
    for odd in odd {
        let scene = Scene::new().await;
        let mut paid = word(&scene.id, "settlement", "200", "a");
        paid.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
        scene.stands(&scene.id, &paid);
        assert_eq!(scene.told(&paid).await.status, 200, "{odd}");
        assert_eq!(scene.status().await, "paid", "{odd}");
    }
}

/// DANA and BI-SNAP accounts are not found by the order's id.
#[tokio::test]
async fn not_found_does_not_mean_that_nobody_can_pay() {
    let scene = Scene::new().await;
    let id = scene.id.clone();
    scene.stub.place(&format!("GET /v2/{id}/status"), 404, "{}");
    scene.aged().await;
    let reply = scene.token().await;
    assert_eq!((reply.status, reply.code().as_str()), (409, "order_pending"));
    assert_eq!(
        scene.house.rows("SELECT attempt_id FROM payment_attempts").await,
        [id.as_str()],
        "no second way to pay"
    );

    let pending = word(&id, "pending", "201", "t-1");
    scene.stands("t-1", &pending);
    assert_eq!(scene.told(&pending).await.status, 200);
    let known = scene.token().await;
    assert_eq!((known.status, known.json()["token"].clone()), (200, json!("66e4fa55-fdac-4ef9")), "however old");

    scene.stands("t-1", &word(&id, "settlement", "200", "t-1"));
    scene.quiet().await;
    assert_eq!(scene.status().await, "paid", "asked for by its transaction");
}

/// Whether the notification of the chosen method came or not.
#[tokio::test]
async fn a_pending_order_answers_with_what_it_has() {
    let scene = Scene::new().await;
    scene.stands(&scene.id, &word(&scene.id, "pending", "201", "a"));
    scene.aged().await;
    for _ in 0..2 {
        let reply = scene.token().await;
        assert_eq!(
            (reply.status, reply.json()["token"].clone()),
            (200, json!("66e4fa55-fdac-4ef9")),
            "{}",
            reply.text()
        );
        assert_eq!(scene.status().await, "pending");
    }
}

#[tokio::test]
async fn an_old_token_is_withdrawn_before_a_new_one_is_made() {
    let cases = [
        (200, r#"{"canceled_at":"2025-06-03T13:09:39.776Z"}"#, 200, ""),
        (404, r#"{"error_messages":["token not found"]}"#, 200, ""),
        (400, r#"{"error_messages":["Transaction is on progress"]}"#, 409, "order_pending"),
        (503, "", 503, "gateway_unavailable"),
    ];
    for (status, body, expected, code) in cases {
        let scene = Scene::new().await;
        scene.stands(&scene.id, &word(&scene.id, "deny", "202", "a"));
        scene.stub.place(CANCEL, status, body);
        scene.aged().await;
        let reply = scene.token().await;
        assert_eq!(reply.status, expected, "{body}: {}", reply.text());
        assert_eq!(if expected == 200 { String::new() } else { reply.code() }, code, "{body}");
        let attempts = scene.house.rows("SELECT attempt_id FROM payment_attempts").await.len();
        assert_eq!(attempts, if expected == 200 { 2 } else { 1 }, "{body}");
        assert!(scene.asked(CANCEL) > 0, "{body}");
    }
}

#[tokio::test]
async fn a_lost_notification_is_no_lost_payment() {
    let scene = Scene::new().await;
    scene.stands(&scene.id, &word(&scene.id, "settlement", "200", "a"));
    assert_eq!(scene.status().await, "created", "there was news a moment ago");
    assert_eq!(scene.asked("GET"), 0);
    scene.quiet().await;
    assert_eq!(scene.status().await, "paid");
    scene.quiet().await;
    assert_eq!(scene.status().await, "paid");
    assert_eq!(scene.asked("GET"), 1, "what is final is not asked about");

    let scene = Scene::new().await;
    scene.stands(&scene.id, &word(&scene.id, "settlement", "200", "a"));
    scene.quiet().await;
    let reply = scene.token().await;
    assert_eq!((reply.status, reply.code().as_str()), (409, "order_paid"), "nobody is asked to pay again");

    let scene = Scene::new().await;
    scene.stub.place(&format!("GET /v2/{}/status", scene.id), 500, "");
    scene.quiet().await;
    assert_eq!(scene.status().await, "created", "a gateway that is down harms no look");
    let asked = scene.asked("GET");
    assert!(asked > 0);
    assert_eq!(scene.status().await, "created");
    assert_eq!(scene.asked("GET"), asked, "not again so soon");
}

#[tokio::test]
async fn a_form_sent_again_is_a_new_order_only_after_the_first_expired() {
    let form = "quantity%5Bkopi-gayo-250g%5D=1&key=0123456789abcdefghjkmnpqrs";
    let request = || post("/checkout", "application/x-www-form-urlencoded", form);
    for (what, code, expected, orders) in [("expire", "202", 303, 2), ("settlement", "200", 409, 1)] {
        let (stub, base) = Stub::new(&[(201, TOKEN)]).await;
        let house = House::at(&base).await;
        assert_eq!(house.send(request()).await.status, 303);
        let id = house.rows("SELECT order_id FROM orders").await.remove(0);
        let news = signed(&id, code, "89000.00", json!({"transaction_status": what}));
        stub.place(&format!("GET /v2/{id}/status"), 200, &news);
        assert_eq!(house.notify(news.to_string()).await.status, 200);
        let again = house.send(request()).await;
        assert_eq!(again.status, expected, "{what}: {}", again.text());
        assert_eq!(house.rows("SELECT order_id FROM orders").await.len(), orders, "{what}");
        assert_eq!(again.text().contains("sudah dibayar"), expected == 409, "{}", again.text());
    }
}

#[tokio::test]
async fn an_address_that_fits_no_header_is_made_to_fit() {
    let odd = r#"{"token":"66e4fa55-fdac-4ef9","redirect_url":"{base}/snap\n/é"}"#;
    let (_stub, base) = Stub::new(&[(201, odd)]).await;
    let house = House::at(&base).await;
    let form = "quantity%5Bkopi-gayo-250g%5D=1";
    let reply = house.send(post("/checkout", "application/x-www-form-urlencoded", form)).await;
    assert_eq!((reply.status, reply.header("location")), (303, format!("{base}/snap/%C3%A9").as_str()));
}

/// Whoever comes back after the lease ended must not undo what the next one did.
#[tokio::test]
async fn a_late_holder_changes_nothing() {
    let scene = Scene::new().await;
    let mine = scene.house.store.current_attempt(&scene.id).await.unwrap().unwrap();
    let mine = orders::PaymentAttempt { token_lease_until: 1000, ..mine };
    let token = mine.token.clone().unwrap();
    scene.house.rows("UPDATE payment_attempts SET token_lease_until = 9000").await;
    scene.house.store.release_token_lease(&mine).await.unwrap();
    assert!(!scene.house.store.save_token(&mine, &token, 7, 8).await.unwrap());
    let row = scene
        .house
        .rows("SELECT token_lease_until || ' ' || CASE WHEN token_at = 7 THEN 1 ELSE 0 END FROM payment_attempts")
        .await;
    assert_eq!(row, ["9000 0"]);
}

/// The bank took the money back, and the customer paid once more on the same page.
#[tokio::test]
async fn money_after_a_reversal_is_looked_at() {
    let scene = Scene::new().await;
    let id = scene.id.clone();
    let steps = [
        ("settlement", "200", "a", "paid"),
        ("deny", "202", "a", "reversed"),
        ("settlement", "200", "a", "reversed"),
        ("settlement", "200", "b", "review"),
    ];
    for (what, code, transaction, becomes) in steps {
        let mut news = word(&id, what, code, transaction);
        news["transaction_time"] = json!(becomes);
        scene.stands(&id, &news);
        assert_eq!(scene.told(&news).await.status, 200);
        assert_eq!(scene.status().await, becomes, "{what} {transaction}");
    }
    let history = scene.house.rows("SELECT cause FROM order_history ORDER BY seq DESC LIMIT 1").await;
    assert_eq!(history, ["settlement: the customer paid again after the bank reversed a payment"]);
}

/// The gateway's page gives up after three refused cards: the same token would show nothing but that.
#[tokio::test]
async fn a_page_that_refused_three_times_is_replaced() {
    for (cancelled, attempts) in [((200, "{}"), 2), ((400, r#"{"error_messages":["Transaction is on progress"]}"#), 1)]
    {
        let scene = Scene::new().await;
        let id = scene.id.clone();
        scene.stub.place(CANCEL, cancelled.0, cancelled.1);
        for transaction in ["a", "b", "c"] {
            assert_eq!(scene.token().await.status, 200);
            assert_eq!(
                scene.house.rows("SELECT attempt_id FROM payment_attempts").await.len(),
                1,
                "before {transaction}"
            );
            scene.stands(&id, &word(&id, "deny", "202", transaction));
            assert_eq!(scene.told(&word(&id, "deny", "202", transaction)).await.status, 200);
        }
        assert_eq!(scene.token().await.status, 200, "{cancelled:?}");
        assert_eq!(scene.house.rows("SELECT attempt_id FROM payment_attempts").await.len(), attempts, "{cancelled:?}");
        assert_eq!(scene.token().await.status, 200, "the new one stays");
        assert_eq!(scene.house.rows("SELECT attempt_id FROM payment_attempts").await.len(), attempts);
    }
}
