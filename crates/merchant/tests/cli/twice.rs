//! An order that was paid twice, or too much, is set right by giving back; then nobody has to look any more.

use serde_json::{Value, json};

use crate::house::{CART, House, signed};
use crate::stub::Stub;
use crate::tool::{Tool, history, refunds};

const TOKEN: &str = r#"{"token":"66e4fa55-fdac-4ef9","redirect_url":"{base}/snap/v2/vtweb/66e4fa55"}"#;
const TAKEN: &str = r#"{"error_messages":["transaction_details.order_id sudah digunakan"]}"#;

struct Scene {
    house: House,
    stub: Stub,
    tool: Tool,
    first: String,
    second: String,
}

impl Scene {
    /// Both payment orders of one order were paid.
    async fn new() -> Self {
        let (stub, base) = Stub::new(&[(201, TOKEN)]).await;
        let house = House::at(&base).await;
        let (first, _) = house.ordered().await;
        let scene = Self { tool: Tool::of(&house, &base), second: format!("{first}-2"), first, house, stub };
        scene.stands(&scene.first, "deny", "202", json!({}));
        scene.stub.place("POST /snap/v1/transactions/66e4fa55-fdac-4ef9/cancel", 200, "{}");
        scene.house.rows("UPDATE payment_attempts SET token_at = 1").await;
        scene.stub.script(&[(400, TAKEN.into()), (201, TOKEN.replace("{base}", scene.stub.base()))]);
        let token = scene.house.post(&format!("/api/orders/{}/token", scene.first), &Value::Null).await;
        assert_eq!(token.status, 200, "{}", token.text());
        for id in [&scene.first, &scene.second] {
            let paid = scene.stands(id, "settlement", "200", json!({}));
            assert_eq!(scene.house.notify(paid.to_string()).await.status, 200);
        }
        assert_eq!(scene.status().await, "review");
        scene
    }

    fn stands(&self, id: &str, word: &str, code: &str, more: Value) -> Value {
        let mut words =
            signed(id, code, CART, json!({"transaction_status": word, "transaction_id": format!("t-{id}")}));
        words.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.stub.place(&format!("GET /v2/{id}/status"), 200, &words);
        words
    }

    async fn status(&self) -> String {
        self.house.store.order(&self.first).await.unwrap().unwrap().status.to_string()
    }

    async fn payer(&self) -> String {
        self.house.store.order(&self.first).await.unwrap().unwrap().payer.unwrap().attempt_id
    }
}

#[tokio::test]
async fn one_of_two_payments_is_given_back() {
    for goes in ["second", "first"] {
        let scene = Scene::new().await;
        let (first, second) = (scene.first.clone(), scene.second.clone());
        let (goes, stays) = if goes == "second" { (&second, &first) } else { (&first, &second) };
        for command in ["cancel {} --yes", "refund {} --yes --reason twice"] {
            let which = scene.tool.run(&format!("order {}", command.replace("{}", &first)), &[]).await;
            assert_eq!(which.refused(), "ambiguous_payment", "{command}");
            let line = history(&scene.house, &first).await.pop().unwrap();
            assert!(
                line.contains(" requested by anna, not started: ") && line.ends_with(" [ambiguous_payment]"),
                "{line}"
            );
        }
        let which = scene.tool.run(&format!("order refund {first} --yes --reason twice"), &[]).await;
        assert!(which.err.contains(&format!("{first} (payment, Rp 125.000, paid first)")), "{which:?}");
        assert!(which.err.contains(&format!("{second} (payment, Rp 125.000)")), "{which:?}");

        scene.stub.place(&format!("POST /v2/{goes}/refund"), 200, json!({"status_code": "200"}));
        let command = format!("order refund {first} --yes --reason twice --attempt {goes}");
        let ran = scene.tool.run(&command, &[]).await.done();
        assert_eq!(refunds(&scene.house, goes).await, ["-r1 125000 succeeded"]);
        assert!(ran.out.contains("not up to date yet") && scene.status().await == "review", "its status lags: {ran:?}");
        let due = scene.house.rows("SELECT order_id FROM orders WHERE next_poll_at <= last_polled_at + 60000").await;
        assert_eq!(due, [first.as_str()], "it is asked about again soon");

        scene.stands(goes, "refund", "200", json!({"refund_amount": CART}));
        let ran = scene.tool.run("order reconcile", &[&first]).await.done();
        assert!(ran.out.contains("review → paid\n"), "{ran:?}");
        assert_eq!((scene.status().await.as_str(), scene.payer().await), ("paid", stays.clone()));
        assert_eq!(
            history(&scene.house, &first).await.last().unwrap(),
            &format!("review resolved: one payment is left, {stays}")
        );
        scene.tool.run("order reconcile", &[&first]).await.done();
        assert_eq!(scene.status().await, "paid", "and it stays so");
        let found = scene.tool.run("order find", &[&second]).await.done();
        assert!(found.out.starts_with(&first), "{found:?}");
    }
}

#[tokio::test]
async fn a_payment_that_only_its_transaction_names_is_given_back_by_it() {
    let scene = Scene::new().await;
    let (first, second) = (scene.first.clone(), scene.second.clone());
    scene.stub.place(&format!("POST /v2/{second}/refund"), 404, json!({"status_code": "404"}));
    scene.stub.place(&format!("POST /v2/t-{second}/refund"), 200, json!({"status_code": "200"}));
    scene.tool.run(&format!("order refund {first} --yes --reason twice --attempt {second}"), &[]).await.done();
    assert!(scene.stub.asked().contains(&format!("POST /v2/t-{second}/refund")), "{:?}", scene.stub.asked());
}

/// The gateway's own words for each of its codes become a sentence, a code and a way on.
#[tokio::test]
async fn refusals_of_the_gateway_are_told_apart() {
    let scene = Scene::new().await;
    let (first, second) = (scene.first.clone(), scene.second.clone());
    scene.stands(&second, "refund", "200", json!({"refund_amount": CART}));
    scene.stub.place(&format!("POST /v2/t-{first}/refund"), 404, "{}");
    // http, code in the body, ours, what is known of it afterwards
    let cases = [
        (200, 404, "payment_not_found", "rejected"),
        (404, 404, "payment_not_found", "rejected"),
        (200, 406, "refund_key_used", "rejected"),
        (412, 412, "not_modifiable", "rejected"),
        (200, 414, "refund_too_large", "rejected"),
        (400, 400, "gateway_rejected", "rejected"),
        (401, 401, "gateway_unauthorized", "rejected"),
        (200, 500, "gateway_unavailable", "unknown"),
    ];
    for (at, (http, code, expected, known)) in cases.into_iter().enumerate() {
        let answer = json!({"status_code": code.to_string(), "status_message": "no"});
        scene.stub.place(&format!("POST /v2/{first}/refund"), http, answer);
        let command = format!("order refund {first} --yes --timeout 2 --amount 1000 --reason n{at}");
        let ran = scene.tool.run(&command, &[]).await;
        assert_eq!(ran.refused(), expected, "{http} {code}");
        let refunds = refunds(&scene.house, &first).await;
        assert!(refunds.contains(&format!("-r{} 1000 {known}", at + 1)), "{http} {code}: {refunds:?}");
    }
    // A refusal tells nothing when an earlier try may have been what went back.
    scene.stands(&first, "partial_refund", "200", json!({"refund_amount": "1000.00"}));
    scene.stub.place(&format!("POST /v2/{first}/refund"), 200, json!({"status_code": "414"}));
    let again = scene.tool.run(&format!("order refund {first} --yes --amount 1000 --reason n7"), &[]).await;
    assert_eq!(again.refused(), "refund_too_large");
    let known = refunds(&scene.house, &first).await;
    assert!(known.contains(&"-r8 1000 unknown".to_owned()), "{known:?} {again:?}");
    // The last one's outcome is unknown: the same key, and by now the gateway knows it.
    scene.stub.place(&format!("POST /v2/{first}/refund"), 406, json!({"status_code": "406"}));
    let again = scene.tool.run(&format!("order refund {first} --yes --amount 1000 --reason n7"), &[]).await.done();
    assert!(again.out.contains(&format!("key {first}-r8")), "{again:?}");
}
