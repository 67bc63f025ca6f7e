use std::collections::BTreeSet;

use super::*;
use crate::charge::{Choice, charge};
use crate::request::{Locale, judge};
use crate::session::NotifyUrls;
use crate::state::State;
use time::macros::datetime;

const NOW: time::OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

fn transaction(method: &str, deeplink: bool, to: Status) -> Transaction {
    let mut state = State::default();
    let config = Config::default();
    let body = json!({"transaction_details": {"order_id": "ORDER-101", "gross_amount": 10000}});
    let order = judge(&body, Locale::En).expect("valid");
    let token = state.create_session(order, NotifyUrls::default(), NOW).expect("new");
    let choice = Choice {
        method: method.to_owned(),
        deeplink,
        number: "4811111111111114".to_owned(),
        expiry: "12/30".to_owned(),
        cvv: "123".to_owned(),
        phone: "081200000000".to_owned(),
        fee: None,
    };
    let id = charge(&mut state, &token, &choice, &config, NOW).expect("charged");
    if to != Status::Pending && state.find(&id).is_some_and(|t| t.status != to) {
        state.change(&id, to, &config, NOW).expect("allowed");
    }
    state.find(&id).expect("there").clone()
}

fn fixture(path: &str) -> Value {
    let path = format!("{}/../wire/fixtures/{path}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("fixture is JSON")
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

/// Same fields of the same types, and the same words where the words matter.
#[track_caller]
fn same_shape(ours: &Value, documented: &Value, ignored: &[&str], name: &str) {
    let drop_ignored = |set: BTreeSet<&str>| {
        set.into_iter().filter(|key| !ignored.contains(key)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(drop_ignored(keys(ours)), drop_ignored(keys(documented)), "{name}: fields");
    for key in keys(documented).into_iter().filter(|key| !ignored.contains(key)) {
        let (a, b) = (&ours[key], &documented[key]);
        assert_eq!(std::mem::discriminant(a), std::mem::discriminant(b), "{name}: type of {key}");
        if matches!(
            key,
            "status_code"
                | "status_message"
                | "payment_type"
                | "transaction_status"
                | "fraud_status"
                | "currency"
                | "store"
        ) {
            assert_eq!(a, b, "{name}: {key}");
        }
    }
}

#[test]
fn callback_results_are_the_documented_ones() {
    for (method, deeplink, status, language, name) in [
        ("bca_va", false, Status::Pending, PageLanguage::English, "bca-va-pending"),
        ("bca_va", false, Status::Settlement, PageLanguage::English, "bca-va-success"),
        ("bni_va", false, Status::Pending, PageLanguage::English, "bni-va-pending"),
        ("bni_va", false, Status::Settlement, PageLanguage::English, "bni-va-success"),
        ("bri_va", false, Status::Pending, PageLanguage::English, "bri-va-pending"),
        ("permata_va", false, Status::Pending, PageLanguage::English, "permata-va-pending"),
        ("echannel", false, Status::Pending, PageLanguage::Indonesian, "mandiri-bill-pending"),
        ("gopay", false, Status::Pending, PageLanguage::English, "gopay-qr-pending"),
        ("gopay", false, Status::Settlement, PageLanguage::English, "gopay-qr-success"),
        ("gopay", true, Status::Pending, PageLanguage::English, "gopay-deeplink-pending"),
        ("shopeepay", false, Status::Pending, PageLanguage::English, "shopeepay-desktop-pending"),
        ("indomaret", false, Status::Pending, PageLanguage::English, "indomaret-pending"),
    ] {
        let transaction = transaction(method, deeplink, status);
        let ours = callback_result(&transaction, "http://gateway", "http://example.com", language);
        same_shape(&ours, &fixture(&format!("callbacks/{name}")), &[], name);
        let parsed: wire::midtrans::SnapResult = serde_json::from_value(ours.clone()).expect("merchants can read it");
        if name != "mandiri-bill-pending" {
            let expected = format!(
                "http://example.com/?order_id=ORDER-101&status_code={}&transaction_status={}",
                transaction.status_code(),
                status.as_str()
            );
            assert_eq!(parsed.finish_redirect_url.as_deref(), Some(expected.as_str()), "{name}");
        }
    }
    assert_eq!(processed_result(), fixture("callbacks/error-processed"));
}

#[test]
fn notifications_are_the_documented_ones() {
    // Ours say the 3-D Secure version, which newer ones have and the example does not; older examples lack what newer have.
    for (method, deeplink, status, name, ignored) in [
        ("credit_card", false, Status::Capture, "card-capture", &["three_ds_version"][..]),
        ("gopay", false, Status::Settlement, "gopay-settlement", &[]),
        ("shopeepay", true, Status::Settlement, "shopeepay-settlement", &[]),
        ("permata_va", false, Status::Settlement, "permata-va-settlement", &[]),
        ("bca_va", false, Status::Settlement, "bca-va-settlement", &[]),
        ("bni_va", false, Status::Settlement, "bni-va-settlement", &[]),
        ("bri_va", false, Status::Settlement, "bri-va-settlement", &[]),
        ("echannel", false, Status::Settlement, "mandiri-bill-settlement", &[]),
        ("indomaret", false, Status::Settlement, "indomaret-settlement", &["fraud_status"]),
    ] {
        let config = Config::default();
        let ours = notification_body(&transaction(method, deeplink, status), &config);
        same_shape(&ours, &fixture(&format!("notifications/{name}")), ignored, name);
        let said: wire::midtrans::Notification = serde_json::from_value(ours.clone()).expect("merchants can read it");
        let expected = signature_key("ORDER-101", "200", "10000.00", &config.server_key);
        assert_eq!(said.signature_key, Some(expected), "{name}");
    }
}

#[test]
fn what_follows_a_payment_is_as_documented() {
    let config = Config::default();
    let mut refunded = transaction("gopay", true, Status::Settlement);
    refunded.status = Status::PartialRefund;
    refunded.refunds.push(crate::transaction::TransactionRefund {
        key: "ORDER-101-1".into(),
        amount: crate::money::Amount::rupiah(4_000).expect("small"),
        reason: "one item short".into(),
        number: 7,
        uuid: "c720cb44-272d-4b64-b97d-47d89e86da02".into(),
        at: NOW,
        confirmed_at: None,
    });
    let mut borne = transaction("gopay", true, Status::Settlement);
    borne.fee = crate::money::Amount::rupiah(2_000).expect("small");
    let silent = transaction("ovo", false, Status::Expire);
    let echoes = ["custom_field1", "custom_field2", "custom_field3", "customer_details"];
    // Newer answers have more of a refund than the older example.
    for (ours, name, ignored) in [
        (notification_body(&refunded, &config), "refund-partial", &[][..]),
        (notification_body(&borne, &config), "fee-borne-by-customer", &echoes),
        (notification_body(&silent, &config), "ovo-expire", &["expiry_time"]),
        (status_body(&transaction("gopay", true, Status::Settlement), &config), "status-gopay-settlement", &[]),
        (status_body(&transaction("bca_va", false, Status::Pending), &config), "status-bca-va-pending", &[]),
        (status_body(&transaction("bca_va", false, Status::Cancel), &config), "status-cancelled", &[]),
    ] {
        same_shape(&ours, &fixture(&format!("notifications/{name}")), ignored, name);
        let said: wire::midtrans::Notification = serde_json::from_value(ours.clone()).expect("merchants can read it");
        let fields = |value: &Value| value["refunds"][0].as_object().map(serde_json::Map::len);
        assert_eq!(said.refunds.as_ref().map(Vec::len), ours["refunds"].as_array().map(Vec::len), "{name}");
        assert!(fields(&ours) >= fields(&fixture(&format!("notifications/{name}"))), "{name}");
        let fee = said.0.extra_info.and_then(|extra| extra.gross_amount_info).map(|info| info.original_amount.0);
        assert_eq!(fee.is_some(), name == "fee-borne-by-customer", "{name}");
    }
    let read = serde_json::from_value::<wire::midtrans::Notification>(notification_body(&refunded, &config));
    let entry = read.expect("readable").0.refunds.expect("one").remove(0);
    assert_eq!(entry.refund_key.as_deref(), Some("ORDER-101-1"));
    assert_eq!((entry.refund_chargeback_id, entry.bank_confirmed_at), (Some(7), None));
}

#[test]
fn codes_follow_the_status() {
    for (to, notified, answered) in [
        (Status::Pending, "201", "201"),
        (Status::Settlement, "200", "200"),
        (Status::Deny, "202", "202"),
        (Status::Cancel, "202", "200"),
        (Status::Expire, "202", "407"),
    ] {
        let transaction = transaction("bca_va", false, to);
        let config = Config::default();
        assert_eq!(notification_body(&transaction, &config)["status_code"], notified, "{to:?}");
        let answer = status_body(&transaction, &config);
        assert_eq!(answer["status_code"], answered, "{to:?}");
        let signature = signature_key("ORDER-101", answered, "10000.00", &config.server_key);
        assert_eq!(answer["signature_key"], signature, "{to:?}");
    }
}
