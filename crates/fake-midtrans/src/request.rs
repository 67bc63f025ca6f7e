//! What a token request must be, and the documented sentence for each thing it is not.

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::clock;
use crate::fee::{self, Shares};
use crate::money::Amount;

/// A token request that passed.
#[derive(Debug, Clone)]
pub struct TokenOrder {
    /// The merchant's id of the payment.
    pub order_id: String,
    /// What is to be paid.
    pub gross_amount: Amount,
    /// Names from `enabled_payments`, if any were given.
    pub enabled_payments: Option<Vec<String>>,
    /// Whether cards go through 3-D Secure.
    pub secure: bool,
    /// Whether cards are only reserved: `credit_card.type` is `authorize`.
    pub authorize: bool,
    /// From `customer_imposed_payment_fee`.
    pub fee_shares: Shares,
    /// `callbacks.finish`.
    pub finish_url: Option<String>,
    /// `callbacks.error`.
    pub error_url: Option<String>,
    /// From `expiry`: the absolute end when it has a start, else the time after choosing a method.
    pub expiry: Option<RequestedExpiry>,
    /// From `page_expiry`.
    pub page_life: Option<Duration>,
    /// Numbers the merchant asked for, per method id.
    pub wanted_numbers: Vec<(&'static str, String)>,
    /// Echoed in notifications.
    pub custom_fields: Vec<(&'static str, String)>,
    /// Shown in the order summary.
    pub items: Value,
    /// Shown in the order summary.
    pub customer_name: String,
}

/// When an unpaid transaction ends.
#[derive(Debug, Clone, Copy)]
pub enum RequestedExpiry {
    /// At a moment.
    At(OffsetDateTime),
    /// So long after the method was chosen.
    After(Duration),
}

/// Sentences of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// English.
    En,
    /// Indonesian, when `Accept-Language` asks for it.
    Id,
}

const DAY: i64 = 86_400;
const LONGEST_EXPIRY: i64 = 7 * DAY;
const DATE_FORM: &str = "expiry.start_time must follow yyyy-MM-dd hh:mm:ss Z format (eg 2020-06-09 15:07:00 +0700)";

/// Judges a token request.
///
/// # Errors
/// Every sentence that applies, in the order of the documentation.
pub fn judge(body: &Value, locale: Locale) -> Result<TokenOrder, Vec<String>> {
    let mut wrong = Vec::new();
    let details = &body["transaction_details"];
    let order_id = judge_order_id(&details["order_id"], &mut wrong);
    let gross_amount = judge_amount(&details["gross_amount"], locale, &mut wrong);
    judge_items(&body["item_details"], gross_amount, &mut wrong);
    judge_customer(&body["customer_details"], &mut wrong);
    let expiry = judge_expiry(&body["expiry"], &mut wrong);
    let page_life = judge_span(&body["page_expiry"], "page_expiry", &mut wrong);
    let custom_fields = judge_custom_fields(body, &mut wrong);
    match (order_id, gross_amount) {
        (Some(order_id), Some(gross_amount)) if wrong.is_empty() => Ok(TokenOrder {
            order_id,
            gross_amount,
            enabled_payments: strings(&body["enabled_payments"]),
            secure: body["credit_card"]["secure"].as_bool().unwrap_or(false),
            authorize: body["credit_card"]["type"] == "authorize",
            fee_shares: fee::shares(&body["customer_imposed_payment_fee"]),
            finish_url: url(&body["callbacks"]["finish"]),
            error_url: url(&body["callbacks"]["error"]),
            expiry,
            page_life,
            wanted_numbers: wanted_numbers(body),
            custom_fields,
            items: body["item_details"].clone(),
            customer_name: name(&body["customer_details"]),
        }),
        _ => Err(wrong),
    }
}

fn judge_order_id(value: &Value, wrong: &mut Vec<String>) -> Option<String> {
    let order_id = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let complaint = if order_id.is_empty() {
        "transaction_details.order_id is required"
    } else if order_id.chars().count() > 50 {
        "transaction_details.order_id is too long"
    } else if !order_id.chars().all(|c| c.is_ascii_alphanumeric() || "-_~.".contains(c)) {
        "transaction_details.order_id is invalid, only alphanumeric, dash, underscore, tilde and dot are allowed"
    } else {
        return Some(order_id);
    };
    wrong.push(complaint.to_owned());
    None
}

fn judge_amount(value: &Value, locale: Locale, wrong: &mut Vec<String>) -> Option<Amount> {
    if matches!(value, Value::Null) || value.as_str().is_some_and(str::is_empty) {
        wrong.push("transaction_details.gross_amount is required".to_owned());
    }
    let Some(amount) = Amount::from_json(value) else {
        wrong.push("transaction_details.gross_amount is not a number".to_owned());
        return None;
    };
    if amount <= Amount::default() {
        wrong.push(match locale {
            Locale::En => "transaction_details.gross_amount must be greater than or equal to 0.01".to_owned(),
            Locale::Id => "transaction_details.gross_amount harus sama atau lebih besar dari 0.01".to_owned(),
        });
        return None;
    }
    Some(amount)
}

fn judge_items(items: &Value, gross_amount: Option<Amount>, wrong: &mut Vec<String>) {
    let items = match items {
        Value::Null => return,
        Value::Array(items) => items,
        _ => {
            wrong.push("item_details is invalid".to_owned());
            return;
        }
    };
    let before = wrong.len();
    let mut sum = Some(Amount::default());
    for item in items {
        let price = Amount::from_json(&item["price"]);
        let quantity = item["quantity"].as_i64().filter(|quantity| *quantity >= 1);
        for (missing, field) in [(price.is_none(), "price"), (quantity.is_none(), "quantity")] {
            if missing {
                push_once(wrong, format!("item_details.{field} is not a number"));
            }
        }
        match item["name"].as_str() {
            None | Some("") => push_once(wrong, "item_details.name is required".to_owned()),
            Some(name) if name.chars().count() > 50 => {
                push_once(wrong, "item_details.name is too long".to_owned());
            }
            Some(_) => {}
        }
        sum = match (sum, price, quantity) {
            (Some(sum), Some(price), Some(quantity)) => price.times(quantity).and_then(|line| sum.plus(line)),
            _ => None,
        };
    }
    if wrong.len() == before && !items.is_empty() && gross_amount.is_some() && sum != gross_amount {
        wrong.push("transaction_details.gross_amount is not equal to the sum of item_details".to_owned());
    }
}

fn judge_customer(customer: &Value, wrong: &mut Vec<String>) {
    if let Some(email) = customer.get("email").filter(|email| !email.is_null())
        && !email.as_str().is_some_and(is_email)
    {
        wrong.push("customer_details.email format is invalid".to_owned());
    }
    for field in ["first_name", "last_name", "email", "phone"] {
        if customer[field].as_str().is_some_and(|text| text.chars().count() > 255) {
            wrong.push(format!("customer_details.{field} is too long"));
        }
    }
}

/// The pattern that Midtrans publishes: dot-separated atoms, an `@`, and a domain of at least two of them.
fn is_email(text: &str) -> bool {
    let atom = |atom: &str| {
        !atom.is_empty() && atom.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c))
    };
    text.split_once('@').is_some_and(|(local, domain)| {
        local.split('.').all(atom) && domain.contains('.') && domain.split('.').all(atom)
    })
}

fn judge_expiry(expiry: &Value, wrong: &mut Vec<String>) -> Option<RequestedExpiry> {
    let life = judge_span(expiry, "expiry", wrong)?;
    match &expiry["start_time"] {
        Value::Null => Some(RequestedExpiry::After(life)),
        start => match start.as_str().and_then(clock::parse_with_zone) {
            Some(start) => start.checked_add(life).map(RequestedExpiry::At),
            None => {
                wrong.push(DATE_FORM.to_owned());
                None
            }
        },
    }
}

fn judge_span(span: &Value, field: &str, wrong: &mut Vec<String>) -> Option<Duration> {
    if span.is_null() {
        return None;
    }
    let unit = match span["unit"].as_str() {
        Some("minute" | "minutes") => 60,
        Some("hour" | "hours") => 3_600,
        Some("day" | "days") => DAY,
        // Not in the token API's documentation, but the shortest expiry (20 s) needs it.
        Some("second" | "seconds") => 1,
        _ => {
            wrong.push(format!("{field}.unit is invalid"));
            return None;
        }
    };
    let seconds = span["duration"].as_i64().filter(|duration| *duration > 0).and_then(|d| d.checked_mul(unit));
    match seconds {
        None => wrong.push(format!("{field}.duration is invalid")),
        Some(seconds) if seconds > LONGEST_EXPIRY => {
            wrong.push(format!("{field}.duration must not be longer than 7 days"));
        }
        Some(seconds) => return Some(Duration::seconds(seconds)),
    }
    None
}

fn judge_custom_fields(body: &Value, wrong: &mut Vec<String>) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    for name in ["custom_field1", "custom_field2", "custom_field3"] {
        if let Some(text) = body[name].as_str() {
            if text.chars().count() > 255 {
                wrong.push(format!("{name} is too long"));
            }
            fields.push((name, text.to_owned()));
        }
    }
    fields
}

fn wanted_numbers(body: &Value) -> Vec<(&'static str, String)> {
    let methods = crate::method::METHODS.iter().map(|method| method.id);
    methods
        .filter_map(|id| body[id]["va_number"].as_str().map(|number| (id, number.to_owned())))
        .filter(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        .collect()
}

fn strings(list: &Value) -> Option<Vec<String>> {
    let list = list.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn url(value: &Value) -> Option<String> {
    value.as_str().filter(|text| crate::config::is_http_url(text)).map(str::to_owned)
}

fn name(customer: &Value) -> String {
    let part = |field: &str| customer[field].as_str().unwrap_or_default().to_owned();
    format!("{} {}", part("first_name"), part("last_name")).trim().to_owned()
}

fn push_once(wrong: &mut Vec<String>, sentence: String) {
    if !wrong.contains(&sentence) {
        wrong.push(sentence);
    }
}

/// An empty object, for bodies that may be absent.
pub fn empty() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
