//! Browser ⇄ merchant backend.
//!
//! The browser says what is wanted; the merchant prices it, and only the merchant says "paid".

use serde::{Deserialize, Serialize};

use crate::loose::{Fields, Members, Missing, Read, read_by_serde};
use crate::money::{Rupiah, whole_if_any};
use crate::open_enum::open_enum;

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
#[serde(try_from = "Fields")]
pub struct Shop {
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
#[serde(try_from = "Fields")]
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
#[serde(try_from = "Fields")]
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

open_enum! {
    /// How an order stands, by the merchant's word.
    pub enum OrderStatus {
        /// There is a token, no method was chosen yet.
        Created = "created",
        /// A method was chosen; the customer has yet to pay.
        Pending = "pending",
        /// A person at the shop or the bank has to look at it.
        Review = "review",
        /// The money is there.
        Paid = "paid",
        /// The last attempt was refused; the same order may be tried again.
        Denied = "denied",
        /// Not paid in time. Final.
        Expired = "expired",
        /// Withdrawn. Final.
        Cancelled = "cancelled",
        /// Some of it was given back.
        PartiallyRefunded = "partially_refunded",
        /// All of it was given back. Final.
        Refunded = "refunded",
        /// The card holder took it back. Final.
        ChargedBack = "charged_back",
        /// It settled and the bank took it back. Final.
        Reversed = "reversed",
    }
}

/// `GET /api/orders/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Fields")]
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
#[serde(try_from = "Fields")]
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
#[serde(try_from = "Fields")]
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

read_by_serde!(Checkout, Order, OrderItem, PaymentInstruction, Shop, Item);

impl Read for Checkout {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
        Ok(Self {
            token: from.text("token").ok_or(Missing("token"))?,
            redirect_url: from.text("redirect_url"),
            order_id: from.text("order_id"),
            gross_amount: from.number("gross_amount").map(Rupiah),
            status_url: from.text("status_url"),
            events_url: from.text("events_url"),
        })
    }
}

impl Read for Order {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
        Ok(Self {
            order_id: from.text("order_id").ok_or(Missing("order_id"))?,
            status: from.text("status").ok_or(Missing("status"))?.as_str().into(),
            gross_amount: from.number("gross_amount").map(Rupiah),
            items: from.list("items"),
            payment: from.object("payment").and_then(|mut from| Read::read(&mut from).ok()),
            refunded_amount: from.number("refunded_amount").map(Rupiah),
            version: from.number("version"),
            now: from.text("now"),
        })
    }
}

/// As a page kept it; servers read it strictly.
impl Read for OrderLine {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
        Ok(Self {
            id: from.text("id").ok_or(Missing("id"))?,
            quantity: from.number("quantity").and_then(|many| many.try_into().ok()).ok_or(Missing("quantity"))?,
        })
    }
}

impl Read for OrderItem {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
        Ok(Self {
            id: from.text("id").ok_or(Missing("id"))?,
            name: from.text("name").ok_or(Missing("name"))?,
            price: from.number("price").map(Rupiah).ok_or(Missing("price"))?,
            quantity: from.number("quantity").and_then(|many| many.try_into().ok()).ok_or(Missing("quantity"))?,
        })
    }
}

impl Read for PaymentInstruction {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
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

impl Read for Shop {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
        Ok(Self {
            environment: from.text("environment").ok_or(Missing("environment"))?.as_str().into(),
            client_key: from.text("client_key").ok_or(Missing("client_key"))?,
            gateway_origin: from.text("gateway_origin"),
            items: from.list("items"),
        })
    }
}

impl Read for Item {
    fn read(from: &mut impl Members) -> Result<Self, Missing> {
        Ok(Self {
            id: from.text("id").ok_or(Missing("id"))?,
            name: from.text("name").ok_or(Missing("name"))?,
            description: from.text("description"),
            price: from.number("price").map(Rupiah).ok_or(Missing("price"))?,
        })
    }
}
