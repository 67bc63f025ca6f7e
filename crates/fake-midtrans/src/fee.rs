//! The fee of a payment, and the share of it that the shop passes on to the customer.

use serde_json::Value;

use crate::method::{Kind, Method};
use crate::money::Amount;

/// Which share of the fee customers bear, per `payment_type` or method: hundredths of a percent.
pub type Shares = Vec<(String, i64)>;

/// Reads `customer_imposed_payment_fee`.
pub fn shares(field: &Value) -> Shares {
    if field["enable"].as_bool() != Some(true) {
        return Shares::new();
    }
    let rules = field["payment_fee_configs"].as_array().into_iter().flatten();
    rules
        .filter_map(|rule| {
            let percent = rule["customer_percentage"].as_f64().filter(|percent| (0.0..=100.0).contains(percent))?;
            Some((rule["payment_type"].as_str()?.to_owned(), (percent * 100.0).round() as i64))
        })
        .collect()
}

/// What the customer pays on top, in whole rupiah.
pub fn customers_share(method: &Method, shares: &Shares, gross_amount: Amount) -> Amount {
    let meant = |name: &str| name == method.id || name == method.payment_type;
    let share = shares.iter().find(|(name, _)| meant(name)).map_or(0, |(_, share)| *share);
    let hundredths = fee(method.kind, gross_amount.whole()).saturating_mul(share);
    Amount::rupiah((hundredths + 9_999) / 10_000).unwrap_or_default()
}

/// Midtrans's published prices, in rupiah.
fn fee(kind: Kind, amount: i64) -> i64 {
    let part = |per_mille: i64| amount.saturating_mul(per_mille) / 1_000;
    match kind {
        Kind::Card => part(29) + 2_000,
        Kind::Va { .. } | Kind::PermataVa | Kind::Bill => 4_000,
        Kind::Wallet => part(20),
        Kind::Qris => part(7),
        Kind::Ovo => part(15),
        Kind::Store => 5_000,
    }
}
