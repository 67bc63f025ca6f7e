//! Reads and writes the saved checkout and small settings in the browser's storage.
//!
//! The rules are in `flow::saved_checkout`. Where the browser forbids storage, or it is full, the page works without it.

use flow::ConfirmReason;
use flow::saved_checkout::{Clearing, SavedKeys, clearing, is_expired, is_token_expired};
use js_sys::Date;
use serde::Serialize;
use wire::merchant::Checkout;
use wire::{FromObject, ObjectReader};

use super::{environment, js_bindings, json};

/// The storage that all tabs share: two tabs with the same order are one payment.
const LOCAL: &str = "local";

/// A checkout that is not finished.
pub(crate) struct SavedCheckout {
    pub(crate) checkout: Checkout,
    pub(crate) reason: ConfirmReason,
    /// When a tab first used its token. Milliseconds since 1970.
    pub(crate) since: f64,
}

/// The stored form. `Checkout` could serialize itself; its amount as an `i64` would bring the formatting of integers
/// into the wasm.
#[derive(Serialize)]
struct SavedCheckoutJson<'a> {
    since: f64,
    reported_paid: bool,
    token: &'a str,
    redirect_url: Option<&'a str>,
    order_id: Option<&'a str>,
    gross_amount: Option<f64>,
    status_url: Option<&'a str>,
    events_url: Option<&'a str>,
}

/// Saves a checkout. A token that is saved already keeps its age.
pub(crate) fn save(key: &str, checkout: &Checkout, reason: ConfirmReason) {
    let known = load(key).filter(|known| known.checkout.token == checkout.token);
    let since = known.map_or_else(Date::now, |known| known.since);
    let saved = SavedCheckoutJson {
        since,
        reported_paid: matches!(reason, ConfirmReason::Succeeded),
        token: &checkout.token,
        redirect_url: checkout.redirect_url.as_deref(),
        order_id: checkout.order_id.as_deref(),
        gross_amount: checkout.gross_amount.map(|amount| amount.0 as f64),
        status_url: checkout.status_url.as_deref(),
        events_url: checkout.events_url.as_deref(),
    };
    js_bindings::store(LOCAL, key, Some(&json::written(&saved)));
}

/// The saved checkout under this key, unless it expired.
pub(crate) fn load(key: &str) -> Option<SavedCheckout> {
    let mut saved = json::parsed(&js_bindings::stored(LOCAL, key)?)?;
    let since = saved.number("since")? as f64;
    let reason = if saved.flag("reported_paid") { ConfirmReason::Succeeded } else { ConfirmReason::Returned };
    if is_expired(reason, age(since)) {
        return None;
    }
    let checkout = Checkout::from_object(&mut saved).ok()?;
    Some(SavedCheckout { checkout, reason, since })
}

/// Whether a token that was first used at `since` can no longer be paid.
pub(crate) fn is_old(since: f64) -> bool {
    is_token_expired(age(since))
}

/// Milliseconds since 1970.
pub(crate) fn now() -> f64 {
    Date::now()
}

/// Clears the saved checkout and the nonce of its order, as far as they belong to the tab with the keys `own`.
pub(crate) fn clear(key: &str, own: SavedKeys<&str>) {
    let nonce_key = nonce_key(key);
    let token = load(key).map(|saved| saved.checkout.token);
    let nonce = js_bindings::stored(LOCAL, &nonce_key).and_then(|saved| json::parsed(&saved)?.text("nonce"));
    let Clearing { checkout, nonce } = clearing(SavedKeys { token: token.as_deref(), nonce: nonce.as_deref() }, own);
    if checkout {
        js_bindings::store(LOCAL, key, None);
    }
    if nonce {
        js_bindings::store(LOCAL, &nonce_key, None);
    }
}

/// The random part of an order's idempotency keys. The browser keeps it until the order is finished, and for a day at
/// most, so that a reload during a request asks for the same order again.
pub(crate) fn order_nonce(key: &str) -> String {
    let key = nonce_key(key);
    let saved = js_bindings::stored(LOCAL, &key).and_then(|saved| {
        let mut saved = json::parsed(&saved)?;
        if is_old(saved.number("since")? as f64) { None } else { saved.text("nonce") }
    });
    saved.unwrap_or_else(|| {
        let nonce = environment::random_hex();
        js_bindings::store(LOCAL, &key, Some(&json::written(&Nonce { since: Date::now(), nonce: &nonce })));
        nonce
    })
}

#[derive(Serialize)]
struct Nonce<'a> {
    since: f64,
    nonce: &'a str,
}

fn nonce_key(key: &str) -> String {
    [key, ":key"].concat()
}

fn age(since: f64) -> f64 {
    Date::now() - since
}

/// A small setting of this browser.
#[must_use]
pub fn setting(key: &str) -> Option<String> {
    js_bindings::stored(LOCAL, key)
}

/// Saves a small setting in this browser.
pub fn save_setting(key: &str, value: &str) {
    js_bindings::store(LOCAL, key, Some(value));
}
