//! Looking changes nothing, needs no keys, and shows nothing of the customer unasked.

use serde_json::Value;

use crate::house::House;
use crate::tool::{Tool, chosen};

#[tokio::test]
async fn an_order_is_shown_with_all_but_its_customer() {
    let (house, fake) = House::with_fake().await;
    let order_id = chosen(&house, "bca_va").await;
    house.until(&order_id, "pending").await;
    let tool = Tool::of(&house, fake.base_url()).with("MIDTRANS_SERVER_KEY", "");
    let shown = tool.run("order show", &[&order_id]).await.done().out;
    let stored = house.store.order(&order_id).await.unwrap().unwrap();
    let attempt = house.store.current_attempt(&order_id).await.unwrap().unwrap();
    let (va, transaction) = (stored.payment.unwrap().code.unwrap(), attempt.transaction_id.unwrap());
    for words in [
        "pending, Rp 125.000, created 20",
        "2 × Teh melati Slawi 100 g at Rp 18.000",
        &format!("bank_transfer · bca · {va} · until"),
        &format!("{order_id}: transaction {transaction}, token from"),
        "created → pending  pending: order is now pending",
        " WIB  pending  pending: order is now pending\n",
        &format!("merchant order reconcile {order_id}"),
    ] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    let token = attempt.token.unwrap().token;
    assert!(!shown.contains("Siti") && !shown.contains(&token), "{shown}");
    let with = tool.run("order show --customer", &[&order_id]).await.done().out;
    assert!(with.contains("customer: Siti Rahayu, siti@example.com"), "{with}");

    let json = tool.run("order show --json", &[&order_id]).await.done();
    assert!(!json.out.contains("Siti") && !json.out.contains(&token), "{}", json.out);
    let json = json.json();
    assert_eq!((&json["status"], &json["gross_amount"]), (&"pending".into(), &125_000.into()));
    assert_eq!(json["history"][1]["to"], "pending");
    assert_eq!(json["notifications"][0]["transaction_status"], "pending");
    assert_eq!(json["attempts"][0]["transaction_id"], transaction.as_str());
    assert_eq!(house.store.order(&order_id).await.unwrap().unwrap().version, 2, "looking leaves no line");
}

#[tokio::test]
async fn orders_are_listed_and_found() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    let first = chosen(&house, "gopay").await;
    house.control("pay", serde_json::json!({"order_id": first})).await;
    house.until(&first, "paid").await;
    house.rows("UPDATE orders SET created_at = created_at - 7200000").await;
    let (second, _) = house.ordered().await;
    let cases: &[(&str, &[&str])] = &[
        ("order list --json", &[&second, &first]),
        ("order list --json --status paid", &[&first]),
        ("order list --json --status review", &[]),
        ("order list --json --since 1h", &[&second]),
        ("order list --json --since 3h --limit 1", &[&second]),
        ("order list --json --since 2020-01-01 --status created", &[&second]),
    ];
    for (words, expected) in cases {
        let listed = tool.run(words, &[]).await.done().json();
        let ids: Vec<&str> =
            listed["orders"].as_array().unwrap().iter().filter_map(|o| o["order_id"].as_str()).collect();
        assert_eq!(ids, *expected, "{words}");
    }
    let text = tool.run("order list --status paid", &[]).await.done().out;
    assert!(text.starts_with(&format!("{first}  paid ")) && text.contains("1 orders\nnext: "), "{text}");
    let transaction = house.store.current_attempt(&first).await.unwrap().unwrap().transaction_id.unwrap();
    for number in [first.as_str(), &transaction] {
        let found = tool.run("order find", &[number]).await.done().out;
        assert!(found.contains(&format!("next: merchant order show {first}")), "{number}: {found}");
    }
}

#[tokio::test]
async fn messages_that_were_given_up_are_seen_and_sent_again() {
    let (house, fake) = House::with_fake().await;
    let (order_id, _) = house.ordered().await;
    for message in [
        "INSERT INTO outbox (event_id, order_id, seq, body, created_at, try_count, dead_at, last_error)
         SELECT 'dead', order_id, 1, '{}', 1, 13, 5, 'HTTP 500' FROM orders",
        "INSERT INTO outbox (event_id, order_id, seq, body, created_at, try_count, next_try_at, last_error)
         SELECT 'waits', order_id, 2, '{}', 2, 1, 9000000000000, 'HTTP 502' FROM orders",
        "INSERT INTO outbox (event_id, order_id, seq, body, created_at, try_count, dead_at, last_error)
         SELECT 'also dead', order_id, 3, '{}', 3, 13, 5, 'timeout' FROM orders",
        "INSERT INTO outbox (event_id, order_id, seq, body, created_at, try_count, delivered_at)
         SELECT 'came', order_id, 4, '{}', 4, 1, 6 FROM orders",
    ] {
        house.rows(message).await;
    }
    let tool = Tool::of(&house, fake.base_url()).with("MIDTRANS_ENVIRONMENT", "");
    let events = async |words: &str| {
        let listed = tool.run(words, &["--json"]).await.done().json();
        let one = |message: &Value| format!("{} {}", message["event_id"], message["state"]).replace('"', "");
        listed["events"].as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(events("outbox list").await, "dead dead, waits pending, also dead dead");
    assert_eq!(events("outbox list --pending").await, "waits pending");
    assert_eq!(events("outbox list --dead").await, "dead dead, also dead dead");
    let text = tool.run("outbox list --dead", &[]).await.done().out;
    assert!(text.contains("13 tries, last try 1970-01-01 07:00:00 WIB, last error: HTTP 500"), "{text}");
    let shown = tool.run("order show", &[&order_id]).await.done().out;
    assert!(shown.contains("next: merchant outbox retry dead\n"), "{shown}");

    tool.run("outbox retry dead", &[]).await.done();
    assert_eq!(events("outbox list --dead").await, "also dead dead");
    let sent = house.store.lease_deliveries(merchant::clock::now(), i64::MAX, 9).await.unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].event_id.as_str(), sent[0].try_count), ("dead", 1), "with all its tries");
    for (words, event, code) in
        [("outbox retry", "came", "event_delivered"), ("outbox retry", "none", "event_not_found")]
    {
        assert_eq!(tool.run(words, &[event]).await.refused(), code);
    }
    assert_eq!(tool.run("outbox retry --dead --json", &[]).await.done().json()["scheduled"], 1);
    assert_eq!(events("outbox list --dead").await, "");
}

#[tokio::test]
async fn what_is_wrong_is_said_with_a_way_on() {
    let (house, fake) = House::with_fake().await;
    let (id, _) = house.ordered().await;
    let tool = Tool::of(&house, fake.base_url());
    let nowhere = "sqlite://not/there.sqlite";
    type Row<'a> = (&'a str, Option<(&'static str, &'a str)>, i32, &'a str);
    // words, a variable set otherwise, exit code, in what is said
    let cases: &[Row] = &[
        ("order show none", None, 1, "there is no order none [order_not_found]"),
        ("order cancel none --yes", None, 1, "[order_not_found]"),
        ("order find none", None, 1, "[order_not_found]"),
        (
            "order list",
            Some(("DATABASE_URL", nowhere)),
            1,
            "there is no database at not/there.sqlite [database_missing]",
        ),
        ("order list", Some(("DATABASE_URL", "mysql://x")), 1, "[invalid_configuration]"),
        ("order reconcile ID", Some(("MIDTRANS_SERVER_KEY", "")), 1, "MIDTRANS_SERVER_KEY is missing"),
        ("order reconcile ID", Some(("MIDTRANS_SERVER_KEY", "SB-Mid-server-other")), 1, "[gateway_unauthorized]"),
        ("order reconcile ID", Some(("MERCHANT_ADDR", "nonsense")), 0, ""),
        ("order cancel ID --attempt other --yes", None, 1, "[payment_not_found]"),
        ("order cancel ID", None, 1, "[not_confirmed]"),
        ("order refund ID --reason x", None, 1, "[nothing_paid]"),
        ("order refund ID", None, 2, "--reason"),
        ("order refund ID --reason x --amount 0", None, 2, "whole rupiah"),
        ("order refund ID --reason x --key a:b", None, 2, "letters, digits"),
        ("order list --status new", None, 2, "possible values: created"),
        ("order list --since tomorrow", None, 2, "2026-11-23"),
        ("order reconcile", None, 2, "--all"),
        ("outbox retry", None, 2, "--dead"),
        ("order bury ID", None, 2, "unrecognized"),
    ];
    for (words, change, code, said) in cases {
        let tool = match change {
            Some((name, value)) => tool.clone().with(name, *value),
            None => tool.clone(),
        };
        let ran = tool.run(&words.replace("ID", &id), &[]).await;
        assert_eq!(ran.code, *code, "{words}: {ran:?}");
        assert!(ran.err.contains(said), "{words}: {ran:?}");
        assert!(!ran.err.contains("SB-Mid-server"), "{ran:?}");
        if *code == 1 {
            ran.refused();
        }
    }
    let json = tool.run("order show none --json", &[]).await;
    assert_eq!((json.code, json.json()["error"]["code"].as_str()), (1, Some("order_not_found")));
    assert!(!std::path::Path::new("not/there.sqlite").exists(), "looking makes no database");
    for command in [
        "",
        "order",
        "order show",
        "order list",
        "order find",
        "order cancel",
        "order expire",
        "order refund",
        "order approve",
        "order deny",
        "order reconcile",
        "outbox",
        "outbox list",
        "outbox retry",
    ] {
        let help = tool.run(format!("{command} --help").trim(), &[]).await.done().out;
        let example = help.contains(&format!("\n  merchant {command} ")) || !command.contains(' ');
        assert!(help.contains("Usage: merchant") && example, "{command}: {help}");
    }
}
