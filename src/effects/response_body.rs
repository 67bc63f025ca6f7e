//! An HTTP answer's body, bounded while it arrives: nobody can fill a phone's memory.

use gloo_net::http::Response;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use wire::{FromObject, MissingField};

use super::json::JsObject;
use super::{js_bindings, log};

/// Answers of the merchant are a few hundred bytes.
const MAX_BYTES: u32 = 64 * 1024;

/// Why a body is not to be had.
pub(super) enum BodyError {
    /// The connection broke, or the request was aborted.
    Broken,
    /// Too large, no UTF-8, or no JSON object.
    Unfit,
}

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
    pub fn read<T: FromObject>(self) -> Option<T> {
        T::from_object(&mut JsObject(self.0)).map_err(|MissingField(name)| unfit(&[name, " is missing"].concat())).ok()
    }
}

fn unfit(why: &str) {
    log::error(&["an answer of the merchant cannot be used: ", why].concat());
}

pub(super) async fn object(response: &Response) -> Result<Answer, BodyError> {
    let body = JsFuture::from(js_bindings::read_object(response.body(), MAX_BYTES)).await;
    let body = body.map_err(|_| BodyError::Broken)?;
    if body.is_null() {
        unfit("it is no JSON object of at most 64 kB");
        return Err(BodyError::Unfit);
    }
    Ok(Answer(body))
}
