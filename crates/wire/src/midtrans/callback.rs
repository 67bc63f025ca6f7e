//! What `snap.js` hands to its callbacks, and what the return URL carries.
//!
//! Both are hints for the screen. <https://docs.midtrans.com/reference/js-callback>

use serde::{Deserialize, Serialize};

use super::{FraudStatus, OneOrMany, PaymentType, StatusCode, TransactionStatus, VaNumber};
use crate::lenient::{FromObject, LenientObject, MissingField, ObjectReader, deserialize_with_from_object};
use crate::money::AmountText;
use crate::open_enum::open_enum;

/// The result of `onSuccess`, `onPending` and `onError`: any field may be missing (BCA's pending result
/// has no `order_id`, GoPay's deeplink result has no ids at all).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct SnapResult {
    /// `200` success, `201` pending, else an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<StatusCode>,
    /// Text, or a list in errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<OneOrMany>,
    /// The gateway's id of this attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// Often missing; see [`SnapResult::order_id`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// `"10000.00"`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<AmountText>,
    /// How the customer pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<PaymentType>,
    /// `yyyy-MM-dd HH:mm:ss`, Jakarta time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_time: Option<String>,
    /// Where the attempt stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_status: Option<TransactionStatus>,
    /// What the fraud check says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fraud_status: Option<FraudStatus>,
    /// `48111111-1114`; opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked_card: Option<String>,
    /// The bank's approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_code: Option<String>,
    /// The acquiring bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// `credit` or `debit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_type: Option<String>,
    /// For later payments with a saved card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_token_id: Option<String>,
    /// When that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_token_id_expired_at: Option<String>,
    /// Mandiri bill: the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_key: Option<String>,
    /// Mandiri bill: the company code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biller_code: Option<String>,
    /// Virtual accounts of most banks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub va_numbers: Vec<VaNumber>,
    /// Permata's virtual account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permata_va_number: Option<String>,
    /// BCA's virtual account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bca_va_number: Option<String>,
    /// Code for Indomaret or Alfamart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_code: Option<String>,
    /// How to pay, as PDF. Missing and `null` mean the same; both are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf_url: Option<Option<String>>,
    /// Where Snap would have sent the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_redirect_url: Option<String>,
}

deserialize_with_from_object!(SnapResult);

impl FromObject for SnapResult {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        let said = from.text("status_message").map(OneOrMany::One);
        Ok(Self {
            status_code: from.text_or_number("status_code").map(StatusCode),
            status_message: said.or_else(|| from.texts("status_message").map(OneOrMany::Many)),
            transaction_id: from.text("transaction_id"),
            order_id: from.text("order_id"),
            gross_amount: from.text_or_number("gross_amount").map(AmountText),
            payment_type: from.text("payment_type").map(|word| word.as_str().into()),
            transaction_time: from.text("transaction_time"),
            transaction_status: from.text("transaction_status").map(|word| word.as_str().into()),
            fraud_status: from.text("fraud_status").map(|word| word.as_str().into()),
            masked_card: from.text("masked_card"),
            approval_code: from.text("approval_code"),
            bank: from.text("bank"),
            card_type: from.text("card_type"),
            saved_token_id: from.text("saved_token_id"),
            saved_token_id_expired_at: from.text("saved_token_id_expired_at"),
            bill_key: from.text("bill_key"),
            biller_code: from.text("biller_code"),
            va_numbers: from.list("va_numbers"),
            permata_va_number: from.text("permata_va_number"),
            bca_va_number: from.text("bca_va_number"),
            payment_code: from.text("payment_code"),
            pdf_url: from.has("pdf_url").then(|| from.text("pdf_url")),
            finish_redirect_url: from.text("finish_redirect_url"),
        })
    }
}

impl SnapResult {
    /// The order, from the field or else from `finish_redirect_url`'s query (BCA and GoPay results).
    #[must_use]
    pub fn order_id(&self) -> Option<&str> {
        self.order_id.as_deref().filter(|id| !id.is_empty()).or_else(|| {
            let (_, query) = self.finish_redirect_url.as_deref()?.split_once('?')?;
            let query = query.split('#').next()?;
            // Order ids are `[A-Za-z0-9._~-]`, so nothing in them is ever percent-encoded.
            query.split('&').find_map(|pair| pair.strip_prefix("order_id=")).filter(|id| !id.is_empty())
        })
    }

    /// The PDF with instructions, if there is one.
    #[must_use]
    pub fn pdf_url(&self) -> Option<&str> {
        self.pdf_url.as_ref()?.as_deref()
    }
}

open_enum! {
    /// `result` of GoPay's return.
    pub enum WalletResult {
        /// The app says paid.
        Success = "success",
        /// The app says refused.
        Failure = "failure",
        /// The customer left.
        Abort = "abort",
    }
}

/// The query of the finish, unfinish and error URLs. Anyone can write it: for display only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReturnQuery {
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// As in [`SnapResult`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<StatusCode>,
    /// As in [`SnapResult`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_status: Option<TransactionStatus>,
    /// Redirect mode adds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_id: Option<String>,
    /// GoPay adds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<WalletResult>,
}
