//! The component's props from the host's settings.

use js_sys::Function;
use snap_checkout::effects::json::JsObject;
use snap_checkout::effects::snap::UiMode;
use snap_checkout::i18n::Language;
use snap_checkout::wire::merchant::Checkout;
use snap_checkout::wire::{FromObject, ObjectReader, Rupiah};
use snap_checkout::{Credentials, Environment, Mode, SnapCheckoutProps, Theme};
use yew::AttrValue;

use crate::events;

/// Reads validated settings. A missing setting has its default.
pub(crate) fn props(settings: &mut JsObject, dispatch: &Function) -> SnapCheckoutProps {
    let mut props = SnapCheckoutProps::new(text(settings, "clientKey"), environment(settings));
    props.token_url = text(settings, "tokenUrl");
    props.order = text(settings, "order");
    props.order_key = optional_text(settings, "orderKey");
    props.checkout = settings.object("checkout").and_then(|mut checkout| Checkout::from_object(&mut checkout).ok());
    props.nonce = optional_text(settings, "nonce");
    for mut header in settings.objects("headers") {
        props.headers.push((text(&mut header, "name"), text(&mut header, "value")));
    }
    props.credentials = match settings.text("credentials").as_deref() {
        Some("include") => Credentials::Include,
        Some("omit") => Credentials::Omit,
        _ => Credentials::SameOrigin,
    };
    props.theme = match settings.text("theme").as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    };
    for mut text in settings.objects("texts") {
        let name = text.text("name").unwrap_or_default();
        if props.texts.set(&name, self::text(&mut text, "value")).is_err() {
            events::unknown_text(dispatch, &name);
        }
    }
    props.mode = match settings.text("mode").as_deref() {
        Some("popup") => Mode::Popup,
        Some("embed") => Mode::Embed,
        Some("redirect") => Mode::Redirect,
        _ => Mode::Auto,
    };
    if settings.text("language").as_deref() == Some("en") {
        props.language = Language::English;
    }
    props.amount = settings.number("amount").map(Rupiah);
    props.prepare_on_intent = settings.flag("prepareOnIntent");
    props.disabled = settings.flag("disabled");
    let options = &mut props.options;
    options.auto_close_delay = settings.number("autoCloseDelay").and_then(|seconds| u32::try_from(seconds).ok());
    options.selected_payment_type = optional_text(settings, "selectedPaymentType");
    options.ui_mode = match settings.text("uiMode").as_deref() {
        Some("deeplink") => Some(UiMode::Deeplink),
        Some("qr") => Some(UiMode::Qr),
        Some("auto") => Some(UiMode::Auto),
        _ => None,
    };
    for method in settings.texts("enabledPayments").unwrap_or_default() {
        options.enabled_payments.push(method.into());
    }
    options.skip_order_summary = settings.flag("skipOrderSummary").then_some(true);
    events::set_handlers(&mut props, dispatch);
    props
}

fn text(settings: &mut JsObject, name: &str) -> AttrValue {
    settings.text(name).unwrap_or_default().into()
}

fn optional_text(settings: &mut JsObject, name: &str) -> Option<AttrValue> {
    settings.text(name).map(AttrValue::from)
}

fn environment(settings: &mut JsObject) -> Environment {
    match settings.text("environment").as_deref() {
        Some("production") => Environment::Production,
        Some("sandbox") | None => Environment::Sandbox,
        Some(origin) => Environment::Local(AttrValue::from(origin.to_owned())),
    }
}
