//! The life of a payment as Midtrans tells it: what may follow what, and where it leaves the order.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

pub const SERVER_KEY: &str = "SB-Mid-server-VERY-SECRET";

/// The steps of a payment at the gateway, and what the order is after the last.
#[derive(Debug, Clone, Copy)]
pub struct Journey {
    pub steps: &'static [&'static str],
    pub ends: &'static str,
    /// What the order is after each step but the last, where it would end elsewhere when one was never seen.
    pub sees: &'static [&'static str],
}

const fn any(steps: &'static [&'static str], ends: &'static str) -> Journey {
    Journey { steps, ends, sees: &[] }
}

const fn each(steps: &'static [&'static str], sees: &'static [&'static str], ends: &'static str) -> Journey {
    Journey { steps, ends, sees }
}

/// `+` begins another transaction for the same order.
/// <https://docs.midtrans.com/docs/transaction-status-cycle>
pub const JOURNEYS: [Journey; 28] = [
    any(&["pending"], "pending"),
    any(&["settlement"], "paid"),
    any(&["pending", "settlement"], "paid"),
    any(&["pending", "settlement with fee"], "paid"),
    any(&["pending", "settlement of less"], "review"),
    any(&["capture"], "paid"),
    any(&["pending", "capture", "settlement"], "paid"),
    any(&["capture", "cancel"], "cancelled"),
    any(&["challenge"], "review"),
    any(&["challenge", "capture"], "paid"),
    any(&["challenge", "deny"], "denied"),
    any(&["authorize", "capture"], "paid"),
    any(&["pending", "expire"], "expired"),
    any(&["pending", "expire", "+settlement"], "paid"),
    any(&["pending", "cancel"], "cancelled"),
    any(&["pending", "deny"], "denied"),
    any(&["deny", "+deny", "+capture"], "paid"),
    any(&["pending", "failure"], "denied"),
    any(&["pending", "card expire"], "denied"),
    any(&["settlement", "refund"], "refunded"),
    any(&["pending", "settlement", "partial_refund"], "partially_refunded"),
    any(&["settlement", "partial_refund", "refund"], "refunded"),
    any(&["settlement", "chargeback"], "charged_back"),
    any(&["settlement", "partial_chargeback"], "partially_refunded"),
    any(&["settlement", "partial_chargeback", "chargeback"], "charged_back"),
    each(&["pending", "settlement", "deny"], &["pending", "paid"], "reversed"),
    each(&["pending", "brand_new"], &["pending"], "pending"),
    any(&["brand_new"], "created"),
];

/// Every word of the spec, each of which may be told of any order.
pub const WORDS: [&str; 19] = [
    "pending",
    "settlement",
    "settlement with fee",
    "settlement of less",
    "capture",
    "challenge",
    "fraud",
    "authorize",
    "deny",
    "cancel",
    "expire",
    "card expire",
    "failure",
    "refund",
    "partial_refund",
    "chargeback",
    "partial_chargeback",
    "brand_new",
    "SETTLEMENT",
];

/// One payment at the gateway.
#[derive(Debug, Clone)]
pub struct Payment {
    pub order_id: String,
    pub amount: i64,
    pub kind: usize,
}

impl Payment {
    /// What the gateway says of it, as a status and as a notification, `n` telling transactions apart.
    pub fn say(&self, step: &str, n: usize) -> Value {
        let (word, code, amount, more) = self.words(step.trim_start_matches('+'));
        let mut body = self.details();
        let fields = json!({
            "transaction_time": "2026-01-09 18:27:19",
            "transaction_status": word,
            "transaction_id": format!("57d5293c-e65f-4a29-95e4-{:012x}", n),
            "status_message": "midtrans payment notification",
            "status_code": code,
            "signature_key": sign(&self.order_id, code, &amount, SERVER_KEY),
            "order_id": self.order_id,
            "merchant_id": "G141532850",
            "gross_amount": amount,
            "currency": "IDR",
        });
        extend(&mut body, fields);
        extend(&mut body, more);
        body
    }

    fn words(&self, step: &str) -> (String, &'static str, String, Value) {
        let full = format!("{}.00", self.amount);
        let accepted = json!({"fraud_status": "accept"});
        let (word, code, amount, more) = match step {
            "pending" => ("pending", "201", full, accepted),
            "settlement with fee" => {
                let charged = format!("{}.00", self.amount + 4000);
                let info = json!({"original_amount": full, "gross_amount": charged, "customer_imposed_payment_fee": "4000.00"});
                ("settlement", "200", charged, json!({"extra_info": {"gross_amount_info": info}}))
            }
            "settlement of less" => ("settlement", "200", format!("{}.00", self.amount - 1000), accepted),
            "challenge" => ("capture", "201", full, json!({"fraud_status": "challenge"})),
            "fraud" => ("capture", "202", full, json!({"fraud_status": "deny"})),
            "deny" | "failure" => (step, "202", full, json!({"fraud_status": "deny"})),
            "expire" => ("expire", "202", full, accepted),
            "card expire" => ("expire", "202", full, json!({"payment_type": "credit_card"})),
            "refund" => ("refund", "200", full.clone(), json!({"refund_amount": full})),
            "partial_refund" => ("partial_refund", "200", full, json!({"refund_amount": "10000.00"})),
            _ => (step, "200", full, accepted),
        };
        (word.to_owned(), code, amount, more)
    }

    /// What only this kind of payment has. None of them is a card: a card's expiry means something else.
    fn details(&self) -> Value {
        let kinds = [
            json!({"payment_type": "gopay"}),
            json!({"payment_type": "qris", "acquirer": "gopay", "issuer": "gopay", "transaction_type": "on-us"}),
            json!({"payment_type": "shopeepay", "shopeepay_reference_number": "103995032913255264"}),
            json!({"payment_type": "bank_transfer", "va_numbers": [{"bank": "bca", "va_number": "333333333333333"}], "payment_amounts": []}),
            json!({"payment_type": "bank_transfer", "permata_va_number": "8562000087926752"}),
            json!({"payment_type": "echannel", "biller_code": "70012", "bill_key": "990000000260"}),
            json!({"payment_type": "cstore", "store": "indomaret", "payment_code": "71412314"}),
            json!({"payment_type": "akulaku"}),
        ];
        kinds[self.kind % kinds.len()].clone()
    }
}

/// Where each step of a journey stands in the order of its transactions.
pub fn numbered(steps: &[&str]) -> Vec<usize> {
    steps
        .iter()
        .scan(1, |n, step| {
            *n += usize::from(step.starts_with('+'));
            Some(*n)
        })
        .collect()
}

pub fn sign(order_id: &str, code: &str, amount: &str, key: &str) -> String {
    let text = format!("{order_id}{code}{amount}{key}");
    Sha512::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn extend(body: &mut Value, more: Value) {
    let Value::Object(more) = more else { return };
    body.as_object_mut().unwrap().extend(more);
}

/// Those that end alike whatever was missed on the way.
pub fn any_way() -> Vec<&'static Journey> {
    JOURNEYS.iter().filter(|journey| journey.sees.is_empty()).collect()
}
