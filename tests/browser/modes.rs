//! The modes popup, embed and redirect: calls to Snap, the position of the payment page, and cleanup.

use snap_checkout::effects::snap;
use snap_checkout::i18n::Language;
use snap_checkout::{Mode, SnapCheckoutProps, SnapOptions};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::harness::{clock, fake_snap, network, page};
use crate::mounted_checkout::*;

fn embed_props() -> SnapCheckoutProps {
    SnapCheckoutProps { mode: Mode::Embed, ..props() }
}

/// Adds the merchant's own container with this width and height in pixels.
fn own_container(width: u32, height: u32) -> Element {
    let container = document().create_element("div").expect("an element");
    container.set_id("payment-here");
    container.set_class_name("mounted");
    container.set_attribute("style", &format!("width: {width}px; height: {height}px")).expect("an attribute");
    document().body().expect("a body").append_child(&container).expect("the container in the body");
    container
}

fn added_containers() -> u32 {
    document().query_selector_all("[id^=snap-checkout-place]").expect("a valid selector").length()
}

#[wasm_bindgen_test]
async fn mode_embed_adds_a_container_inside_the_component_and_removes_it() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mut mounted = MountedCheckout::with(embed_props()).await;
    assert_eq!(added_containers(), 0, "a container before the payment");
    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "open");
    let container = mounted.find("[id^=snap-checkout-place]").expect("a container inside the component");
    let embeds: Vec<_> = fake_snap::calls().into_iter().filter(|call| call.starts_with("embed")).collect();
    assert_eq!(embeds.len(), 1);
    assert!(embeds[0].contains(&format!(r#""embedId":"{}""#, container.id())), "{embeds:?}");
    assert!(container.first_element_child().is_some(), "snap.js did not find the container");
    assert!(
        mounted.find("[data-way=pay]").is_some_and(|main| main.has_attribute("hidden")),
        "the pay button is still visible"
    );
    // The embedded page has no X, so the component offers the close button.
    mounted.press("close").await;
    assert_eq!((mounted.phase().as_str(), fake_snap::is_shown(), added_containers()), ("closed", false, 0));
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), added_containers()), ("open", 1));
    mounted.unmount().await;
    assert_eq!(
        (fake_snap::is_shown(), added_containers()),
        (false, 0),
        "the container is still there after the unmount"
    );
}

#[wasm_bindgen_test]
async fn mode_embed_uses_the_merchants_own_container() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let container = own_container(400, 600);
    let mounted =
        MountedCheckout::with(SnapCheckoutProps { embed_id: Some("payment-here".into()), ..embed_props() }).await;
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), added_containers()), ("open", 0));
    assert!(container.first_element_child().is_some());
    call_back("onSuccess", Some(RESULT)).await;
    assert!(!fake_snap::is_shown() && container.is_connected(), "the merchant's container was removed");
}

#[wasm_bindgen_test]
async fn mode_embed_with_a_small_container_uses_the_popup_and_warns_once() {
    for (width, height) in [(319, 900), (900, 559), (0, 0)] {
        set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
        let _container = own_container(width, height);
        let small = SnapCheckoutProps { embed_id: Some("payment-here".into()), ..embed_props() };
        let mounted = MountedCheckout::with(small).await;
        mounted.press("pay").await;
        assert_eq!((mounted.phase().as_str(), pay_calls().len()), ("open", 1), "{width} by {height}");
        assert_eq!(fake_snap::calls().iter().filter(|call| call.starts_with("embed")).count(), 0);
        mounted.press("close").await;
        mounted.press("pay").await;
        let warnings = page::console_output().matches("320 by 560").count();
        assert!(warnings <= 1, "{warnings} warnings: {}", page::console_output());
    }
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let _container = own_container(320, 560);
    let fits = SnapCheckoutProps { embed_id: Some("payment-here".into()), ..embed_props() };
    let mounted = MountedCheckout::with(fits).await;
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), pay_calls().len()), ("open", 0), "a container of exactly the minimum size");
}

#[wasm_bindgen_test]
async fn inside_a_shadow_root_the_container_is_a_light_dom_child_of_the_host() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let host = document().create_element("div").expect("an element");
    host.set_class_name("mounted");
    document().body().expect("a body").append_child(&host).expect("the host in the body");
    let mounted = MountedCheckout::inside(page::attach_shadow(&host), embed_props()).await;
    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "open");
    let container =
        host.query_selector(":scope > [slot=snap-embed]").expect("a valid selector").expect("a light DOM child");
    assert!(container.id().starts_with("snap-checkout-place") && container.first_element_child().is_some());
    call_back("onClose", None).await;
    assert_eq!((mounted.phase().as_str(), added_containers()), ("closed", 0));
    let focused = page::focused_class_inside(&host);
    assert!(focused.contains("snap-checkout__main"), "focus is on {focused:?}");
}

#[wasm_bindgen_test]
async fn an_embed_after_a_popup_hides_the_popup_first() {
    set_up("[]", TOKEN, "").await;
    fake_snap::install();
    let _container = own_container(400, 600);
    let popup = snap::pay("tok-1", &SnapOptions::default(), Box::new(|_| {}));
    fake_snap::call_back("onPending", Some("{}"));
    // The popup has reported its result and is still visible.
    let embed = snap::embed("tok-2", "payment-here", &SnapOptions::default(), Box::new(|_| {}));
    assert!(popup.is_ok() && embed.is_ok());
    let calls: Vec<_> = fake_snap::calls().iter().map(|call| call[..4].to_owned()).collect();
    assert_eq!(calls, ["pay ", "hide", "embe"]);
}

#[wasm_bindgen_test]
async fn mode_redirect_loads_no_script_and_uses_a_link_when_the_token_is_ready() {
    set_up("[]", TOKEN, "").await;
    let eager = SnapCheckoutProps { mode: Mode::Redirect, prepare_on_intent: true, ..props() };
    let mounted = MountedCheckout::with(eager).await;
    mounted.find("[data-way=pay]").expect("a button").focus().expect("a focusable button");
    clock::idle().await;
    assert_eq!((mounted.phase().as_str(), post_count(), network::added_scripts().len()), ("ready", 1, 0));
    let link = mounted.find("a.snap-checkout__main").expect("a link as the main button");
    assert_eq!(
        (mounted.attribute("a.snap-checkout__main", "href").as_str(), link.tag_name().as_str()),
        (HOSTED_LINK, "A")
    );
    assert!(page::focused_class().contains("snap-checkout__main"), "focus is on {:?}", page::focused_class());
}

#[wasm_bindgen_test]
async fn the_link_to_the_hosted_page_has_the_options_in_its_query() {
    set_up("[]", TOKEN, "").await;
    let options = SnapOptions {
        ui_mode: Some(snap::UiMode::Qr),
        selected_payment_type: Some("gopay & co".into()),
        enabled_payments: vec!["gopay".into()],
        auto_close_delay: Some(0),
        skip_order_summary: Some(true),
        ..SnapOptions::default()
    };
    let with_options = SnapCheckoutProps {
        mode: Mode::Redirect,
        prepare_on_intent: true,
        language: Language::English,
        options,
        ..props()
    };
    let mounted = MountedCheckout::with(with_options).await;
    mounted.find("[data-way=pay]").expect("a button").focus().expect("a focusable button");
    clock::idle().await;
    let expected =
        [HOSTED, "?language=en&selectedPaymentType=gopay+%26+co&gopayMode=qr&autoCloseDelay=0&skipOrderSummary=true"];
    assert_eq!(mounted.attribute("a.snap-checkout__main", "href"), expected.concat());
}

#[wasm_bindgen_test]
async fn the_query_and_fragment_of_the_backends_url_stay() {
    let backend_url = [HOSTED, "?language=en&x=1#top"].concat();
    let response = TOKEN.replace(HOSTED, &backend_url);
    assert_ne!(response, TOKEN);
    set_up("[]", &response, "").await;
    let eager = SnapCheckoutProps { mode: Mode::Redirect, prepare_on_intent: true, ..props() };
    let mounted = MountedCheckout::with(eager).await;
    mounted.find("[data-way=pay]").expect("a button").focus().expect("a focusable button");
    clock::idle().await;
    assert_eq!(mounted.attribute("a.snap-checkout__main", "href"), backend_url);
}

#[wasm_bindgen_test]
async fn an_invalid_client_key_has_the_same_code_in_every_mode_and_creates_no_order() {
    for mode in [Mode::Popup, Mode::Embed, Mode::Redirect] {
        for key in ["", "SB-Mid-server-abcdefgh"] {
            set_up(r#"["snap"]"#, TOKEN, "").await;
            let before = post_count();
            let mounted = MountedCheckout::with(SnapCheckoutProps { mode, client_key: key.into(), ..props() }).await;
            mounted.press("pay").await;
            assert_eq!(
                (mounted.phase().as_str(), mounted.alert_code().as_str()),
                ("failed", "client_key_invalid"),
                "{mode:?}"
            );
            assert_eq!(post_count(), before, "{mode:?}: an order was created");
        }
    }
}

#[wasm_bindgen_test]
async fn property_changes_during_a_payment_do_not_affect_it() {
    set_up(r#"["snap"]"#, TOKEN, &[status("created"), status("created")].join(",")).await;
    let mut mounted = open_popup().await;
    let elsewhere = SnapCheckoutProps {
        mode: Mode::Redirect,
        client_key: "SB-Mid-client-other".into(),
        environment: snap_checkout::Environment::Production,
        token_url: "https://elsewhere.test/api/orders".into(),
        order: r#"{"items":[7]}"#.into(),
        ..props()
    };
    mounted.app.as_mut().expect("a mounted checkout").update(elsewhere);
    clock::idle().await;
    assert!(fake_snap::is_shown());
    assert_eq!(mounted.phase(), "open");
    call_back("onSuccess", Some(RESULT)).await;
    assert_eq!(mounted.phase(), "confirming");
    let requests = crate::harness::requests();
    let last = requests.last().expect("a status request");
    assert!(last.url.ends_with("/api/orders/o-1") && !last.url.contains("elsewhere"), "{}", last.url);
}
