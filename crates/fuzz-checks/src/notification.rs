//! Notifications, and the transitions that a report causes.

use merchant::error::ErrorCode;
use merchant::secret::ServerKey;
use merchant::webhooks::incoming::SignedNotification;
use orders::amount_policy::amount_matches;
use orders::payment_instruction::payment_instruction;
use orders::transitions::{AttemptRole, Transition, next_status};
use sha2::{Digest as _, Sha512};
use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, Notification, TransactionReport, TransactionStatus};

use crate::{assert_exact_amount, assert_round_trip, read};

const KEY: &str = "SB-Mid-server-PROOF_NOT_A_REAL_KEY";

/// A notification. The backend accepts only signed ones, each survives a round trip, and only a clear payment means
/// paid.
pub fn notification(data: &[u8]) {
    let key = ServerKey::parse(KEY).expect("a key");
    let read: Option<Notification> = read(data);
    match SignedNotification::read(data.to_vec(), &key) {
        Ok(_) => {
            let given = read.as_ref().and_then(|report| report.signature_key.clone()).unwrap_or_default();
            let report = read.as_ref().expect("an accepted notification can be read");
            assert_eq!(given.to_ascii_lowercase(), signature(report), "accepted without a valid signature");
        }
        Err(error) if read.is_some() => assert_eq!(error.code, ErrorCode::InvalidSignature),
        Err(error) => assert_eq!(error.code, ErrorCode::InvalidNotification),
    }
    let Some(report) = read else { return };
    assert_round_trip(&report);
    assert_exact_amount(&report.gross_amount);
    let refunds = report.refunds.iter().flatten().filter_map(|refund| refund.refund_amount.as_ref());
    for amount in report.refund_amount.iter().chain(refunds) {
        assert_exact_amount(amount);
    }
    drop(payment_instruction(&report));
    assert_signature_matters(&report, &key);
    let own = report.gross_amount.rupiah().unwrap_or_default();
    for expected in [own, Rupiah(own.0.saturating_add(1)), Rupiah(10_000)] {
        assert_transitions(&report, expected);
    }
}

fn signature(report: &Notification) -> String {
    let text = [report.order_id.as_str(), &report.status_code.0, &report.gross_amount.0, KEY].concat();
    Sha512::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The backend accepts the right signature, and rejects it with any of the four signed parts changed.
fn assert_signature_matters(report: &Notification, key: &ServerKey) {
    let right = Notification(TransactionReport { signature_key: Some(signature(report)), ..report.0.clone() });
    let accepted =
        |report: &Notification| SignedNotification::read(serde_json::to_vec(report).expect("written"), key).map(drop);
    assert!(accepted(&right).is_ok(), "a signed notification is rejected: {report:?}");
    let mut wrong = [right.clone(), right.clone(), right.clone(), right.clone()];
    wrong[0].0.order_id.push('0');
    wrong[1].0.status_code.0.insert(0, '2');
    wrong[2].0.gross_amount.0.push('1');
    if let Some(signature) = &mut wrong[3].0.signature_key {
        let other = if signature.starts_with('0') { "1" } else { "0" };
        signature.replace_range(0..1, other);
    }
    for wrong in &wrong {
        let error = accepted(wrong).expect_err("a changed notification is accepted");
        assert_eq!(error.code, ErrorCode::InvalidSignature);
    }
}

/// From every status: only a clear payment means paid, an order never moves backwards, and a repetition changes nothing.
fn assert_transitions(report: &Notification, expected: Rupiah) {
    for from in OrderStatus::ALL.iter().cloned().chain([OrderStatus::Unknown("brand_new".into())]) {
        for role in [AttemptRole::Current, AttemptRole::Superseded, AttemptRole::Payer, AttemptRole::Other] {
            let Transition::To(to) = next_status(&from, expected, report, role) else { continue };
            // A closure, because this runs a hundred times per input.
            let context = || format!("{from} to {to} by {role:?} for {expected}: {report:?}");
            assert!(!matches!(to, OrderStatus::Unknown(_) | OrderStatus::Created), "{}", context());
            assert_ne!(from, to, "{}", context());
            if to == OrderStatus::Paid {
                use TransactionStatus::{Capture, Settlement};
                assert!(matches!(report.transaction_status, Capture | Settlement), "{}", context());
                assert!(matches!(report.fraud_status, None | Some(FraudStatus::Accept)), "{}", context());
                assert_eq!(report.status_code.number(), Some(200), "{}", context());
                assert!(amount_matches(expected, report), "{}", context());
                assert!(!from.has_received_payment(), "{}", context());
            }
            let kept = to.has_received_payment() || (from == OrderStatus::Paid && to == OrderStatus::Cancelled);
            assert!(!from.has_received_payment() || kept, "a payment was forgotten: {}", context());
            assert!(!matches!(report.transaction_status, TransactionStatus::Unknown(_)), "{}", context());
            let again = next_status(&to, expected, report, role);
            assert!(matches!(again, Transition::Unchanged(_)), "a repetition is {again:?}: {}", context());
        }
    }
}
