//! The optional parts of a token request, one type a method or rule; cards have their own file.

use serde::{Deserialize, Serialize};

use super::Address;
use crate::open_enum::open_enum;

open_enum! {
    /// Whether Snap asks the customer for something.
    pub enum Collect {
        /// Must be filled in.
        Required = "required",
        /// May be.
        Optional = "optional",
        /// Not asked.
        None = "none",
    }
}

open_enum! {
    /// Unit of a duration; the gateway takes singular and plural.
    pub enum TimeUnit {
        /// `minutes`
        Minutes = "minutes" | "minute",
        /// `hours`
        Hours = "hours" | "hour",
        /// `days`
        Days = "days" | "day",
    }
}

/// A virtual account with a number of the merchant's choice; the length depends on the bank.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomVa {
    /// Digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub va_number: Option<String>,
}

/// BCA virtual account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BcaVa {
    /// 1 to 11 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub va_number: Option<String>,
    /// `00000` unless agreed otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_company_code: Option<String>,
    /// What the ATM shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_text: Option<FreeText>,
}

/// Up to ten lines each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FreeText {
    /// When the customer asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inquiry: Vec<Bilingual>,
    /// When the customer pays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payment: Vec<Bilingual>,
}

/// One line, up to 50 characters a language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Indonesian.
    pub id: String,
}

/// Permata virtual account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PermataVa {
    /// 10 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub va_number: Option<String>,
    /// Shown as 20 capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<String>,
}

/// Mandiri bill.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Echannel {
    /// The bank shows 10 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_info1: Option<String>,
    /// The bank shows 30 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_info2: Option<String>,
}

/// GoPay.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gopay {
    /// Returns to `callback_url` from the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_callback: Option<bool>,
    /// Gets `order_id` and `result` appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// Offers to link the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenization: Option<bool>,
    /// Only with a linked account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforce_tokenization: Option<bool>,
    /// For linking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// For linking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

/// A wallet that returns to a URL.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallbackUrl {
    /// Where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
}

/// Over the counter; Indomaret ignores the texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cstore {
    /// Up to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alfamart_free_text_1: Option<String>,
    /// Up to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alfamart_free_text_2: Option<String>,
    /// Up to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alfamart_free_text_3: Option<String>,
}

/// Return addresses, up to 255 characters each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Callbacks {
    /// After payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<String>,
    /// After failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Ends page and methods; at most 7 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// `yyyy-MM-dd HH:mm:ss Z`; absent: from when the method is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// How many.
    pub duration: u32,
    /// Of what.
    pub unit: TimeUnit,
}

/// Ends the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageExpiry {
    /// How many.
    pub duration: u32,
    /// Of what.
    pub unit: TimeUnit,
}

/// Shown for subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    /// Whether the consent is required.
    pub required: bool,
    /// `yyyy-MM-dd HH:mm:ss Z`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// `week` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_unit: Option<String>,
}

/// Who bears the fee; the charged amount then differs from the order's.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CustomerImposedPaymentFee {
    /// On or off.
    pub enable: bool,
    /// By method.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payment_fee_configs: Vec<PaymentFeeConfig>,
}

/// The customer's share of one method's fee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentFeeConfig {
    /// The method.
    pub payment_type: String,
    /// 0 to 100.
    pub customer_percentage: f64,
}

/// One seller of a marketplace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SellerDetail {
    /// Their id.
    pub id: String,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}
