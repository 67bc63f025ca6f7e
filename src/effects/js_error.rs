//! The message of a thrown JavaScript value, for the developer's log. The value need not be an `Error`.

use js_sys::Error;
use wasm_bindgen::{JsCast, JsValue};

/// The message of a thrown value, cut to a line's length.
pub(crate) fn message(thrown: &JsValue) -> String {
    let mut text = match thrown.dyn_ref::<Error>() {
        Some(error) => String::from(error.message()),
        None => thrown.as_string().unwrap_or_else(|| match js_sys::JSON::stringify(thrown) {
            Ok(json) if json.is_string() => String::from(json),
            _ => "a value that is not an Error".to_owned(),
        }),
    };
    text.truncate(text.floor_char_boundary(300));
    text
}
