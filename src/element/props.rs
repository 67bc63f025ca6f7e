//! What the host sets, as the component's properties.

use js_sys::Function;
use snap_checkout::effects::json::JsObject;
use snap_checkout::effects::snap::UiMode;
use snap_checkout::i18n::Language;
use snap_checkout::wire::merchant::Checkout;
use snap_checkout::wire::{FromObject, ObjectReader, Rupiah};
use snap_checkout::{Credentials, Environment, Mode, SnapCheckoutProps, Theme};
use yew::AttrValue;

use crate::events;

/// Reads settings that were checked; what is absent is as it is by default.
pub(crate) fn props(wanted: &mut JsObject, tell: &Function) -> SnapCheckoutProps {
    let mut props = SnapCheckoutProps::new(text(wanted, "clientKey"), environment(wanted));
    props.token_url = text(wanted, "tokenUrl");
    props.order = text(wanted, "order");
    props.order_key = maybe(wanted, "orderKey");
    props.checkout = wanted.object("checkout").and_then(|mut checkout| Checkout::from_object(&mut checkout).ok());
    props.nonce = maybe(wanted, "nonce");
    for mut header in wanted.objects("headers") {
        props.headers.push((text(&mut header, "name"), text(&mut header, "value")));
    }
    props.credentials = match wanted.text("credentials").as_deref() {
        Some("include") => Credentials::Include,
        Some("omit") => Credentials::Omit,
        _ => Credentials::SameOrigin,
    };
    props.theme = match wanted.text("theme").as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    };
    for mut text in wanted.objects("texts") {
        let name = text.text("name").unwrap_or_default();
        if props.texts.set(&name, self::text(&mut text, "value")).is_err() {
            events::unknown_text(tell, &name);
        }
    }
    props.mode = match wanted.text("mode").as_deref() {
        Some("popup") => Mode::Popup,
        Some("embed") => Mode::Embed,
        Some("redirect") => Mode::Redirect,
        _ => Mode::Auto,
    };
    if wanted.text("language").as_deref() == Some("en") {
        props.language = Language::English;
    }
    props.amount = wanted.number("amount").map(Rupiah);
    props.prepare_on_intent = wanted.flag("prepareOnIntent");
    props.disabled = wanted.flag("disabled");
    let options = &mut props.options;
    options.auto_close_delay = wanted.number("autoCloseDelay").and_then(|seconds| u32::try_from(seconds).ok());
    options.selected_payment_type = maybe(wanted, "selectedPaymentType");
    options.ui_mode = match wanted.text("uiMode").as_deref() {
        Some("deeplink") => Some(UiMode::Deeplink),
        Some("qr") => Some(UiMode::Qr),
        Some("auto") => Some(UiMode::Auto),
        _ => None,
    };
    for method in wanted.texts("enabledPayments").unwrap_or_default() {
        options.enabled_payments.push(method.into());
    }
    options.skip_order_summary = wanted.flag("skipOrderSummary").then_some(true);
    events::hear(&mut props, tell);
    props
}

fn text(wanted: &mut JsObject, name: &str) -> AttrValue {
    wanted.text(name).unwrap_or_default().into()
}

fn maybe(wanted: &mut JsObject, name: &str) -> Option<AttrValue> {
    wanted.text(name).map(AttrValue::from)
}

fn environment(wanted: &mut JsObject) -> Environment {
    match wanted.text("environment").as_deref() {
        Some("production") => Environment::Production,
        Some("sandbox") | None => Environment::Sandbox,
        Some(origin) => Environment::Local(AttrValue::from(origin.to_owned())),
    }
}
