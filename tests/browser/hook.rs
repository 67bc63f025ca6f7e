//! `use_snap()`: a checkout with a custom view.

use snap_checkout::{CheckoutAction, Command, Phase, SnapCheckoutProps, phase_name, use_snap};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::harness::{clock, fake_snap, page, requests};
use crate::mounted_checkout::*;

#[component]
fn CustomView(props: &SnapCheckoutProps) -> Html {
    let snap = use_snap(props.clone());
    let on_click = |act: fn(&snap_checkout::Snap)| {
        let snap = snap.clone();
        Callback::from(move |_: MouseEvent| act(&snap))
    };
    let code = match snap.phase() {
        Phase::Failed { failure, .. } => failure.code(),
        _ => "",
    };
    html! {
        <p id="own" data-phase={phase_name(snap.phase())} data-code={code}>
            <button id="own-pay" onclick={on_click(|snap| snap.pay())}>{ "Pay" }</button>
            <button id="own-close" onclick={on_click(|snap| snap.act(CheckoutAction::Close))}>{ "Close" }</button>
            <button id="own-reset" onclick={on_click(|snap| snap.command(Command::Reset))}>{ "Again" }</button>
        </p>
    }
}

fn element(id: &str) -> HtmlElement {
    document().get_element_by_id(id).unwrap_or_else(|| panic!("no {id}")).unchecked_into()
}

fn phase() -> String {
    element("own").get_attribute("data-phase").unwrap_or_default()
}

async fn press(id: &str) {
    element(id).click();
    clock::idle().await;
}

async fn mount(props: SnapCheckoutProps) -> AppHandle<CustomView> {
    let container = document().create_element("div").expect("an element");
    container.set_class_name("mounted");
    document().body().expect("a body").append_child(&container).expect("the container in the body");
    let app = yew::Renderer::<CustomView>::with_root_and_props(container, props).render();
    clock::idle().await;
    app
}

#[wasm_bindgen_test]
async fn a_custom_view_pays_closes_pays_again_and_shows_the_backends_status() {
    set_up(r#"["snap"]"#, TOKEN, &[status("created"), status("paid")].join(",")).await;
    let listeners = page::listeners();
    let app = mount(props()).await;
    assert_eq!((phase().as_str(), requests().len()), ("idle", 0));
    press("own-pay").await;
    assert_eq!((phase().as_str(), pay_calls().len(), post_count()), ("open", 1, 1));
    press("own-close").await;
    assert_eq!((phase().as_str(), fake_snap::is_shown()), ("closed", false));
    press("own-pay").await;
    assert_eq!((phase().as_str(), pay_calls().len(), post_count()), ("open", 2, 1));
    call_back("onSuccess", Some(RESULT)).await;
    assert_eq!(phase(), "paid");
    press("own-reset").await;
    assert_eq!(phase(), "idle");
    press("own-pay").await;
    assert!(fake_snap::is_shown());
    app.destroy();
    clock::idle().await;
    assert!(!fake_snap::is_shown(), "the popup is still open after the hook has been dropped");
    clock::advance(60_000).await;
    assert_eq!((page::listeners(), clock::pending_timers()), (listeners, 0));
}

#[wasm_bindgen_test]
async fn a_custom_view_resumes_after_a_reload_and_shows_the_failure_code() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let app = mount(props()).await;
    press("own-pay").await;
    app.destroy();
    clock::idle().await;
    let app = mount(props()).await;
    clock::advance(20_000).await;
    assert_eq!((phase().as_str(), post_count()), ("closed", 1));
    app.destroy();
    clock::idle().await;

    set_up(r#"["snap"]"#, r#"{"status":400}"#, "").await;
    let app = mount(props()).await;
    press("own-pay").await;
    assert_eq!(
        (phase().as_str(), element("own").get_attribute("data-code").as_deref()),
        ("failed", Some("token_refused"))
    );
    app.destroy();
}
