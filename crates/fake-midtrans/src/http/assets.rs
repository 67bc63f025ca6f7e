//! The files of the pages, embedded in the binary, and `snap.js` with what was planned for it.

use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::gate::Struck;
use crate::fault::Fault;

const SNAP_JS: &str = include_str!("../assets/snap.js");
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

const FILES: &[(&str, &str, &str)] = &[
    ("snap.css", CSS, include_str!("../assets/snap.css")),
    ("page.js", JAVASCRIPT, include_str!("../assets/page.js")),
    ("views.js", JAVASCRIPT, include_str!("../assets/views.js")),
    ("card.js", JAVASCRIPT, include_str!("../assets/card.js")),
    ("phone.js", JAVASCRIPT, include_str!("../assets/phone.js")),
    ("dom.js", JAVASCRIPT, include_str!("../assets/dom.js")),
    ("text.js", JAVASCRIPT, include_str!("../assets/text.js")),
    ("host.js", JAVASCRIPT, include_str!("../assets/host.js")),
    ("three-ds.js", JAVASCRIPT, include_str!("../assets/three-ds.js")),
];

/// `GET /snap/snap.js`; the gate says which fault, if any, is to change its text.
pub async fn snap_js(planned: Option<Extension<Struck>>) -> Response {
    let about_script = |fault: &&Fault| matches!(fault, Fault::NoGlobal | Fault::ScriptThrows | Fault::PayThrows);
    let script = match planned.as_deref().and_then(|Struck(faults)| faults.iter().find(about_script)) {
        Some(Fault::NoGlobal) => "/* no window.snap, as planned */\n".to_owned(),
        Some(Fault::ScriptThrows) => "throw new Error('snap.js broke, as planned');\n".to_owned(),
        Some(Fault::PayThrows) => SNAP_JS.replace("/* PAY_THROWS */ false", "true"),
        _ => SNAP_JS.to_owned(),
    };
    ([(CONTENT_TYPE, JAVASCRIPT), (CACHE_CONTROL, "no-store")], script).into_response()
}

/// `GET /snap/v4/assets/{file}`.
pub async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, kind, text)) => ([(CONTENT_TYPE, *kind), (CACHE_CONTROL, "no-cache")], *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
