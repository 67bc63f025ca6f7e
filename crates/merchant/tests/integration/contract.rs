//! Holds answers to `openapi.json`: the status, the headers, the content type, the body and the error code must
//! stand there, for this address and method. Every answer that [`super::House`] reads comes through here,
//! so each test of the house is one of the contract too.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use axum::http::HeaderMap;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::Reply;

/// On every answer, whatever it is; said once in the file's own description.
const USUAL: [&str; 13] = [
    "content-type",
    "content-length",
    "content-encoding",
    "content-security-policy",
    "permissions-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "x-frame-options",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "strict-transport-security",
];

pub static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

pub struct Contract {
    /// As it is written.
    pub file: Value,
    /// Objects take no other members than those that are listed: an answer with more is a gap in the file.
    strict: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    fn read() -> Self {
        let file: Value = serde_json::from_str(include_str!("../../openapi.json")).expect("openapi.json is JSON");
        let mut strict = file.clone();
        close(&mut strict);
        Self { file, strict, validators: Mutex::default() }
    }

    /// The value at a JSON pointer, references followed.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> &Value {
        let found = self.file.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the file"));
        self.followed(found)
    }

    pub fn followed<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(to) => self.at(to.trim_start_matches('#')),
            None => value,
        }
    }

    /// What is wrong with a value, by a schema of the file; the schema is named by its pointer.
    pub fn faults(&self, pointer: &str, value: &Value) -> Vec<String> {
        let validator = self.validator(pointer);
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut known = self.validators.lock().expect("no test panics in here");
        let make = || {
            let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
            let schema = json!({"$ref": format!("#{fragment}"), "openapi": 0, "components": self.strict["components"],
                "paths": self.strict["paths"], "webhooks": self.strict["webhooks"]});
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            Arc::new(options.build(&schema).unwrap_or_else(|error| panic!("{pointer} is no schema: {error}")))
        };
        known.entry(pointer.to_owned()).or_insert_with(make).clone()
    }

    /// The address of the file that a path is of: the most exact one.
    pub fn template(&self, path: &str) -> &str {
        let fits = |template: &str| {
            let (parts, given) = (template.split('/'), path.split('/'));
            parts.clone().count() == given.clone().count()
                && parts.zip(given).all(|(part, given)| part == given || (part == "{id}" && !given.is_empty()))
        };
        let paths = self.file["paths"].as_object().expect("there are addresses");
        paths.keys().map(String::as_str).filter(|template| fits(template)).min().unwrap_or("/{file}")
    }

    /// Holds one answer to the file, and says what was seen: `POST /api/orders 422 invalid_text`.
    ///
    /// # Panics
    /// With what the file says otherwise.
    pub fn hold(&self, method: &str, path: &str, reply: &Reply) -> String {
        let template = self.template(path);
        let at = format!("/paths/{}", escaped(template));
        // What a browser asks before it sends, said once in the file's own description.
        if method == "OPTIONS" && reply.status == 204 {
            assert_eq!(reply.header("access-control-allow-methods"), "GET, POST", "{path}");
            return String::new();
        }
        let asked = if method == "HEAD" { "get".to_owned() } else { method.to_ascii_lowercase() };
        let what = format!("{method} {path} ({template}) {}", reply.status);
        let item = self.at(&at);
        let verb = match item.get(&asked) {
            Some(_) => asked,
            // What is said about other methods stands with the one that there is.
            None => {
                assert_eq!(reply.status, 405, "{what}: the method is not in the file");
                let there = ["get", "post"].into_iter().find(|verb| item.get(verb).is_some());
                there.unwrap_or_default().to_owned()
            }
        };
        let pointer = format!("{at}/{verb}/responses/{}", reply.status);
        let Some(response) = self.file.pointer(&pointer) else { panic!("{what} is not in the file") };
        let pointer = response["$ref"].as_str().map_or(pointer, |to| to.trim_start_matches('#').to_owned());
        let response = self.followed(response);
        self.headers(&what, response, &reply.headers);
        let code = self.body(&what, &pointer, response, method, reply);
        format!("{} {template} {} {code}", verb.to_ascii_uppercase(), reply.status).trim_end().to_owned()
    }

    fn headers(&self, what: &str, response: &Value, headers: &HeaderMap) {
        let mut told = BTreeSet::from(USUAL.map(str::to_owned));
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let header = self.followed(header);
            let lower = name.to_ascii_lowercase();
            // `Vary: origin` comes with the answers that other origins may read.
            let mut values = headers.get_all(&lower).iter().map(|value| value.to_str().expect("ASCII"));
            match values.find(|value| lower != "vary" || *value != "origin") {
                Some(value) => {
                    let faults: Vec<_> = jsonschema::options()
                        .with_draft(Draft::Draft202012)
                        .build(&header["schema"])
                        .unwrap_or_else(|error| panic!("{name}: {error}"))
                        .iter_errors(&json!(value))
                        .map(|error| error.to_string())
                        .collect();
                    assert!(faults.is_empty(), "{what}: {name}: {faults:?}");
                }
                None => assert_eq!(header["required"], false, "{what}: {name} is missing"),
            }
            told.insert(lower);
        }
        for name in
            headers.keys().filter(|name| *name != "vary" || headers.get_all(*name).iter().any(|v| v != "origin"))
        {
            assert!(told.contains(name.as_str()), "{what}: the header {name} is not in the file");
        }
    }

    /// Holds the body; its code when it is an error.
    fn body(&self, what: &str, pointer: &str, response: &Value, method: &str, reply: &Reply) -> String {
        let Some(contents) = response["content"].as_object() else {
            assert!(reply.body.is_empty(), "{what} has a body");
            return String::new();
        };
        let given = reply.header("content-type");
        let kind = given.split(';').next().unwrap_or_default();
        let kind = if contents.contains_key(kind) { kind } else { "*/*" };
        assert!(contents.contains_key(kind), "{what}: {given:?} is not in the file");
        if method == "HEAD" || kind == "*/*" {
            return String::new();
        }
        let plain = reply.header("content-encoding").is_empty();
        assert!(plain, "{what}: a compressed body cannot be held to the file here");
        let value = if kind == "application/json" { reply.json() } else { json!(reply.text()) };
        let schema = format!("{pointer}/content/{}/schema", escaped(kind));
        let faults = self.faults(&schema, &value);
        assert!(faults.is_empty(), "{what}: {faults:?} in {value}");
        match &contents[kind]["x-codes"] {
            Value::Null => value["error"]["code"].as_str().unwrap_or_default().to_owned(),
            codes => {
                let text = reply.text();
                let code = text.split("<small>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
                assert!(codes.as_array().is_some_and(|codes| codes.contains(&json!(code))), "{what}: {code:?}");
                code.to_owned()
            }
        }
    }

    /// Everything that the file promises, as [`Self::hold`] says it.
    pub fn promised(&self) -> BTreeSet<String> {
        let mut promised = BTreeSet::new();
        for (template, verb, operation) in self.operations() {
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                for code in self.codes(self.followed(response)) {
                    promised.insert(format!("{verb} {template} {status} {code}").trim_end().to_owned());
                }
            }
        }
        promised
    }

    /// The codes of one answer; one that is no error has the empty code.
    fn codes(&self, response: &Value) -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for (_, media) in response["content"].as_object().into_iter().flatten() {
            let enumerated = media.pointer("/schema/allOf/1/properties/error/properties/code/enum");
            for code in [enumerated, media.get("x-codes")].into_iter().flatten().filter_map(Value::as_array).flatten() {
                codes.insert(code.as_str().expect("a code is text").to_owned());
            }
        }
        if codes.is_empty() {
            codes.insert(String::new());
        }
        codes
    }

    /// Address, method and what is said of it.
    pub fn operations(&self) -> Vec<(&str, String, &Value)> {
        let mut all = vec![];
        for (template, item) in self.file["paths"].as_object().expect("there are addresses") {
            for (verb, operation) in item.as_object().expect("an address has methods") {
                if operation.get("responses").is_some() {
                    all.push((template.as_str(), verb.to_ascii_uppercase(), operation));
                }
            }
        }
        all
    }

    /// Every code of the file with the statuses it comes with.
    pub fn statuses(&self) -> BTreeMap<String, BTreeSet<u16>> {
        let mut all: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
        for line in self.promised() {
            let [_, _, status, code] = line.split(' ').collect::<Vec<_>>()[..] else { continue };
            all.entry(code.to_owned()).or_default().insert(status.parse().expect("a status"));
        }
        all
    }
}

/// A piece of a JSON pointer.
pub fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn close(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            let open = |map: &Map<String, Value>| {
                map.get("type") == Some(&json!("object"))
                    && map.get("properties").is_some_and(Value::is_object)
                    && !map.contains_key("additionalProperties")
                    && !map.contains_key("patternProperties")
            };
            if open(map) {
                map.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}
