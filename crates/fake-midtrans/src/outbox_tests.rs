use super::*;
use serde_json::json;
use time::macros::datetime;

const START: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

fn note(order_id: &str, body: Value) -> Note {
    Note { order_id: order_id.to_owned(), url: "http://merchant".to_owned(), body }
}

fn outbox(statuses: &[&str], faults: Value) -> Outbox {
    let mut planned = Faults::default();
    for fault in faults.as_array().into_iter().flatten() {
        planned.plan(serde_json::from_value(fault.clone()).expect("valid fault"), START);
    }
    let mut outbox = Outbox::default();
    for status in statuses {
        let body = json!({"transaction_status": status, "signature_key": "true"});
        outbox.enqueue(note("A", body), &mut planned, "key", START);
    }
    outbox
}

/// Delivers everything until nothing is due within `minutes`, and says what was sent when.
fn sent(outbox: &mut Outbox, minutes: i64, answer: DeliveryResponse) -> Vec<(i64, String)> {
    let mut log = Vec::new();
    let end = START + Duration::minutes(minutes);
    while let Some(now) = outbox.next_due().map(|at| at.max(START)).filter(|at| *at <= end) {
        for delivery in outbox.take_ready(now) {
            let status = delivery.body["transaction_status"].as_str().unwrap_or_default().to_owned();
            log.push(((now - START).whole_minutes(), status));
            outbox.answered(delivery.id, answer, now);
        }
    }
    log
}

#[test]
fn retries_follow_the_documented_table() {
    for (answer, expected) in [
        (DeliveryResponse::Status(200), &[0][..]),
        (DeliveryResponse::Status(204), &[0]),
        (DeliveryResponse::Status(301), &[0]),
        (DeliveryResponse::Status(303), &[0]),
        (DeliveryResponse::Status(500), &[0, 2]),
        (DeliveryResponse::Status(400), &[0, 2, 12]),
        (DeliveryResponse::Status(404), &[0, 2, 12]),
        (DeliveryResponse::Status(503), &[0, 2, 12, 42, 132]),
        (DeliveryResponse::Status(502), &[0, 2, 12, 42, 132, 342]),
        (DeliveryResponse::Status(418), &[0, 2, 12, 42, 132, 342]),
        (DeliveryResponse::Timeout, &[0, 2, 12, 42, 132, 342]),
        (DeliveryResponse::Unreachable, &[0, 2, 12, 42, 132, 342]),
    ] {
        let log = sent(&mut outbox(&["pending"], json!([])), 10_000, answer);
        let minutes: Vec<i64> = log.iter().map(|(minute, _)| *minute).collect();
        assert_eq!(minutes, expected, "{answer:?}");
    }
}

#[test]
fn faults_change_what_leaves_and_in_which_order() {
    let fault = |json: Value| json!([json]);
    for (faults, expected) in [
        (json!([]), "pending settlement"),
        (fault(json!({"target": "notification", "fault": "duplicate", "copies": 1})), "pending pending settlement"),
        (fault(json!({"target": "notification", "fault": "late", "seconds": 60})), "settlement pending"),
        (fault(json!({"target": "notification", "fault": "reorder"})), "settlement pending"),
        (fault(json!({"target": "notification", "fault": "drop"})), "settlement"),
        (fault(json!({"target": "notification", "fault": "hold"})), "settlement"),
        (fault(json!({"target": "notification", "fault": "forge"})), "settlement settlement"),
    ] {
        let log = sent(&mut outbox(&["pending", "settlement"], faults.clone()), 60, DeliveryResponse::Status(200));
        let statuses: Vec<String> = log.into_iter().map(|(_, status)| status).collect();
        assert_eq!(statuses.join(" "), expected, "{faults}");
    }
}

#[test]
fn an_order_waits_for_the_first_try_and_not_for_the_retries() {
    let mut outbox = outbox(&["pending", "settlement"], json!([]));
    let first = outbox.take_ready(START);
    assert_eq!(first.len(), 1);
    assert!(outbox.take_ready(START).is_empty(), "the second waits while the first is in flight");
    outbox.answered(first[0].id, DeliveryResponse::Status(500), START);
    assert_eq!(outbox.take_ready(START).len(), 1, "the second goes before the first's retry");
}

#[test]
fn held_ones_go_when_released_and_forged_ones_lie() {
    let mut outbox = outbox(&["pending"], json!([{"target": "notification", "fault": "hold"}]));
    assert!(outbox.take_ready(START).is_empty());
    assert_eq!(outbox.release(Some("B"), START), 0);
    assert_eq!(outbox.release(None, START), 1);
    assert_eq!(outbox.take_ready(START).len(), 1);
    let forged = Again { forged: true, ..Again::default() };
    assert!(outbox.push_again("A", &forged, "key", START));
    let forged = outbox.take_ready(START);
    assert_eq!(forged.len(), 0, "still behind the one in flight");
    assert!(!outbox.push_again("B", &Again::default(), "key", START));
}

#[test]
fn many_orders_go_out_a_few_at_a_time_and_each_in_order() {
    let mut outbox = Outbox::default();
    for status in ["pending", "settlement"] {
        for order in 0..1_000 {
            let body = json!({"transaction_status": status});
            outbox.enqueue(note(&order.to_string(), body), &mut Faults::default(), "key", START);
        }
    }
    let mut seen: HashMap<String, Vec<Value>> = HashMap::new();
    while outbox.busy(START) {
        let ready = outbox.take_ready(START);
        assert!((1..=MOST_IN_FLIGHT).contains(&ready.len()));
        for delivery in ready {
            seen.entry(delivery.order_id).or_default().push(delivery.body["transaction_status"].clone());
            outbox.answered(delivery.id, DeliveryResponse::Status(200), START);
        }
    }
    assert_eq!(seen.len(), 1_000);
    assert!(seen.values().all(|statuses| *statuses == ["pending", "settlement"]));
    assert!(outbox.lanes.is_empty(), "nothing is kept for what is over");
}

#[test]
fn an_answer_that_comes_after_a_reset_meets_nobody() {
    let mut before = outbox(&["pending"], json!([]));
    let under_way = before.take_ready(START);
    before.clear();
    before.enqueue(note("B", json!({})), &mut Faults::default(), "key", START);
    assert_eq!(before.take_ready(START).len(), 1);
    before.answered(under_way[0].id, DeliveryResponse::Status(200), START);
    assert!(before.busy(START), "the new one is still under way");
}
