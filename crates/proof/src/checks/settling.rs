//! The gateway's words in any order, any number of times, of any payment of one order.

use std::sync::LazyLock;

use merchant::settle::{amount_fits, is_money, is_payable};
use merchant::store::{Attempt, Change, Payer, StoredOrder};
use merchant::test_support::change_by;
use wire::merchant::{Customer, OrderStatus};
use wire::midtrans::{
    FraudStatus, Notification, PaymentType, RefundEntry, StatusCode, TransactionReport, TransactionStatus,
};
use wire::{AmountText, Rupiah};

const COSTS: Rupiah = Rupiah(10_000);

static WORD: LazyLock<Notification> = LazyLock::new(|| {
    serde_json::from_str(
        r#"{"order_id":"p0","status_code":"200","gross_amount":"10000.00","transaction_status":"pending"}"#,
    )
    .expect("a notification")
});

/// What the store writes of an order, by the rules of its transaction.
pub struct Ledger {
    /// The order.
    pub order: StoredOrder,
    attempt: Attempt,
}

impl Ledger {
    /// An order that has just been made; its payment orders are `p0` and so on, of which one is the newest.
    #[must_use]
    pub fn new(newest: &str) -> Self {
        let order = StoredOrder {
            order_id: "o".into(),
            status: OrderStatus::Created,
            gross_amount: COSTS,
            items: vec![],
            customer: Customer::default(),
            payment: None,
            payer: None,
            refunded_amount: Rupiah(0),
            version: 1,
            created_at: 0,
        };
        Self { order, attempt: Attempt::claimed(newest.into(), 1, 0) }
    }

    /// Takes one word in, as `Store::change` does.
    pub fn hear(&mut self, said: &Notification) -> Change {
        let change = change_by(said, &self.order, &self.attempt);
        let order = &mut self.order;
        let refunded = change.refunded.filter(|refunded| *refunded > order.refunded_amount);
        if change.status.is_some() || refunded.is_some() {
            order.version += 1;
        }
        order.status = change.status.clone().unwrap_or_else(|| order.status.clone());
        order.refunded_amount = refunded.unwrap_or(order.refunded_amount);
        order.payment = change.payment.clone().or_else(|| order.payment.take());
        if change.pays && order.payer.is_none() {
            let transaction_id = change.said.transaction_id.clone();
            order.payer = Some(Payer { payment_order_id: change.said.payment_order_id.clone(), transaction_id });
        }
        change
    }
}

/// Three bytes a word: money that came stays, nobody is asked to pay twice, a word said twice is one.
pub fn settling(data: &[u8]) {
    let mut ledger = Ledger::new("p1");
    for bytes in data.as_chunks::<3>().0.iter().take(64) {
        let said = word(*bytes);
        let before = ledger.order.clone();
        let change = ledger.hear(&said);
        let after = &ledger.order;
        let context =
            || format!("{} to {} by {said:?}", before.status, change.status.as_ref().unwrap_or(&before.status));
        if after.status == OrderStatus::Paid && before.status != OrderStatus::Paid {
            let money = matches!(said.transaction_status, TransactionStatus::Capture | TransactionStatus::Settlement);
            let clear = matches!(said.fraud_status, None | Some(FraudStatus::Accept));
            assert!(money && clear && said.status_code.number() == Some(200), "{}", context());
            assert!(amount_fits(COSTS, &said) && !is_money(&before.status), "{}", context());
        }
        if is_money(&before.status) && !is_money(&after.status) {
            let by_a_person = change.twice || change.outcome.contains("paid again");
            let taken_back = before.status == OrderStatus::Paid && after.status == OrderStatus::Cancelled;
            assert!(taken_back || (after.status == OrderStatus::Review && by_a_person), "{}", context());
        }
        if let Some(payer) = &before.payer {
            assert_eq!(after.payer.as_ref(), Some(payer), "{}", context());
        }
        assert!(after.payer.is_none() || !is_payable(&after.status), "to be paid again: {}", context());
        assert!(after.refunded_amount >= before.refunded_amount && after.refunded_amount <= COSTS, "{}", context());
        assert!(after.version == before.version || after.version == before.version + 1, "{}", context());
        let once = ledger.order.clone();
        let again = ledger.hear(&said);
        assert_eq!((again.status, &ledger.order), (None, &once), "a second time is news: {}", context());
    }
}

fn word([status, who, how]: [u8; 3]) -> Notification {
    use TransactionStatus::*;
    let words = [
        Capture,
        Settlement,
        Pending,
        Deny,
        Cancel,
        Expire,
        Failure,
        Refund,
        PartialRefund,
        Chargeback,
        PartialChargeback,
        Authorize,
        Unknown("brand_new".into()),
        Settlement,
        Settlement,
        Capture,
    ];
    let amount = |at: u8| {
        let texts = ["10000.00", "10000", "9999.00", "10000.50", "", "-10000.00", "9223372036854775807", "4000.00"];
        AmountText(texts[usize::from(at % 8)].to_owned())
    };
    let refund = |at: u8| RefundEntry {
        refund_key: None,
        refund_chargeback_id: None,
        refund_amount: Some(amount(at)),
        reason: None,
        created_at: None,
        bank_confirmed_at: None,
    };
    let types = [None, Some(PaymentType::CreditCard), Some(PaymentType::BankTransfer)];
    let fraud = [None, Some(FraudStatus::Accept), Some(FraudStatus::Challenge), Some(FraudStatus::Deny)];
    Notification(TransactionReport {
        order_id: format!("p{}", who % 3),
        transaction_id: (who & 4 == 0).then(|| format!("t{}", (who >> 3) % 3)),
        payment_type: types[usize::from(who >> 5) % 3].clone(),
        transaction_status: words[usize::from(status % 16)].clone(),
        // Most words are clear, else nothing would ever happen.
        fraud_status: fraud[usize::from(if status & 16 == 0 { 1 } else { status >> 6 })].clone(),
        status_code: StatusCode::from(if status & 32 == 0 { "200" } else { "201" }),
        gross_amount: amount(if how & 8 == 0 { 0 } else { how }),
        refund_amount: (how & 16 != 0).then(|| amount(how >> 5)),
        refunds: (how & 1 != 0).then(|| vec![refund(how >> 2), refund(how >> 3), refund(how >> 5)]),
        ..WORD.0.clone()
    })
}

/// The words of one payment that went its way, each byte one of them: however often and in whatever order they
/// come, the order ends where the last of them in the payment's own order would have left it.
pub fn story_ends_alike(data: &[u8]) {
    use OrderStatus as O;
    use TransactionStatus as T;
    let story = [
        (T::Pending, O::Pending, 0),
        (T::Expire, O::Expired, 0),
        (T::Settlement, O::Paid, 0),
        (T::PartialRefund, O::PartiallyRefunded, 4_000),
        (T::Refund, O::Refunded, 10_000),
    ];
    let mut ledger = Ledger::new("p0");
    let mut furthest = None;
    for byte in data {
        let at = usize::from(byte % 5);
        let (status, _, refunded) = &story[at];
        ledger.hear(&Notification(TransactionReport {
            transaction_status: status.clone(),
            payment_type: Some(PaymentType::BankTransfer),
            refund_amount: (*refunded > 0).then(|| Rupiah(*refunded).into()),
            ..WORD.0.clone()
        }));
        furthest = furthest.max(Some(at));
    }
    let (expected, refunded) = furthest.map_or((O::Created, 0), |at| (story[at].1.clone(), story[at].2));
    assert_eq!((&ledger.order.status, ledger.order.refunded_amount), (&expected, Rupiah(refunded)), "{data:?}");
}
