//! JSON out of small values, by the browser's own writer.

use js_sys::{JSON, Object, Reflect};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// An object; members that are `undefined` are not written.
pub(crate) fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

pub(crate) fn set(object: &Object, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        // A plain object takes every key.
        let _ = Reflect::set(object, &JsValue::from_str(name), value);
    }
}

pub(crate) fn text(value: &JsValue) -> String {
    JSON::stringify(value).map(String::from).unwrap_or_default()
}

/// A text as JSON, quoted and escaped.
#[must_use]
pub fn quoted(plain: &str) -> String {
    text(&JsValue::from_str(plain))
}

/// A value of the wire from JSON text, or `None` where it does not fit.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_wasm_bindgen::from_value(JSON::parse(text).ok()?).ok()
}
