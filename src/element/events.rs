//! The element's events: a name and JavaScript values.

use flow::Phase;
use js_sys::{Array, Function};
use snap_checkout::effects::json;
use snap_checkout::effects::snap::RawSnapResult;
use snap_checkout::{SnapCheckoutProps, phase_name};
use wasm_bindgen::JsValue;
use yew::Callback;

/// Sets handlers that send each event to the host.
pub(crate) fn set_handlers(props: &mut SnapCheckoutProps, dispatch: &Function) {
    let dispatcher = Dispatcher(dispatch.clone());
    let it = dispatcher.clone();
    props.on_phase = Callback::from(move |phase: Phase| {
        let code = match &phase {
            Phase::Failed { failure, .. } => JsValue::from_str(failure.code()),
            _ => JsValue::NULL,
        };
        it.dispatch("phase", &[JsValue::from_str(phase_name(&phase)), code]);
    });
    let it = dispatcher.clone();
    props.on_paid = Callback::from(move |order| it.dispatch("paid", &[json::value(&order)]));
    props.on_success = dispatcher.hint("success");
    props.on_pending = dispatcher.hint("pending");
    props.on_error = dispatcher.hint("error");
    props.on_close = Callback::from(move |()| dispatcher.dispatch("close", &[]));
}

/// Reports that the page replaces a text that does not exist.
pub(crate) fn unknown_text(dispatch: &Function, name: &str) {
    Dispatcher(dispatch.clone()).dispatch("unknown-text", &[JsValue::from_str(name)]);
}

#[derive(Clone)]
struct Dispatcher(Function);

impl Dispatcher {
    fn hint(&self, name: &'static str) -> Callback<RawSnapResult> {
        let it = self.clone();
        Callback::from(move |result: RawSnapResult| it.dispatch(name, &[result.as_js().clone()]))
    }

    fn dispatch(&self, name: &str, details: &[JsValue]) {
        let arguments = Array::of1(&JsValue::from_str(name));
        for detail in details {
            arguments.push(detail);
        }
        // It does not throw: it dispatches events, and the page handles errors of its listeners.
        let _ = self.0.apply(&JsValue::UNDEFINED, &arguments);
    }
}
