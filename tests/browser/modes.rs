//! Popup, embed and redirect: what each calls, where it shows, and what is left of it.

use snap_checkout::effects::snap;
use snap_checkout::i18n::Language;
use snap_checkout::{Mode, SnapCheckoutProps, SnapOptions};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::harness::{clock, fake_snap, network, page};
use crate::mounted_checkout::*;

fn embedding() -> SnapCheckoutProps {
    SnapCheckoutProps { mode: Mode::Embed, ..props() }
}

/// A place of the merchant's, so many pixels wide and high.
fn place(width: u32, height: u32) -> Element {
    let place = document().create_element("div").expect("an element");
    place.set_id("payment-here");
    place.set_class_name("mounted");
    place.set_attribute("style", &format!("width: {width}px; height: {height}px")).expect("an attribute");
    document().body().expect("a body").append_child(&place).expect("room");
    place
}

fn our_places() -> u32 {
    document().query_selector_all("[id^=snap-checkout-place]").expect("a selector").length()
}

#[wasm_bindgen_test]
async fn an_embed_makes_room_inside_the_component_and_leaves_none_behind() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mut shown = Shown::with(embedding()).await;
    assert_eq!(our_places(), 0, "not before it is needed");
    shown.press("pay").await;
    assert_eq!(shown.phase(), "open");
    let place = shown.find("[id^=snap-checkout-place]").expect("a place inside the component");
    let embeds: Vec<_> = fake_snap::calls().into_iter().filter(|call| call.starts_with("embed")).collect();
    assert_eq!(embeds.len(), 1);
    assert!(embeds[0].contains(&format!(r#""embedId":"{}""#, place.id())), "{embeds:?}");
    assert!(place.first_element_child().is_some(), "snap.js found it");
    assert!(shown.find("[data-way=pay]").is_some_and(|main| main.has_attribute("hidden")), "nothing to press again");
    // An embed has no X: the way out is ours.
    shown.press("close").await;
    assert_eq!((shown.phase().as_str(), fake_snap::is_shown(), our_places()), ("closed", false, 0));
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), our_places()), ("open", 1));
    shown.close().await;
    assert_eq!((fake_snap::is_shown(), our_places()), (false, 0), "it goes with its component");
}

#[wasm_bindgen_test]
async fn an_embed_shows_in_the_merchants_own_place() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let place = place(400, 600);
    let shown = Shown::with(SnapCheckoutProps { embed_id: Some("payment-here".into()), ..embedding() }).await;
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), our_places()), ("open", 0));
    assert!(place.first_element_child().is_some());
    says("onSuccess", Some(RESULT)).await;
    assert!(!fake_snap::is_shown() && place.is_connected(), "hidden, and the merchant's element is left alone");
}

#[wasm_bindgen_test]
async fn a_place_that_is_too_small_gets_the_popup_and_is_told_of_once() {
    for (width, height) in [(319, 900), (900, 559), (0, 0)] {
        shop(r#"["snap"]"#, TOKEN, &status("created")).await;
        let _place = place(width, height);
        let small = SnapCheckoutProps { embed_id: Some("payment-here".into()), ..embedding() };
        let shown = Shown::with(small).await;
        shown.press("pay").await;
        assert_eq!((shown.phase().as_str(), pays().len()), ("open", 1), "{width} by {height}");
        assert_eq!(fake_snap::calls().iter().filter(|call| call.starts_with("embed")).count(), 0);
        shown.press("close").await;
        shown.press("pay").await;
        let told = page::written().matches("320 by 560").count();
        assert!(told <= 1, "told {told} times: {}", page::written());
    }
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let _place = place(320, 560);
    let fits = SnapCheckoutProps { embed_id: Some("payment-here".into()), ..embedding() };
    let shown = Shown::with(fits).await;
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), pays().len()), ("open", 0), "exactly large enough");
}

#[wasm_bindgen_test]
async fn inside_a_shadow_root_the_place_is_a_light_child_of_the_host() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let host = document().create_element("div").expect("an element");
    host.set_class_name("mounted");
    document().body().expect("a body").append_child(&host).expect("room");
    let shown = Shown::inside(page::shadow_of(&host), embedding()).await;
    shown.press("pay").await;
    assert_eq!(shown.phase(), "open");
    let place = host.query_selector(":scope > [slot=snap-embed]").expect("a selector").expect("a light child");
    assert!(place.id().starts_with("snap-checkout-place") && place.first_element_child().is_some());
    says("onClose", None).await;
    assert_eq!((shown.phase().as_str(), our_places()), ("closed", 0));
    let focused = page::focused_inside(&host);
    assert!(focused.contains("snap-checkout__main"), "the focus is back on the button, not on {focused:?}");
}

#[wasm_bindgen_test]
async fn switching_hides_the_other_first() {
    shop("[]", TOKEN, "").await;
    fake_snap::install();
    let _place = place(400, 600);
    let popup = snap::pay("tok-1", &SnapOptions::default(), Box::new(|_| {}));
    fake_snap::says("onPending", Some("{}"));
    // It said its word and is still on the screen.
    let embed = snap::embed("tok-2", "payment-here", &SnapOptions::default(), Box::new(|_| {}));
    assert!(popup.is_ok() && embed.is_ok());
    let calls: Vec<_> = fake_snap::calls().iter().map(|call| call[..4].to_owned()).collect();
    assert_eq!(calls, ["pay ", "hide", "embe"]);
}

#[wasm_bindgen_test]
async fn redirect_needs_no_script_and_goes_by_a_link_where_it_can() {
    shop("[]", TOKEN, "").await;
    let eager = SnapCheckoutProps { mode: Mode::Redirect, prepare_on_intent: true, ..props() };
    let shown = Shown::with(eager).await;
    shown.find("[data-way=pay]").expect("a button").focus().expect("it takes the focus");
    clock::idle().await;
    assert_eq!((shown.phase().as_str(), posts(), network::tags_made().len()), ("ready", 1, 0));
    let link = shown.find("a.snap-checkout__main").expect("the button is a link now");
    assert_eq!(
        (shown.attribute("a.snap-checkout__main", "href").as_str(), link.tag_name().as_str()),
        (HOSTED_LINK, "A")
    );
    assert!(page::focused().contains("snap-checkout__main"), "it kept the focus: {:?}", page::focused());
}

#[wasm_bindgen_test]
async fn the_hosted_page_gets_the_options_in_its_address() {
    shop("[]", TOKEN, "").await;
    let options = SnapOptions {
        ui_mode: Some(snap::UiMode::Qr),
        selected_payment_type: Some("gopay & co".into()),
        enabled_payments: vec!["gopay".into()],
        auto_close_delay: Some(0),
        skip_order_summary: Some(true),
        ..SnapOptions::default()
    };
    let wanted = SnapCheckoutProps {
        mode: Mode::Redirect,
        prepare_on_intent: true,
        language: Language::English,
        options,
        ..props()
    };
    let shown = Shown::with(wanted).await;
    shown.find("[data-way=pay]").expect("a button").focus().expect("it takes the focus");
    clock::idle().await;
    let expected =
        [HOSTED, "?language=en&selectedPaymentType=gopay+%26+co&gopayMode=qr&autoCloseDelay=0&skipOrderSummary=true"];
    assert_eq!(shown.attribute("a.snap-checkout__main", "href"), expected.concat());
}

#[wasm_bindgen_test]
async fn what_the_merchant_wrote_into_the_address_stays() {
    let theirs = [HOSTED, "?language=en&x=1#top"].concat();
    let answer = TOKEN.replace(HOSTED, &theirs);
    assert_ne!(answer, TOKEN);
    shop("[]", &answer, "").await;
    let eager = SnapCheckoutProps { mode: Mode::Redirect, prepare_on_intent: true, ..props() };
    let shown = Shown::with(eager).await;
    shown.find("[data-way=pay]").expect("a button").focus().expect("it takes the focus");
    clock::idle().await;
    assert_eq!(shown.attribute("a.snap-checkout__main", "href"), theirs);
}

#[wasm_bindgen_test]
async fn a_wrong_client_key_has_one_code_in_every_mode_and_makes_no_order() {
    for mode in [Mode::Popup, Mode::Embed, Mode::Redirect] {
        for key in ["", "SB-Mid-server-abcdefgh"] {
            shop(r#"["snap"]"#, TOKEN, "").await;
            let before = posts();
            let shown = Shown::with(SnapCheckoutProps { mode, client_key: key.into(), ..props() }).await;
            shown.press("pay").await;
            assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("failed", "client_key_invalid"), "{mode:?}");
            assert_eq!(posts(), before, "{mode:?}: an order was made");
        }
    }
}

#[wasm_bindgen_test]
async fn properties_that_change_in_the_middle_of_a_payment_do_not_touch_it() {
    shop(r#"["snap"]"#, TOKEN, &[status("created"), status("created")].join(",")).await;
    let mut shown = open().await;
    let elsewhere = SnapCheckoutProps {
        mode: Mode::Redirect,
        client_key: "SB-Mid-client-other".into(),
        environment: snap_checkout::Environment::Production,
        token_url: "https://elsewhere.test/api/orders".into(),
        order: r#"{"items":[7]}"#.into(),
        ..props()
    };
    shown.app.as_mut().expect("it is mounted").update(elsewhere);
    clock::idle().await;
    assert!(fake_snap::is_shown());
    assert_eq!(shown.phase(), "open");
    says("onSuccess", Some(RESULT)).await;
    assert_eq!(shown.phase(), "confirming");
    let asked = crate::harness::asked();
    let last = asked.last().expect("the merchant was asked");
    assert!(last.url.ends_with("/api/orders/o-1") && !last.url.contains("elsewhere"), "{}", last.url);
}
