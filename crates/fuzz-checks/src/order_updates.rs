//! Status responses of any payment of one order, in any order and any number of times.

use std::sync::LazyLock;

use orders::amount_policy::amount_matches;
use orders::order_update::order_update_from;
use orders::{OrderRecord, OrderUpdate, PaymentAttempt, UpdateOutcome};
use wire::merchant::{Customer, OrderStatus};
use wire::midtrans::{
    FraudStatus, PaymentType, RefundEntry, StatusCode, StatusResponse, TransactionReport, TransactionStatus,
};
use wire::{AmountText, Rupiah};

const PRICE: Rupiah = Rupiah(10_000);

static TEMPLATE: LazyLock<StatusResponse> = LazyLock::new(|| {
    serde_json::from_str(
        r#"{"order_id":"p0","status_code":"200","gross_amount":"10000.00","transaction_status":"pending"}"#,
    )
    .expect("a status response")
});

/// A new order. Its payment attempts are `p0` to `p2`; `newest` is the one that the customer can pay.
fn new_order(newest: &str) -> (OrderRecord, PaymentAttempt) {
    let order = OrderRecord {
        order_id: "o".into(),
        status: OrderStatus::Created,
        gross_amount: PRICE,
        items: vec![],
        customer: Customer::default(),
        payment: None,
        payer: None,
        refunded_amount: Rupiah(0),
        version: 1,
        created_at: 0,
    };
    (order, PaymentAttempt::leased(newest.into(), 1, 0))
}

fn update(order: &mut OrderRecord, attempt: &PaymentAttempt, report: &StatusResponse) -> OrderUpdate {
    let update = order_update_from(report, order, attempt);
    order.apply(&update);
    update
}

/// Three bytes are one report. A received payment is never forgotten, a paid order is never payable again, and a repeated
/// report changes nothing.
pub fn order_updates(data: &[u8]) {
    let (mut order, attempt) = new_order("p1");
    for bytes in data.as_chunks::<3>().0.iter().take(64) {
        let report = report(*bytes);
        let before = order.clone();
        let change = update(&mut order, &attempt, &report);
        let after = &order;
        let context = || format!("{} to {} by {report:?}", before.status, after.status);
        if after.status == OrderStatus::Paid && before.status != OrderStatus::Paid {
            use TransactionStatus::{Capture, Settlement};
            let clear = matches!(report.fraud_status, None | Some(FraudStatus::Accept));
            assert!(matches!(report.transaction_status, Capture | Settlement) && clear, "{}", context());
            assert_eq!(report.status_code.number(), Some(200), "{}", context());
            assert!(amount_matches(PRICE, &report) && !before.status.has_received_payment(), "{}", context());
        }
        if before.status.has_received_payment() && !after.status.has_received_payment() {
            let second_payment = matches!(
                change.outcome,
                UpdateOutcome::DuplicatePayment { .. } | UpdateOutcome::PaidAfterReversal { .. }
            );
            let reversed = before.status == OrderStatus::Paid && after.status == OrderStatus::Cancelled;
            assert!(reversed || (after.status == OrderStatus::Review && second_payment), "{}", context());
        }
        if let Some(payer) = &before.payer {
            assert_eq!(after.payer.as_ref(), Some(payer), "{}", context());
        }
        assert!(after.payer.is_none() || !after.status.is_payable(), "payable again: {}", context());
        assert!(after.refunded_amount >= before.refunded_amount && after.refunded_amount <= PRICE, "{}", context());
        assert!(after.version == before.version || after.version == before.version + 1, "{}", context());
        let once = order.clone();
        let again = update(&mut order, &attempt, &report);
        assert_eq!((again.status, &order), (None, &once), "a repeated report changes the order: {report:?}");
    }
}

fn report([status, who, how]: [u8; 3]) -> StatusResponse {
    use TransactionStatus::*;
    let statuses = [
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
    StatusResponse(TransactionReport {
        order_id: format!("p{}", who % 3),
        transaction_id: (who & 4 == 0).then(|| format!("t{}", (who >> 3) % 3)),
        payment_type: types[usize::from(who >> 5) % 3].clone(),
        transaction_status: statuses[usize::from(status % 16)].clone(),
        // Most reports are accepted; otherwise the order would rarely move.
        fraud_status: fraud[usize::from(if status & 16 == 0 { 1 } else { status >> 6 })].clone(),
        status_code: StatusCode::from(if status & 32 == 0 { "200" } else { "201" }),
        gross_amount: amount(if how & 8 == 0 { 0 } else { how }),
        refund_amount: (how & 16 != 0).then(|| amount(how >> 5)),
        refunds: (how & 1 != 0).then(|| vec![refund(how >> 2), refund(how >> 3), refund(how >> 5)]),
        ..TEMPLATE.0.clone()
    })
}

/// The reports of one payment, one byte each. In whatever order and however often they arrive, the order ends in the
/// status of the latest one.
pub fn reordered_reports(data: &[u8]) {
    use OrderStatus as O;
    use TransactionStatus as T;
    let reports = [
        (T::Pending, O::Pending, 0),
        (T::Expire, O::Expired, 0),
        (T::Settlement, O::Paid, 0),
        (T::PartialRefund, O::PartiallyRefunded, 4_000),
        (T::Refund, O::Refunded, 10_000),
    ];
    let (mut order, attempt) = new_order("p0");
    let mut latest = None;
    for byte in data {
        let at = usize::from(byte % 5);
        let (status, _, refunded) = &reports[at];
        let report = StatusResponse(TransactionReport {
            transaction_status: status.clone(),
            payment_type: Some(PaymentType::BankTransfer),
            refund_amount: (*refunded > 0).then(|| Rupiah(*refunded).into()),
            ..TEMPLATE.0.clone()
        });
        update(&mut order, &attempt, &report);
        latest = latest.max(Some(at));
    }
    let (status, refunded) = latest.map_or((O::Created, 0), |at| (reports[at].1.clone(), reports[at].2));
    assert_eq!((&order.status, order.refunded_amount), (&status, Rupiah(refunded)), "{data:?}");
}
