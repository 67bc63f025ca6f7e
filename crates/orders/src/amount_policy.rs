//! Amounts: whether a payment has the order's amount, and how much of it went back.

use wire::Rupiah;
use wire::midtrans::TransactionReport;

/// Whether the amount is the order's, or the order's plus a fee that the gateway itself declares.
#[must_use]
pub fn amount_matches(expected: Rupiah, report: &TransactionReport) -> bool {
    let charged = report.gross_amount.rupiah();
    if charged == Some(expected) {
        return true;
    }
    let Some(info) = report.extra_info.as_ref().and_then(|extra| extra.gross_amount_info.as_ref()) else {
        return false;
    };
    let fee = info.customer_imposed_payment_fee.rupiah().filter(|fee| fee.0 >= 0);
    info.original_amount.rupiah() == Some(expected)
        && info.gross_amount.rupiah() == charged
        && fee.and_then(|fee| expected.plus(fee)) == charged
}

/// The sum of all refunds of a payment. The gateway reports the sum, or each refund, or both.
#[must_use]
pub fn refunded_total(report: &TransactionReport) -> Rupiah {
    let sum = report.refund_amount.as_ref().and_then(|amount| amount.rupiah());
    let each = report.refunds.iter().flatten().filter_map(|refund| refund.refund_amount.as_ref()?.rupiah());
    // The gateway's numbers are not trusted to be small.
    let each = each.fold(0_i64, |total, amount| total.saturating_add(amount.0));
    Rupiah(sum.unwrap_or_default().0.max(each))
}

/// The part of a payment that was not refunded; none where the report has no readable amount.
#[must_use]
pub fn refundable(report: &TransactionReport) -> Option<Rupiah> {
    let charged = report.gross_amount.rupiah()?;
    Some(Rupiah(charged.0 - refunded_total(report).0))
}
