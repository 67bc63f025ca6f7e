//! Loads `snap.js`: one script tag and one running load for all components and bundles of a page.
//!
//! `loader.js` implements it; this module has the types. The loader adopts an existing tag, limits the time of each try,
//! removes dead tags, and treats a load without `window.snap.pay` as a failure. After a failure the next call starts
//! again.

use flow::ScriptFault;
use wasm_bindgen_futures::JsFuture;

use super::js_bindings;
pub use crate::config::Script;
use crate::config::check_client_key;

/// Loads `snap.js` of this environment, unless it is loaded.
///
/// # Errors
/// A [`ScriptFault`]. Another call retries.
pub async fn load(script: &Script) -> Result<(), ScriptFault> {
    check_client_key(&script.client_key)?;
    let url = [&script.origin, "/snap/snap.js"].concat();
    let result = JsFuture::from(js_bindings::load(&url, &script.client_key, script.nonce.as_deref())).await;
    let code = result.ok().and_then(|code| code.as_string());
    match code.as_deref() {
        Some("") => Ok(()),
        code => Err(code.and_then(fault_of).unwrap_or(ScriptFault::Timeout)),
    }
}

fn fault_of(code: &str) -> Option<ScriptFault> {
    use ScriptFault::{Blocked, Csp, Misconfigured, NoGlobal, Offline, OtherEnvironment, Timeout};
    let all = [Offline, Blocked, Csp, Timeout, NoGlobal, OtherEnvironment, Misconfigured];
    all.iter().copied().find(|fault| flow::Failure::Script(*fault).code() == code)
}
