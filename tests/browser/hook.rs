//! `use_snap()`: a checkout with somebody else's looks.

use snap_checkout::{CheckoutAction, Command, Phase, SnapCheckoutProps, phase_name, use_snap};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::harness::{asked, clock, fake_snap, page};
use crate::mounted_checkout::*;

#[component]
fn OwnLooks(props: &SnapCheckoutProps) -> Html {
    let snap = use_snap(props.clone());
    let does = |act: fn(&snap_checkout::Snap)| {
        let snap = snap.clone();
        Callback::from(move |_: MouseEvent| act(&snap))
    };
    let code = match snap.phase() {
        Phase::Failed { failure, .. } => failure.code(),
        _ => "",
    };
    html! {
        <p id="own" data-phase={phase_name(snap.phase())} data-code={code}>
            <button id="own-pay" onclick={does(|snap| snap.pay())}>{ "Pay" }</button>
            <button id="own-close" onclick={does(|snap| snap.take(CheckoutAction::Close))}>{ "Close" }</button>
            <button id="own-reset" onclick={does(|snap| snap.command(Command::Reset))}>{ "Again" }</button>
        </p>
    }
}

fn own(id: &str) -> HtmlElement {
    document().get_element_by_id(id).unwrap_or_else(|| panic!("no {id}")).unchecked_into()
}

fn phase() -> String {
    own("own").get_attribute("data-phase").unwrap_or_default()
}

async fn press(id: &str) {
    own(id).click();
    clock::idle().await;
}

async fn mounted(props: SnapCheckoutProps) -> AppHandle<OwnLooks> {
    let place = document().create_element("div").expect("an element");
    place.set_class_name("mounted");
    document().body().expect("a body").append_child(&place).expect("room");
    let app = yew::Renderer::<OwnLooks>::with_root_and_props(place, props).render();
    clock::idle().await;
    app
}

#[wasm_bindgen_test]
async fn own_looks_pay_close_pay_again_and_hear_the_merchants_word() {
    shop(r#"["snap"]"#, TOKEN, &[status("created"), status("paid")].join(",")).await;
    let listeners = page::listeners();
    let app = mounted(props()).await;
    assert_eq!((phase().as_str(), asked().len()), ("idle", 0));
    press("own-pay").await;
    assert_eq!((phase().as_str(), pays().len(), posts()), ("open", 1, 1));
    press("own-close").await;
    assert_eq!((phase().as_str(), fake_snap::is_shown()), ("closed", false));
    press("own-pay").await;
    assert_eq!((phase().as_str(), pays().len(), posts()), ("open", 2, 1));
    says("onSuccess", Some(RESULT)).await;
    assert_eq!(phase(), "paid");
    press("own-reset").await;
    assert_eq!(phase(), "idle");
    press("own-pay").await;
    assert!(fake_snap::is_shown());
    app.destroy();
    clock::idle().await;
    assert!(!fake_snap::is_shown(), "the popup goes with the hook");
    clock::pass(60_000).await;
    assert_eq!((page::listeners(), clock::timers_left()), (listeners, 0));
}

#[wasm_bindgen_test]
async fn own_looks_go_on_after_a_reload_and_tell_what_failed() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let app = mounted(props()).await;
    press("own-pay").await;
    app.destroy();
    clock::idle().await;
    let app = mounted(props()).await;
    clock::pass(20_000).await;
    assert_eq!((phase().as_str(), posts()), ("closed", 1));
    app.destroy();
    clock::idle().await;

    shop(r#"["snap"]"#, r#"{"status":400}"#, "").await;
    let app = mounted(props()).await;
    press("own-pay").await;
    assert_eq!((phase().as_str(), own("own").get_attribute("data-code").as_deref()), ("failed", Some("token_refused")));
    app.destroy();
}
