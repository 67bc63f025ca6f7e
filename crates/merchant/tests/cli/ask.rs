//! Asking now: what nobody told is found, for one order or for all of them.

use serde_json::json;

use crate::house::House;
use crate::tool::{Tool, chosen};

#[tokio::test]
async fn what_nobody_told_is_found() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
    let mut ids = Vec::new();
    for method in ["bca_va", "gopay", "bca_va"] {
        ids.push(chosen(&house, method).await);
    }
    house.control("pay", json!({"order_id": ids[0]})).await;
    let one = tool.run("order reconcile", &[&ids[0]]).await.done();
    assert!(one.out.starts_with(&format!("order {}: created → paid\n", ids[0])), "{one:?}");
    let again = tool.run("order reconcile --json", &[&ids[0]]).await.done().json();
    assert_eq!((&again["before"], &again["updates"]), (&json!("paid"), &json!([])));

    house.control("pay", json!({"order_id": ids[1]})).await;
    let all = tool.run("order reconcile --all --rate 50", &[]).await.done();
    assert!(all.out.contains(&format!("{}: created → paid\n", ids[1])), "{all:?}");
    assert!(all.out.contains(&format!("{}: created → pending\n", ids[2])), "{all:?}");
    assert!(
        all.out.contains("2 orders checked: 2 changed, 0 failed\nnext: "),
        "who is paid is not asked about: {all:?}"
    );
    let all = tool.run("order reconcile --all --rate 50 --json", &[]).await.done().json();
    assert_eq!((&all["checked"], &all["changed"]), (&json!(1), &json!([])));
}

#[tokio::test]
async fn a_silent_gateway_ends_the_round_early() {
    let (house, _fake) = House::with_fake().await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(house.ordered().await.0);
    }
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let ran = Tool::of(&house, &gateway).run("order reconcile --all --rate 50 --timeout 1", &[]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("stopped early: the gateway or the database does not respond\nnext: "), "{ran:?}");
    assert!(!ran.out.contains("20 orders checked"), "{ran:?}");
    let due = house.rows("SELECT order_id FROM orders WHERE next_poll_at IS NOT NULL AND poll_lease_until = 0").await;
    assert!(due.len() >= 20 - 4, "they stay due: {}", due.len());
}
