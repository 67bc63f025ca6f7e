//! The body of an HTTP response. Its size is limited while it arrives, to protect the phone's memory.

use gloo_net::http::Response;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use wire::{FromObject, MissingField};

use super::json::JsObject;
use super::{js_bindings, log};

/// The largest body. The backend's responses have a few hundred bytes.
const MAX_BYTES: u32 = 64 * 1024;

/// Why a body cannot be read.
pub(super) enum BodyError {
    /// The connection broke, or the request was aborted.
    Broken,
    /// Too large, not UTF-8, or not a JSON object.
    Invalid,
}

/// A JSON object of the backend.
pub struct JsonBody(pub(super) JsValue);

impl JsonBody {
    /// The code of an error body, `{"error":{"code":"…"}}`.
    pub(super) fn error_code(&self) -> Option<String> {
        let error = Reflect::get(&self.0, &"error".into()).ok()?;
        Reflect::get(&error, &"code".into()).ok()?.as_string()
    }

    /// The body as a type of `wire`. A missing field is logged.
    #[must_use]
    pub fn read<T: FromObject>(self) -> Option<T> {
        T::from_object(&mut JsObject(self.0))
            .map_err(|MissingField(name)| log_invalid(&[name, " is missing"].concat()))
            .ok()
    }
}

fn log_invalid(reason: &str) {
    log::error(&["a response of the backend is invalid: ", reason].concat());
}

pub(super) async fn object(response: &Response) -> Result<JsonBody, BodyError> {
    let body = JsFuture::from(js_bindings::read_object(response.body(), MAX_BYTES)).await;
    let body = body.map_err(|_| BodyError::Broken)?;
    if body.is_null() {
        log_invalid("it is not a JSON object of at most 64 kB");
        return Err(BodyError::Invalid);
    }
    Ok(JsonBody(body))
}
