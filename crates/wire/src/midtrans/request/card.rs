//! The card rules of a token request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::Rupiah;

/// Card rules.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CreditCard {
    /// 3-D Secure; the gateway's default is off, this crate's callers should send `true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secure: Option<bool>,
    /// Offers to save the card; needs `user_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_card: Option<bool>,
    /// `migs`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The acquirer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// `authorize` or `authorize_capture`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A card the customer saved; only the vendor's Go library has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_token: Option<String>,
    /// Instalments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installment: Option<Installment>,
    /// BIN prefixes or banks that may pay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub whitelist_bins: Vec<String>,
    /// BIN prefixes or banks that may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blacklist_bins: Vec<String>,
    /// Which BINs go to which acquirer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_routing: Option<BankRouting>,
    /// The text on the statement, BNI only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic_descriptor: Option<DynamicDescriptor>,
}

/// Instalments by bank, in months.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Installment {
    /// Only instalments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// No instalments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Bank or `offline` → months.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<String, Vec<u32>>,
    /// BINs of offline instalments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offline_bins: Vec<String>,
    /// Bank or `offline` → least amount.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub minimum_amount: BTreeMap<String, Rupiah>,
}

/// Acquirer → BINs or `debit`, `credit`, issuers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BankRouting {
    /// The table.
    pub bin: BTreeMap<String, Vec<String>>,
}

/// The text on the card statement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DynamicDescriptor {
    /// Up to 25 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
    /// Up to 13 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city_name: Option<String>,
    /// Two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}
