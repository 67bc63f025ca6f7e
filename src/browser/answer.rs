//! What a merchant answered, not yet of any shape.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wire::{Missing, Read};

use super::json::Foreign;
use super::log;

/// A JSON object of the merchant's, not yet of any shape.
pub struct Answer(pub(super) JsValue);

impl Answer {
    /// The code of an error body, `{"error":{"code":"…"}}`.
    pub(super) fn error_code(&self) -> Option<String> {
        let error = Reflect::get(&self.0, &"error".into()).ok()?;
        Reflect::get(&error, &"code".into()).ok()?.as_string()
    }

    /// The answer as a type of the wire; what does not fit goes to the log.
    #[must_use]
    pub fn read<T: Read>(self) -> Option<T> {
        T::read(&mut Foreign(self.0)).map_err(|Missing(name)| unfit(&[name, " is missing"].concat())).ok()
    }
}

pub(super) fn unfit(why: &str) {
    log::error(&["an answer of the merchant cannot be used: ", why].concat());
}
