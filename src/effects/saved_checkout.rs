//! What survives a reload: the open checkout, and small settings of the page. Storage may be forbidden or
//! full; then nothing is remembered and nothing breaks.

use flow::ConfirmReason;
use js_sys::Date;
use serde::Serialize;
use wire::merchant::Checkout;
use wire::{FromObject, ObjectReader};

use super::{environment, js_bindings, json};

/// Of this browser, all tabs: two tabs with the same order are one payment.
const LOCAL: &str = "local";
/// Snap's tokens live 24 hours unless the shop says otherwise; the last half hour is left out. Milliseconds.
const TOKEN_LIVES: f64 = 23.5 * 60.0 * 60.0 * 1000.0;
/// What was said paid is asked about for a week, the longest that Snap lets a payment take. After that a merchant
/// who never answered keeps nobody from buying the same again. Milliseconds.
const SAID_PAID_LIVES: f64 = 7.0 * 24.0 * 60.0 * 60.0 * 1000.0;

/// What is known of an unfinished checkout.
pub(crate) struct SavedCheckout {
    pub(crate) checkout: Checkout,
    pub(crate) reason: ConfirmReason,
    /// When its token was first used, milliseconds since 1970.
    pub(crate) since: f64,
}

/// The same as JSON. A [`Checkout`] could say itself; its amount as an `i64` would bring the formatting of numbers.
#[derive(Serialize)]
struct SavedCheckoutJson<'a> {
    since: f64,
    said_paid: bool,
    token: &'a str,
    redirect_url: Option<&'a str>,
    order_id: Option<&'a str>,
    gross_amount: Option<f64>,
    status_url: Option<&'a str>,
    events_url: Option<&'a str>,
}

/// Keeps a checkout. A token that is kept already keeps its age.
pub(crate) fn remember(key: &str, checkout: &Checkout, reason: ConfirmReason) {
    let known = recall(key).filter(|known| known.checkout.token == checkout.token);
    let since = known.map_or_else(Date::now, |known| known.since);
    let kept = SavedCheckoutJson {
        since,
        said_paid: matches!(reason, ConfirmReason::Succeeded),
        token: &checkout.token,
        redirect_url: checkout.redirect_url.as_deref(),
        order_id: checkout.order_id.as_deref(),
        gross_amount: checkout.gross_amount.map(|amount| amount.0 as f64),
        status_url: checkout.status_url.as_deref(),
        events_url: checkout.events_url.as_deref(),
    };
    js_bindings::store(LOCAL, key, Some(&json::written(&kept)));
}

/// The checkout kept under this key, unless its token is past its life.
pub(crate) fn recall(key: &str) -> Option<SavedCheckout> {
    let mut memory = json::parsed(&js_bindings::stored(LOCAL, key)?)?;
    let since = memory.number("since")? as f64;
    let reason = if memory.flag("said_paid") { ConfirmReason::Succeeded } else { ConfirmReason::Returned };
    let lives = if reason == ConfirmReason::Succeeded { SAID_PAID_LIVES } else { TOKEN_LIVES };
    if !is_within(since, lives) {
        return None;
    }
    let checkout = Checkout::from_object(&mut memory).ok()?;
    Some(SavedCheckout { checkout, reason, since })
}

/// Whether a token of then can no longer be paid with.
pub(crate) fn is_old(since: f64) -> bool {
    !is_within(since, TOKEN_LIVES)
}

/// A clock that was set back since then, by days even, makes the age negative. That is no reason to forget a payment
/// that may be under way: the merchant is asked anyway.
fn is_within(since: f64, lives: f64) -> bool {
    (-SAID_PAID_LIVES..lives).contains(&(Date::now() - since))
}

/// Milliseconds since 1970.
pub(crate) fn now() -> f64 {
    Date::now()
}

/// What a checkout knows as its own: its token, and the unguessable part of its keys.
#[derive(Clone, Copy)]
pub(crate) struct OwnedKeys<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
}

/// Keeps it no longer, nor the key of its order. What another tab keeps meanwhile under the same name stays: without
/// it that tab's next try would be a second order.
pub(crate) fn forget(key: &str, ours: OwnedKeys) {
    let token = recall(key).map(|memory| memory.checkout.token);
    if token.is_some() && ours.token.is_some() && token.as_deref() != ours.token {
        return;
    }
    js_bindings::store(LOCAL, key, None);
    let key = nonce_key(key);
    // A page that came back to an order knows its token only; the key beside that is the order's.
    let is_ours = match ours.nonce {
        Some(own) => {
            js_bindings::stored(LOCAL, &key).and_then(|kept| json::parsed(&kept)?.text("nonce")).as_deref() == Some(own)
        }
        None => token.is_some(),
    };
    if is_ours {
        js_bindings::store(LOCAL, &key, None);
    }
}

/// The unguessable part of an order's idempotency keys. Kept until the order is over, for a day at the most, so
/// that a reload in the middle of a request asks for the same order again.
pub(crate) fn order_nonce(key: &str) -> String {
    let key = nonce_key(key);
    let kept = js_bindings::stored(LOCAL, &key).and_then(|kept| {
        let mut kept = json::parsed(&kept)?;
        if is_old(kept.number("since")? as f64) { None } else { kept.text("nonce") }
    });
    kept.unwrap_or_else(|| {
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

/// A small setting of this browser.
#[must_use]
pub fn setting(key: &str) -> Option<String> {
    js_bindings::stored(LOCAL, key)
}

/// Keeps a small setting in this browser.
pub fn keep_setting(key: &str, value: &str) {
    js_bindings::store(LOCAL, key, Some(value));
}
