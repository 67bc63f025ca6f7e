//! Reading a notification: what decides must be there, what decorates may be anything.

use super::{CollectedCustomer, ExtraInfo, GrossAmountInfo, PaymentAmount, RefundEntry, TransactionReport};
use crate::lenient::{LenientObject, LenientValue, ObjectReader};
use crate::midtrans::{FraudStatus, StatusCode, TextOrBool, VaNumber};
use crate::money::AmountText;

impl TryFrom<LenientObject> for TransactionReport {
    type Error = &'static str;

    fn try_from(mut from: LenientObject) -> Result<Self, &'static str> {
        Ok(Self {
            order_id: from.text("order_id").ok_or("order_id is missing")?,
            status_code: from.text_or_number("status_code").map(StatusCode).ok_or("status_code is missing")?,
            gross_amount: from.text_or_number("gross_amount").map(AmountText).ok_or("gross_amount is missing")?,
            transaction_status: from.text("transaction_status").ok_or("transaction_status is missing")?.as_str().into(),
            signature_key: from.text("signature_key"),
            transaction_id: from.text("transaction_id"),
            transaction_time: from.text("transaction_time"),
            settlement_time: from.text("settlement_time"),
            expiry_time: from.text("expiry_time"),
            status_message: from.text("status_message"),
            payment_type: from.text("payment_type").map(|word| word.as_str().into()),
            merchant_id: from.text("merchant_id"),
            fraud_status: fraud(from.take("fraud_status")),
            currency: from.text("currency"),
            masked_card: from.text("masked_card"),
            eci: from.text("eci"),
            channel_response_code: from.text("channel_response_code"),
            channel_response_message: from.text("channel_response_message"),
            card_type: from.text("card_type"),
            bank: from.text("bank"),
            approval_code: from.text("approval_code"),
            three_ds_version: from.text("three_ds_version"),
            challenge_completion: flag(from.take("challenge_completion")),
            saved_token_id: from.text("saved_token_id"),
            saved_token_id_expired_at: from.text("saved_token_id_expired_at"),
            va_numbers: objects(from.take("va_numbers"), va_number),
            payment_amounts: objects(from.take("payment_amounts"), payment_amount),
            permata_va_number: from.text("permata_va_number"),
            biller_code: from.text("biller_code"),
            bill_key: from.text("bill_key"),
            store: from.text("store"),
            payment_code: from.text("payment_code"),
            transaction_type: from.text("transaction_type"),
            issuer: from.text("issuer"),
            acquirer: from.text("acquirer"),
            merchant_cross_reference_id: from.text("merchant_cross_reference_id"),
            payment_option_type: from.text("payment_option_type"),
            shopeepay_reference_number: from.text("shopeepay_reference_number"),
            reference_id: from.text("reference_id"),
            payer_phone_number: from.text("payer_phone_number"),
            refund_amount: from.text_or_number("refund_amount").map(AmountText),
            refunds: objects(from.take("refunds"), refund),
            customer_details: from.object("customer_details").map(customer),
            extra_info: from.object("extra_info").map(extra),
            custom_field1: from.text("custom_field1"),
            custom_field2: from.text("custom_field2"),
            custom_field3: from.text("custom_field3"),
        })
    }
}

/// The one word beside the status that decides: what cannot be read is not "nothing found".
fn fraud(from: LenientValue) -> Option<FraudStatus> {
    match from {
        LenientValue::Text(word) => Some(word.as_str().into()),
        LenientValue::Nothing => None,
        _ => Some(FraudStatus::Unknown("unreadable".into())),
    }
}

fn flag(from: LenientValue) -> Option<TextOrBool> {
    match from {
        LenientValue::Flag(flag) => Some(TextOrBool::Bool(flag)),
        LenientValue::Text(word) => Some(TextOrBool::Text(word)),
        _ => None,
    }
}

/// The members of a list that can be read.
fn objects<T>(from: LenientValue, read: impl Fn(LenientObject) -> Option<T>) -> Option<Vec<T>> {
    match from {
        LenientValue::List(list) => Some(list.into_iter().filter_map(|one| read(one.into_fields()?)).collect()),
        _ => None,
    }
}

fn va_number(mut from: LenientObject) -> Option<VaNumber> {
    Some(VaNumber { bank: from.text("bank")?, va_number: from.text("va_number")? })
}

fn payment_amount(mut from: LenientObject) -> Option<PaymentAmount> {
    Some(PaymentAmount { paid_at: from.text("paid_at")?, amount: AmountText(from.text_or_number("amount")?) })
}

fn refund(mut from: LenientObject) -> Option<RefundEntry> {
    Some(RefundEntry {
        refund_key: from.text("refund_key"),
        refund_chargeback_id: from.number("refund_chargeback_id").and_then(|id| id.try_into().ok()),
        refund_amount: from.text_or_number("refund_amount").map(AmountText),
        reason: from.text("reason"),
        created_at: from.text("created_at"),
        bank_confirmed_at: from.text("bank_confirmed_at"),
    })
}

fn customer(mut from: LenientObject) -> CollectedCustomer {
    CollectedCustomer {
        full_name: from.text("full_name"),
        email: from.text("email"),
        phone: from.text("phone"),
        address: from.text("address"),
    }
}

fn extra(mut from: LenientObject) -> ExtraInfo {
    let amounts = |mut from: LenientObject| {
        let mut amount = |name| from.text_or_number(name).map(AmountText);
        Some(GrossAmountInfo {
            original_amount: amount("original_amount")?,
            gross_amount: amount("gross_amount")?,
            customer_imposed_payment_fee: amount("customer_imposed_payment_fee")?,
        })
    };
    ExtraInfo { gross_amount_info: from.object("gross_amount_info").and_then(amounts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Every field of every sample, as every other type: only what decides may be missed.
    #[test]
    fn a_field_of_another_type_loses_no_payment() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/notifications");
        let deciding = ["order_id", "status_code", "gross_amount", "transaction_status"];
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let whole: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
            for field in whole.keys().filter(|field| !deciding.contains(&field.as_str())) {
                for odd in [json!(1), json!(1.5), json!(true), json!([]), json!([[]]), json!({}), json!({"a": {}})] {
                    let mut changed = whole.clone();
                    changed.insert(field.clone(), odd.clone());
                    let read = serde_json::from_value::<TransactionReport>(changed.into());
                    assert!(read.is_ok(), "{field} as {odd}: {read:?}");
                }
            }
        }
        let of = |more: Value| {
            let mut body =
                json!({"order_id": "o", "status_code": "200", "gross_amount": "1", "transaction_status": "capture"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value::<TransactionReport>(body).unwrap()
        };
        let odd = Some(FraudStatus::Unknown("unreadable".into()));
        assert_eq!(of(json!({"fraud_status": 1})).fraud_status, odd, "never accepted");
        assert_eq!(of(json!({"fraud_status": ["accept"]})).fraud_status, odd);
        let accounts = of(json!({"va_numbers": [{"bank": "bca"}, 7, {"bank": "bni", "va_number": "01"}]})).va_numbers;
        assert_eq!(accounts, Some(vec![VaNumber { bank: "bni".into(), va_number: "01".into() }]));
    }
}
