//! Puts `snap.js` on the page: one tag and one flight however many components, bundles or calls.
//!
//! The tries and the flight are in `loader.js`; here they are typed. A tag that is there already is adopted. Every
//! try is bounded; dead tags are removed; `load` without `window.snap.pay` is a failure; after a failure the next
//! call starts anew.

use flow::ScriptFault;
use wasm_bindgen_futures::JsFuture;

use super::js_bindings;
use crate::config::check_client_key;

/// Which script.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The gateway's origin, without a slash at the end.
    pub origin: String,
    /// `data-client-key`
    pub client_key: String,
    /// For a page whose policy asks for one.
    pub nonce: Option<String>,
}

/// Makes sure that `window.snap.pay` is there and belongs to this environment.
///
/// # Errors
/// A [`ScriptFault`]; calling again tries again.
pub async fn load(script: &Script) -> Result<(), ScriptFault> {
    check_client_key(&script.client_key)?;
    let url = [&script.origin, "/snap/snap.js"].concat();
    let ended = JsFuture::from(js_bindings::load(&url, &script.client_key, script.nonce.as_deref())).await;
    let code = ended.ok().and_then(|code| code.as_string());
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
