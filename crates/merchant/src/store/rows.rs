//! Reads orders and payment attempts from rows.

use orders::{OrderRecord, Payer, PaymentAttempt};
use serde::Serialize;
use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::TokenResponse;

use super::StoreError;
use super::query::Row;

pub(super) fn order_of(row: &Row) -> Result<OrderRecord, StoreError> {
    let payment: Option<String> = row.try_get("payment")?;
    let payer: Option<String> = row.try_get("payer_attempt_id")?;
    let transaction_id = row.try_get("payer_transaction_id")?;
    Ok(OrderRecord {
        order_id: row.try_get("order_id")?,
        status: OrderStatus::from(row.try_get::<&str>("status")?),
        gross_amount: Rupiah(row.try_get("gross_amount")?),
        items: serde_json::from_str(row.try_get("items")?)?,
        customer: serde_json::from_str(row.try_get("customer")?)?,
        payment: payment.as_deref().map(serde_json::from_str).transpose()?,
        payer: payer.map(|attempt_id| Payer { attempt_id, transaction_id }),
        refunded_amount: Rupiah(row.try_get("refunded_amount")?),
        version: row.try_get("version")?,
        created_at: row.try_get("created_at")?,
    })
}

pub(super) fn attempt_of(row: &Row) -> Result<PaymentAttempt, StoreError> {
    let token: Option<String> = row.try_get("token")?;
    let redirect_url: Option<String> = row.try_get("redirect_url")?;
    Ok(PaymentAttempt {
        attempt_id: row.try_get("attempt_id")?,
        seq: row.try_get("seq")?,
        token: token.zip(redirect_url).map(|(token, redirect_url)| TokenResponse { token, redirect_url }),
        token_at: row.try_get("token_at")?,
        transaction_id: row.try_get("transaction_id")?,
        token_lease_until: row.try_get("token_lease_until")?,
    })
}

/// A value for a column of JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}
