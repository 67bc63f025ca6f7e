//! What tells the shop of payments.

use merchant::error::ErrorCode;
use merchant::secret::ServerKey;
use merchant::settle::{Attempt, Verdict, amount_fits, is_money, settle};
use merchant::webhooks::incoming::Incoming;
use sha2::{Digest as _, Sha512};
use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, Notification, TransactionReport, TransactionStatus};

use super::{exact, read, same};

const KEY: &str = "SB-Mid-server-PROOF_NOT_A_REAL_KEY";

/// A notification, or a status answer: only what was signed is taken; what is read is written again the same;
/// only the gateway's clear word is paid.
pub fn notification(data: &[u8]) {
    let key = ServerKey::parse(KEY).expect("a key");
    let read: Option<Notification> = read(data);
    match Incoming::read(data.to_vec(), &key) {
        Ok(_) => {
            let given = read.as_ref().and_then(|said| said.signature_key.clone()).unwrap_or_default();
            let said = read.as_ref().expect("what is taken in can be read");
            assert_eq!(given.to_ascii_lowercase(), signature(said), "taken in unsigned");
        }
        Err(problem) if read.is_some() => assert_eq!(problem.code, ErrorCode::InvalidSignature),
        Err(problem) => assert_eq!(problem.code, ErrorCode::InvalidNotification),
    }
    let Some(said) = read else { return };
    same(&said);
    exact(&said.gross_amount);
    for amount in
        said.refund_amount.iter().chain(said.refunds.iter().flatten().filter_map(|r| r.refund_amount.as_ref()))
    {
        exact(amount);
    }
    drop(merchant::instruction::instruction(&said));
    signed(&said, &key);
    let own = said.gross_amount.rupiah().unwrap_or_default();
    for expected in [own, Rupiah(own.0.saturating_add(1)), Rupiah(10_000)] {
        judged(&said, expected);
    }
}

fn signature(said: &Notification) -> String {
    let text = [said.order_id.as_str(), &said.status_code.0, &said.gross_amount.0, KEY].concat();
    Sha512::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// With the right signature it is taken in; with any of the four changed it is not.
fn signed(said: &Notification, key: &ServerKey) {
    let right = Notification(TransactionReport { signature_key: Some(signature(said)), ..said.0.clone() });
    let taken = |said: &Notification| Incoming::read(serde_json::to_vec(said).expect("written"), key).map(drop);
    assert!(taken(&right).is_ok(), "a signed one is refused: {said:?}");
    let mut wrong = [right.clone(), right.clone(), right.clone(), right.clone()];
    wrong[0].0.order_id.push('0');
    wrong[1].0.status_code.0.insert(0, '2');
    wrong[2].0.gross_amount.0.push('1');
    if let Some(signature) = &mut wrong[3].0.signature_key {
        let other = if signature.starts_with('0') { "1" } else { "0" };
        signature.replace_range(0..1, other);
    }
    for wrong in &wrong {
        let refused = taken(wrong).expect_err("an altered one is taken in");
        assert_eq!(refused.code, ErrorCode::InvalidSignature);
    }
}

/// Every state of an order: paid only by the clear word, never backwards, and a second time changes nothing.
fn judged(said: &Notification, expected: Rupiah) {
    for from in statuses() {
        for attempt in [Attempt::Current, Attempt::Superseded, Attempt::Payer, Attempt::Other] {
            let Verdict::Move(to) = settle(&from, expected, said, attempt) else { continue };
            // Written only when it is needed: this runs a hundred times an input.
            let context = || format!("{from} to {to} by {attempt:?} for {expected}: {said:?}");
            assert!(!matches!(to, OrderStatus::Unknown(_) | OrderStatus::Created), "{}", context());
            assert_ne!(from, to, "{}", context());
            if to == OrderStatus::Paid {
                use TransactionStatus::{Capture, Settlement};
                assert!(matches!(said.transaction_status, Capture | Settlement), "{}", context());
                assert!(matches!(said.fraud_status, None | Some(FraudStatus::Accept)), "{}", context());
                assert_eq!(said.status_code.number(), Some(200), "{}", context());
                assert!(amount_fits(expected, said), "{}", context());
                assert!(!is_money(&from), "{}", context());
            }
            let kept = is_money(&to) || (from == OrderStatus::Paid && to == OrderStatus::Cancelled);
            assert!(!is_money(&from) || kept, "money was forgotten: {}", context());
            assert!(!matches!(said.transaction_status, TransactionStatus::Unknown(_)), "{}", context());
            let again = settle(&to, expected, said, attempt);
            assert!(matches!(again, Verdict::Keep(_)), "twice is {again:?}: {}", context());
        }
    }
}

fn statuses() -> [OrderStatus; 12] {
    use OrderStatus::*;
    let unknown = Unknown("brand_new".into());
    [
        Created,
        Pending,
        Review,
        Paid,
        Denied,
        Expired,
        Cancelled,
        PartiallyRefunded,
        Refunded,
        ChargedBack,
        Reversed,
        unknown,
    ]
}
