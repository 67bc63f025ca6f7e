//! JSON with the browser's own parser and serializer, and the conversion to the types of `wire`.

use js_sys::{Array, JSON, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wire::{FromObject, ObjectReader};

/// A JavaScript object. Serde could read it too, but its error messages format floating point numbers, which adds ten
/// kilobytes of code.
pub struct JsObject(pub JsValue);

impl JsObject {
    fn member(&self, name: &str) -> JsValue {
        // A getter may throw.
        Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    /// Whether a member exists and is truthy.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.member(name).is_truthy()
    }

    fn members(&self, name: &str) -> Option<Array> {
        self.member(name).dyn_into().ok()
    }
}

impl ObjectReader for JsObject {
    fn text(&mut self, name: &str) -> Option<String> {
        self.member(name).as_string()
    }

    fn number(&mut self, name: &str) -> Option<i64> {
        // A float cannot represent every integer beyond 2^53.
        self.member(name).as_f64().filter(|number| number.trunc() == *number && number.abs() < 9e15).map(|it| it as i64)
    }

    fn object(&mut self, name: &str) -> Option<Self> {
        let member = self.member(name);
        (member.is_object() && !Array::is_array(&member)).then_some(Self(member))
    }

    fn objects(&mut self, name: &str) -> Vec<Self> {
        self.members(name).map(objects).unwrap_or_default()
    }

    fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        for member in self.members(name)?.iter() {
            texts.extend(member.as_string());
        }
        Some(texts)
    }

    fn has(&self, name: &str) -> bool {
        !self.member(name).is_undefined()
    }
}

fn objects(list: Array) -> Vec<JsObject> {
    let mut objects = Vec::new();
    for member in list.iter() {
        if member.is_object() {
            objects.push(JsObject(member));
        }
    }
    objects
}

/// A value of `wire` as a JavaScript value. An absent field is no member.
#[must_use]
pub fn value(value: &(impl Serialize + ?Sized)) -> JsValue {
    // The serialized types have an equivalent in JavaScript.
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::UNDEFINED)
}

/// A value of `wire` as JSON text.
#[must_use]
pub fn written(value: &(impl Serialize + ?Sized)) -> String {
    JSON::stringify(&self::value(value)).map(String::from).unwrap_or_default()
}

pub(crate) fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting a key of a plain object does not fail.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Parses an object. `None` if the text is not a JSON object.
pub(crate) fn parsed(text: &str) -> Option<JsObject> {
    JSON::parse(text).ok().filter(JsValue::is_object).map(JsObject)
}

/// Parses a value of `wire`. `None` if the text does not contain one.
#[must_use]
pub fn read<T: FromObject>(text: &str) -> Option<T> {
    T::from_object(&mut parsed(text)?).ok()
}

/// Parses a list of values of `wire`. Invalid elements are left out.
#[must_use]
pub fn list<T: FromObject>(text: &str) -> Vec<T> {
    let list = JSON::parse(text).ok().and_then(|list| list.dyn_into().ok());
    let mut values = Vec::new();
    for mut from in list.map(objects).unwrap_or_default() {
        if let Ok(value) = T::from_object(&mut from) {
            values.push(value);
        }
    }
    values
}
