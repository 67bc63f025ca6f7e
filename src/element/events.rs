//! What happens in a checkout, as the element's events: a name, and a detail in JavaScript's own values.

use flow::Phase;
use js_sys::{Array, Function};
use snap_checkout::effects::json;
use snap_checkout::effects::snap::RawSnapResult;
use snap_checkout::{SnapCheckoutProps, phase_name};
use wasm_bindgen::JsValue;
use yew::Callback;

/// Has the host told of everything.
pub(crate) fn hear(props: &mut SnapCheckoutProps, tell: &Function) {
    let tell = Tell(tell.clone());
    let it = tell.clone();
    props.on_phase = Callback::from(move |phase: Phase| {
        let code = match &phase {
            Phase::Failed { failure, .. } => JsValue::from_str(failure.code()),
            _ => JsValue::NULL,
        };
        it.tell("phase", &[JsValue::from_str(phase_name(&phase)), code]);
    });
    let it = tell.clone();
    props.on_paid = Callback::from(move |order| it.tell("paid", &[json::value(&order)]));
    props.on_success = tell.hint("success");
    props.on_pending = tell.hint("pending");
    props.on_error = tell.hint("error");
    props.on_close = Callback::from(move |()| tell.tell("close", &[]));
}

/// A text that the page replaces and nobody knows.
pub(crate) fn unknown_text(tell: &Function, name: &str) {
    Tell(tell.clone()).tell("unknown-text", &[JsValue::from_str(name)]);
}

#[derive(Clone)]
struct Tell(Function);

impl Tell {
    fn hint(&self, name: &'static str) -> Callback<RawSnapResult> {
        let it = self.clone();
        Callback::from(move |reply: RawSnapResult| it.tell(name, &[reply.as_it_came().clone()]))
    }

    fn tell(&self, name: &str, details: &[JsValue]) {
        let arguments = Array::of1(&JsValue::from_str(name));
        for detail in details {
            arguments.push(detail);
        }
        // It does not throw: it dispatches events, and what their listeners throw is the page's.
        let _ = self.0.apply(&JsValue::UNDEFINED, &arguments);
    }
}
