//! Browser ⇄ merchant backend.
//!
//! The page sends what the customer wants. The backend sets the price and is the only source of "paid".

use serde::{Deserialize, Serialize};

use crate::lenient::{FromObject, LenientObject, MissingField, ObjectReader, deserialize_with_from_object};
use crate::money::{Rupiah, whole_if_any};
use crate::open_enum::open_enum;

pub use crate::order_status::OrderStatus;

open_enum! {
    /// Which gateway the page talks to. Never guessed from a key.
    pub enum Environment {
        /// Midtrans' test system.
        Sandbox = "sandbox",
        /// Real money.
        Production = "production",
        /// A stand-in on this machine.
        Local = "local",
    }
}

/// What the storefront must know before it can show anything: `GET /api/shop`, also written into the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct StorefrontConfig {
    /// Which gateway.
    pub environment: Environment,
    /// Public by design.
    pub client_key: String,
    /// Origin of `snap.js` when `environment` is `local`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_origin: Option<String>,
    /// What is for sale.
    pub items: Vec<Item>,
}

/// Something for sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct Item {
    /// The merchant's id.
    pub id: String,
    /// Shown to the customer.
    pub name: String,
    /// One line about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whole rupiah for one.
    pub price: Rupiah,
}

/// `POST /api/orders`: what is wanted. No price: the merchant knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// One to fifty lines; the same item twice is added up.
    pub items: Vec<OrderLine>,
    /// Who buys; all of it optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
}

/// One line of the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// [`Item::id`].
    pub id: String,
    /// 1 to 999.
    pub quantity: u32,
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Up to 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Up to 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Up to 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// What a token URL answers. Midtrans' own `{token, redirect_url}` is enough; our backend adds the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct Checkout {
    /// For `snap.pay`.
    pub token: String,
    /// The hosted page: the way on when the popup cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// The merchant's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// What the merchant priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<Rupiah>,
    /// Where to ask how the order stands, relative to the token URL; answers an [`Order`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    /// Where changes of the order are streamed, each message an [`Order`]; relative to the token URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_url: Option<String>,
}

/// `GET /api/orders/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct Order {
    /// The merchant's order.
    pub order_id: String,
    /// How it stands.
    pub status: OrderStatus,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_amount: Option<Rupiah>,
    /// What was bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<OrderItem>,
    /// What to pay where, once a method was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentInstruction>,
    /// How much was given back so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded_amount: Option<Rupiah>,
    /// Grows with every change: an answer with a smaller one than is known is old news.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "whole_if_any")]
    pub version: Option<i64>,
    /// The merchant's clock when it answered, RFC 3339 with offset: deadlines are counted by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

/// One priced line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct OrderItem {
    /// [`Item::id`].
    pub id: String,
    /// As it was named when it was bought.
    pub name: String,
    /// As it was priced when it was bought.
    pub price: Rupiah,
    /// How many.
    pub quantity: u32,
}

/// What to pay where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct PaymentInstruction {
    /// The gateway's word for the method, `bank_transfer`.
    pub payment_type: String,
    /// `bca`, `indomaret`: whose counter or account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The virtual account, payment code or bill key to type in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Mandiri bill: the company code that goes before the bill key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biller_code: Option<String>,
    /// Instructions as PDF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf_url: Option<String>,
    /// A picture of the QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_url: Option<String>,
    /// Until when, RFC 3339 with offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// Every error of the merchant's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The one error.
    pub error: ErrorDetail,
}

/// What went wrong, for programs and for developers; customers read the page's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// Stable: `unknown_item`, `gateway_unavailable`, …
    pub code: String,
    /// One English sentence without secrets.
    pub message: String,
    /// Where in the request, `items[0].quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

deserialize_with_from_object!(Checkout, Order, OrderItem, PaymentInstruction, StorefrontConfig, Item);

impl FromObject for Checkout {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            token: from.text("token").ok_or(MissingField("token"))?,
            redirect_url: from.text("redirect_url"),
            order_id: from.text("order_id"),
            gross_amount: from.number("gross_amount").map(Rupiah),
            status_url: from.text("status_url"),
            events_url: from.text("events_url"),
        })
    }
}

impl FromObject for Order {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            order_id: from.text("order_id").ok_or(MissingField("order_id"))?,
            status: from.text("status").ok_or(MissingField("status"))?.as_str().into(),
            gross_amount: from.number("gross_amount").map(Rupiah),
            items: from.list("items"),
            payment: from.object("payment").and_then(|mut from| FromObject::from_object(&mut from).ok()),
            refunded_amount: from.number("refunded_amount").map(Rupiah),
            version: from.number("version"),
            now: from.text("now"),
        })
    }
}

/// As a page kept it; servers read it strictly.
impl FromObject for OrderLine {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            id: from.text("id").ok_or(MissingField("id"))?,
            quantity: from.number("quantity").and_then(|many| many.try_into().ok()).ok_or(MissingField("quantity"))?,
        })
    }
}

impl FromObject for OrderItem {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            id: from.text("id").ok_or(MissingField("id"))?,
            name: from.text("name").ok_or(MissingField("name"))?,
            price: from.number("price").map(Rupiah).ok_or(MissingField("price"))?,
            quantity: from.number("quantity").and_then(|many| many.try_into().ok()).ok_or(MissingField("quantity"))?,
        })
    }
}

impl FromObject for PaymentInstruction {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            payment_type: from.text("payment_type").unwrap_or_default(),
            provider: from.text("provider"),
            code: from.text("code"),
            biller_code: from.text("biller_code"),
            pdf_url: from.text("pdf_url"),
            qr_url: from.text("qr_url"),
            expires_at: from.text("expires_at"),
        })
    }
}

impl FromObject for StorefrontConfig {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            environment: from.text("environment").ok_or(MissingField("environment"))?.as_str().into(),
            client_key: from.text("client_key").ok_or(MissingField("client_key"))?,
            gateway_origin: from.text("gateway_origin"),
            items: from.list("items"),
        })
    }
}

impl FromObject for Item {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            id: from.text("id").ok_or(MissingField("id"))?,
            name: from.text("name").ok_or(MissingField("name"))?,
            description: from.text("description"),
            price: from.number("price").map(Rupiah).ok_or(MissingField("price"))?,
        })
    }
}
