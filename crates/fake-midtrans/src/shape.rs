//! The JSON of callbacks, status answers and notifications, field by field as the documentation's examples have it.

use serde_json::{Map, Value, json};

use crate::clock::wib;
use crate::config::Config;
use crate::method::Kind;
use crate::money::Amount;
use crate::signature::signature_key;
use crate::status::Status;
use crate::transaction::{Transaction, WalletMode};

/// Language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageLanguage {
    /// `id`, the default.
    Indonesian,
    /// `en`.
    English,
}

impl PageLanguage {
    /// From the option or query parameter.
    pub fn from_option(text: Option<&str>) -> Self {
        if text == Some("en") { Self::English } else { Self::Indonesian }
    }
}

/// Biller code of every Mandiri bill.
pub const BILLER_CODE: &str = "70012";

/// Adds the three documented parameters to a finish URL.
pub fn finish_redirect_url(finish: &str, transaction: &Transaction) -> String {
    with_query(
        finish,
        &[
            ("order_id", &transaction.order_id),
            ("status_code", transaction.status_code()),
            ("transaction_status", transaction.status.as_str()),
        ],
    )
}

/// `url` with more query parameters; a URL that cannot be read stays as it is.
pub fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let Ok(mut parsed) = reqwest::Url::parse(url) else {
        return url.to_owned();
    };
    parsed.query_pairs_mut().extend_pairs(pairs);
    parsed.to_string()
}

/// What `onSuccess`, `onPending` and `onError` are called with.
pub fn callback_result(transaction: &Transaction, base_url: &str, finish: &str, language: PageLanguage) -> Value {
    let pending = transaction.status == Status::Pending;
    let finish_url = json!(finish_redirect_url(finish, transaction));
    let pdf_url = json!(format!("{base_url}/snap/v1/transactions/{}/pdf", transaction.token));
    let mut result = Map::new();
    // Two documented answers are bare while pending.
    let bare = pending
        && (transaction.method.bank() == Some("bca")
            || (transaction.method.kind == Kind::Wallet && transaction.mode == WalletMode::Deeplink));
    result.insert("status_code".into(), json!(transaction.status_code()));
    result.insert("payment_type".into(), json!(transaction.payment_type()));
    result.insert("transaction_status".into(), json!(transaction.status.as_str()));
    if !bare {
        result.insert("status_message".into(), json!(status_message(transaction, language)));
        result.insert("transaction_id".into(), json!(transaction.id));
        result.insert("order_id".into(), json!(transaction.order_id));
        result.insert("gross_amount".into(), json!(transaction.gross_amount.to_string()));
        result.insert("transaction_time".into(), json!(wib(transaction.created_at)));
        if let Some(fraud) = transaction.fraud {
            result.insert("fraud_status".into(), json!(fraud.as_str()));
        }
    }
    match transaction.method.kind {
        Kind::Va { bank, .. } => {
            if bank == "bca" {
                result.insert("bca_va_number".into(), json!(transaction.number));
            }
            if !bare {
                result.insert("va_numbers".into(), va_numbers(bank, &transaction.number));
            }
            result.insert("pdf_url".into(), pdf_url);
        }
        Kind::PermataVa => {
            result.insert("permata_va_number".into(), json!(transaction.number));
            result.insert("pdf_url".into(), pdf_url);
        }
        Kind::Bill => {
            result.insert("bill_key".into(), json!(transaction.number));
            result.insert("biller_code".into(), json!(BILLER_CODE));
            result.insert("pdf_url".into(), pdf_url);
        }
        Kind::Store => {
            result.insert("payment_code".into(), json!(transaction.number));
            result.insert("pdf_url".into(), pdf_url);
        }
        Kind::Wallet | Kind::Qris if bare || !pending => {
            result.insert("pdf_url".into(), Value::Null);
        }
        Kind::Wallet | Kind::Qris | Kind::Ovo => {}
        Kind::Card => insert_card(&mut result, transaction, false),
    }
    // The documented Mandiri answer has none while pending.
    if !(pending && transaction.method.kind == Kind::Bill) {
        result.insert("finish_redirect_url".into(), finish_url);
    }
    Value::Object(result)
}

/// What the callback gets when the order was finished elsewhere.
pub fn processed_result() -> Value {
    json!({"status_code": "406", "status_message": ["transaction has been processed"]})
}

/// Body of `GET /v2/{id}/status`.
pub fn status_body(transaction: &Transaction, config: &Config) -> Value {
    let code = match transaction.status {
        Status::Expire => "407",
        Status::Cancel => "200",
        _ => transaction.status_code(),
    };
    let mut body = facts(transaction, config, code);
    body.insert("status_message".into(), json!("Success, transaction is found"));
    if transaction.status == Status::Pending {
        body.insert("expiry_time".into(), json!(wib(transaction.expires_at)));
    }
    if transaction.payment_type() == "gopay" {
        body.insert("payment_option_type".into(), json!("GOPAY_WALLET"));
    }
    Value::Object(body)
}

/// Body of a notification about the present status.
pub fn notification_body(transaction: &Transaction, config: &Config) -> Value {
    let mut body = facts(transaction, config, transaction.status_code());
    body.insert("status_message".into(), json!("midtrans payment notification"));
    if matches!(transaction.status, Status::Pending | Status::Expire) {
        body.insert("expiry_time".into(), json!(wib(transaction.expires_at)));
    }
    Value::Object(body)
}

fn facts(transaction: &Transaction, config: &Config, code: &str) -> Map<String, Value> {
    let amount = transaction.gross_amount.to_string();
    let signature = signature_key(&transaction.order_id, code, &amount, &config.server_key);
    let mut body = Map::new();
    body.insert("transaction_time".into(), json!(wib(transaction.created_at)));
    body.insert("transaction_status".into(), json!(transaction.status.as_str()));
    body.insert("transaction_id".into(), json!(transaction.id));
    body.insert("status_code".into(), json!(code));
    body.insert("signature_key".into(), json!(signature));
    body.insert("payment_type".into(), json!(transaction.payment_type()));
    body.insert("order_id".into(), json!(transaction.order_id));
    body.insert("merchant_id".into(), json!(config.merchant_id));
    body.insert("gross_amount".into(), json!(amount));
    body.insert("currency".into(), json!("IDR"));
    if let Some(fraud) = transaction.fraud {
        body.insert("fraud_status".into(), json!(fraud.as_str()));
    }
    if let Some(at) = transaction.settled_at {
        body.insert("settlement_time".into(), json!(wib(at)));
    }
    insert_method(&mut body, transaction);
    for (name, text) in &transaction.custom_fields {
        body.insert((*name).into(), json!(text));
    }
    if transaction.fee > Amount::default() {
        let original = transaction.gross_amount.minus(transaction.fee).unwrap_or_default();
        body.insert(
            "extra_info".into(),
            json!({"gross_amount_info": {
                "original_amount": original.to_string(),
                "gross_amount": amount,
                "customer_imposed_payment_fee": transaction.fee.to_string(),
            }}),
        );
    }
    if !transaction.refunds.is_empty() {
        body.insert("refund_amount".into(), json!(transaction.refunded().to_string()));
        body.insert("refunds".into(), refunds(transaction));
    }
    body
}

fn insert_method(body: &mut Map<String, Value>, transaction: &Transaction) {
    let paid = transaction.settled_at;
    match transaction.method.kind {
        Kind::Card => insert_card(body, transaction, true),
        Kind::Va { bank, .. } => {
            let amounts = paid.map_or_else(Vec::new, |at| {
                vec![json!({"paid_at": wib(at), "amount": transaction.gross_amount.to_string()})]
            });
            body.insert("va_numbers".into(), va_numbers(bank, &transaction.number));
            body.insert("payment_amounts".into(), json!(amounts));
        }
        Kind::PermataVa => {
            body.insert("permata_va_number".into(), json!(transaction.number));
        }
        Kind::Bill => {
            body.insert("biller_code".into(), json!(BILLER_CODE));
            body.insert("bill_key".into(), json!(transaction.number));
        }
        Kind::Store => {
            body.insert("store".into(), json!(transaction.method.id));
            body.insert("payment_code".into(), json!(transaction.number));
            if paid.is_some() && transaction.method.id == "indomaret" {
                body.insert("approval_code".into(), json!(digits_of(&transaction.id, 16)));
            }
        }
        Kind::Wallet if transaction.payment_type() == "shopeepay" => {
            if paid.is_some() {
                body.insert("shopeepay_reference_number".into(), json!(digits_of(&transaction.id, 18)));
                body.insert("reference_id".into(), json!(format!("DL-{}", transaction.id)));
            }
        }
        Kind::Ovo => {
            if let Some(phone) = &transaction.phone {
                body.insert("payer_phone_number".into(), json!(phone));
            }
        }
        Kind::Wallet | Kind::Qris => {
            if transaction.payment_type() == "qris" {
                let shopee = transaction.method.id == "shopeepay";
                body.insert("acquirer".into(), json!(if shopee { "airpay shopee" } else { "gopay" }));
                if paid.is_some() {
                    body.insert("transaction_type".into(), json!("on-us"));
                    body.insert("issuer".into(), json!(if shopee { "airpay shopee" } else { "gopay" }));
                }
            }
        }
    }
}

fn insert_card(body: &mut Map<String, Value>, transaction: &Transaction, notification: bool) {
    let Some(card) = &transaction.card else { return };
    body.insert("masked_card".into(), json!(card.masked));
    body.insert("card_type".into(), json!("credit"));
    body.insert("bank".into(), json!("bni"));
    if let Some(code) = &card.approval_code {
        body.insert("approval_code".into(), json!(code));
    }
    if notification && transaction.status != Status::Pending {
        let (code, message, _) = card.scenario.verdict.words();
        body.insert("channel_response_code".into(), json!(code));
        body.insert("channel_response_message".into(), json!(message));
        body.insert("eci".into(), json!(if card.scenario.otp { "05" } else { "06" }));
        body.insert("three_ds_version".into(), json!("2"));
    }
}

fn status_message(transaction: &Transaction, language: PageLanguage) -> String {
    match (transaction.status, &transaction.card) {
        (Status::Pending, _) => match language {
            PageLanguage::English => "Your Transaction is being processed".to_owned(),
            PageLanguage::Indonesian => "Transaksi sedang diproses".to_owned(),
        },
        (Status::Capture | Status::Authorize | Status::Deny, Some(card)) => card.scenario.verdict.words().2.to_owned(),
        _ => "Success, transaction is found".to_owned(),
    }
}

fn va_numbers(bank: &str, number: &str) -> Value {
    json!([{"bank": bank, "va_number": number}])
}

fn refunds(transaction: &Transaction) -> Value {
    let list = transaction.refunds.iter();
    list.map(|refund| {
        let mut entry = json!({
            "refund_chargeback_id": refund.number,
            "refund_chargeback_uuid": refund.uuid,
            "refund_amount": refund.amount.to_string(),
            "created_at": wib(refund.at),
            "reason": refund.reason,
            "refund_key": refund.key,
            "refund_method": "online",
        });
        if let Some(at) = refund.confirmed_at {
            entry["bank_confirmed_at"] = json!(wib(at));
        }
        entry
    })
    .collect()
}

/// A stable run of digits made from an id.
pub fn digits_of(id: &str, length: usize) -> String {
    let digits = id.bytes().cycle().take(length).map(|byte| char::from(b'0' + byte % 10));
    digits.collect()
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
