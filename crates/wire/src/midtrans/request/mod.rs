//! The body of `POST /snap/v1/transactions`: every documented field, typed; what is absent is not sent.
//!
//! <https://docs.midtrans.com/reference/request-body-json-parameter>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::Rupiah;

mod card;
mod options;

pub use card::*;
pub use options::*;

/// A token request. Only `transaction_details` is required; check it with [`TokenRequest::validate`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TokenRequest {
    /// The order and its amount.
    pub transaction_details: TransactionDetails,
    /// What is bought; the sum must be the amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub item_details: Vec<ItemDetail>,
    /// Who buys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_details: Option<CustomerDetails>,
    /// Which methods to offer; absent means all that are active. An empty list would offer none, so none is sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enabled_payments: Vec<String>,
    /// Card rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_card: Option<CreditCard>,
    /// BCA virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bca_va: Option<BcaVa>,
    /// Permata virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permata_va: Option<PermataVa>,
    /// BNI virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bni_va: Option<CustomVa>,
    /// BRI virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bri_va: Option<CustomVa>,
    /// CIMB virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cimb_va: Option<CustomVa>,
    /// Danamon virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub danamon_va: Option<CustomVa>,
    /// BSI virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsi_va: Option<CustomVa>,
    /// SeaBank virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seabank_va: Option<CustomVa>,
    /// Mandiri bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echannel: Option<Echannel>,
    /// GoPay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gopay: Option<Gopay>,
    /// ShopeePay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shopeepay: Option<CallbackUrl>,
    /// DANA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dana: Option<CallbackUrl>,
    /// UOB EZ Pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uob_ezpay: Option<CallbackUrl>,
    /// Over the counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cstore: Option<Cstore>,
    /// Where to send the customer when no JavaScript callback takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callbacks: Option<Callbacks>,
    /// Ends the page and the methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Expiry>,
    /// Ends the page only; wins over `expiry` and sends no notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_expiry: Option<PageExpiry>,
    /// Shown for subscriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring: Option<Recurring>,
    /// Lets the customer bear the fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_imposed_payment_fee: Option<CustomerImposedPaymentFee>,
    /// Marketplaces with Kredivo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seller_details: Vec<SellerDetail>,
    /// Whose saved cards; goes with `credit_card.save_card`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Comes back in notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field1: Option<String>,
    /// Comes back in notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field2: Option<String>,
    /// Comes back in notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_field3: Option<String>,
    /// Only the vendor's Go library has it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// The order and its amount.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TransactionDetails {
    /// Up to 50 of `[A-Za-z0-9._~-]`; usable once.
    pub order_id: String,
    /// Whole rupiah, at least 1.
    pub gross_amount: Rupiah,
}

/// One line of the order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ItemDetail {
    /// Up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whole rupiah; negative for a discount.
    pub price: Rupiah,
    /// At least 1.
    pub quantity: u32,
    /// Up to 50 characters.
    pub name: String,
    /// Up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Up to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
    /// Where the item is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Who buys. Each up to 255 characters; an empty e-mail is refused by the gateway, so it is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerDetails {
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where the bill goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// Where the goods go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Whether Snap asks for the e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect_email: Option<Collect>,
    /// Whether Snap asks for the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect_name: Option<Collect>,
    /// Whether Snap asks for the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect_address: Option<Collect>,
    /// Whether Snap asks for the phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collect_phone: Option<Collect>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Up to 10 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166 alpha-3, `IDN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}
