//! Money goes back once, however often the command is repeated.

use fake_midtrans::FakeMidtrans;
use serde_json::json;

use crate::house::House;
use crate::tool::{Tool, chosen, history, refunds};

async fn paid(house: &House, method: &str) -> String {
    let id = chosen(house, method).await;
    house.control("pay", json!({"order_id": id})).await;
    house.until(&id, "paid").await;
    id
}

/// What the gateway gave back, in order.
fn given(fake: &FakeMidtrans, order_id: &str) -> Vec<String> {
    let report = fake.order(order_id).unwrap();
    report.movements.iter().skip(1).map(|movement| movement.amount.to_string()).collect()
}

#[tokio::test]
async fn parts_and_the_rest_go_back_once_each() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    let id = paid(&house, "gopay").await;
    // the command, its answer, how the order stands
    let steps: &[(&str, &str, &str, i64)] = &[
        ("--amount 125001 --reason much", "refund_too_large", "paid", 0),
        ("--amount 25.000 --reason tea", "", "partially_refunded", 25_000),
        ("--amount 25.000 --reason tea", "refund_repeated", "partially_refunded", 25_000),
        ("--amount 25000 --reason tea --key second", "", "partially_refunded", 50_000),
        ("--amount 25000 --reason tea --key second", "", "partially_refunded", 50_000),
        ("--amount 30000 --reason tea --key second", "refund_key_used", "partially_refunded", 50_000),
        ("--amount 75001 --reason much", "refund_too_large", "partially_refunded", 50_000),
        ("--reason rest", "", "refunded", 125_000),
        ("--reason rest", "refund_repeated", "refunded", 125_000),
        ("--reason more", "nothing_left", "refunded", 125_000),
    ];
    for (words, refusal, status, back) in steps {
        let ran = tool.run(&format!("order refund {id} --yes {words}"), &[]).await;
        match *refusal {
            "" => assert_eq!(ran.code, 0, "{words}: {ran:?}"),
            refusal => assert_eq!(ran.refused(), refusal, "{words}"),
        }
        let order = house.store.order(&id).await.unwrap().unwrap();
        assert_eq!((order.status.as_str(), order.refunded_amount.0), (*status, *back), "{words}: {ran:?}");
    }
    assert_eq!(given(&fake, &id), ["25000.00", "25000.00", "75000.00"]);
    assert_eq!(refunds(&house, &id).await, ["-r1 25000 succeeded", "second 25000 succeeded", "-r3 75000 succeeded"]);
    let lines = history(&house, &id).await;
    let expected = format!("refund requested by anna: 25000 of {id}, key {id}-r1, reason: tea");
    assert!(lines.contains(&expected), "{lines:?}");
    assert!(lines.contains(&format!("refund succeeded: confirmed by the gateway, key {id}-r1")), "{lines:?}");
    let shown = tool.run("order show", &[&id]).await.done().out;
    assert!(shown.contains(&format!("refund {id}-r3: Rp 75.000, succeeded, ")), "{shown}");
    assert!(!shown.contains("payment instructions"), "there is nothing to pay any more: {shown}");
}

/// Whatever is lost, the same command again ends with one refund.
#[tokio::test]
async fn a_lost_answer_gives_nothing_back_twice() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    let lost = |times| json!([{"target": "refund", "fault": "lost_answer", "times": times}]);
    // Status answers that fail from the third on: the tool cannot find out.
    let blind = json!({"target": "status", "fault": "status", "status": 503, "times": 0, "after": 2});
    let cases = [
        (lost(1), "", "succeeded"),
        (lost(0), "", "succeeded"),
        (json!([{"target": "refund", "fault": "truncate", "times": 1}]), "", "succeeded"),
        (json!([{"target": "refund", "fault": "status", "status": 503, "times": 0}]), "gateway_unavailable", "unknown"),
        (json!([{"target": "refund", "fault": "lost_answer", "times": 0}, blind]), "gateway_unavailable", "unknown"),
    ];
    for (faults, refusal, known) in cases {
        let id = paid(&house, "gopay").await;
        house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
        for fault in faults.as_array().unwrap() {
            house.control("faults", fault.clone()).await;
        }
        let wait = if faults[0]["times"] == 0 { 2 } else { 15 };
        let command = format!("order refund {id} --yes --timeout {wait} --amount 25000 --reason tea");
        let ran = tool.run(&command, &[]).await;
        house.clear_faults().await;
        assert_eq!(refunds(&house, &id).await, [format!("-r1 25000 {known}")], "{faults}: {ran:?}");
        if refusal.is_empty() {
            assert_eq!(ran.code, 0, "{faults}: {ran:?}");
        } else {
            assert_eq!(ran.refused(), refusal, "{faults}");
            assert!(ran.err.contains("repeat the same command"), "{ran:?}");
            if given(&fake, &id).is_empty() {
                let other = tool.run(&format!("order refund {id} --yes --amount 25000 --reason other"), &[]).await;
                assert_eq!(other.refused(), "refund_pending");
            }
            let again = tool.run(&command, &[]).await.done();
            assert!(again.out.contains("Rp 25.000"), "{again:?}");
        }
        assert_eq!(given(&fake, &id), ["25000.00"], "{faults}");
        assert_eq!(refunds(&house, &id).await, ["-r1 25000 succeeded"], "{faults}");
        let order = house.store.order(&id).await.unwrap().unwrap();
        assert_eq!(order.refunded_amount.0, 25_000, "{faults}");
    }
}

#[tokio::test]
async fn two_operators_give_back_once() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    let id = paid(&house, "gopay").await;
    let command = format!("order refund {id} --yes --amount 25000 --reason tea");
    let (one, two) = tokio::join!(tool.run(&command, &[]), tool.run(&command, &[]));
    assert!(one.code == 0 || two.code == 0, "{one:?} {two:?}");
    assert_eq!(given(&fake, &id), ["25000.00"], "{one:?} {two:?}");
    assert_eq!(refunds(&house, &id).await, ["-r1 25000 succeeded"]);
}

#[tokio::test]
async fn what_cannot_go_back_is_refused_with_a_way_on() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    for (method, refusal, way, known) in [
        ("bca_va", "not_modifiable", "pay the customer by transfer", "-r1 125000 rejected"),
        ("4411111111111118", "not_modifiable", "merchant order cancel", "-r1 125000 rejected"),
    ] {
        let id = if method == "bca_va" { paid(&house, method).await } else { chosen(&house, method).await };
        house.until(&id, "paid").await;
        let ran = tool.run(&format!("order refund {id} --yes --reason x"), &[]).await;
        assert_eq!(ran.refused(), refusal);
        assert!(ran.err.contains(way), "{ran:?}");
        assert_eq!(refunds(&house, &id).await, [known]);
        assert!(history(&house, &id).await.last().unwrap().starts_with("refund failed: the payment can no longer"));
    }
}
