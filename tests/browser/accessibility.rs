//! What is said, to whom and in whose words: the one polite region, alerts, the merchant's own texts, the theme.

use snap_checkout::i18n::{Key, Language, Texts};
use snap_checkout::{SnapCheckoutProps, Theme};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{clock, page};
use crate::mounted_checkout::*;

const POLITE: &str = "[role=status], [role=log], [aria-live=polite]";

#[wasm_bindgen_test]
async fn one_polite_region_survives_from_the_first_phase_to_the_last() {
    shop(r#"["snap"]"#, TOKEN, &[status("pending"), status("pending"), status("paid")].join(",")).await;
    let shown = Shown::new().await;
    let region = shown.find(POLITE).expect("it is there before anything is said");
    region.set_attribute("data-mark", "first").expect("an attribute");
    let only_one = |when: &str| {
        let all = shown.find(".snap-checkout").expect("it is shown").query_selector_all(POLITE).expect("a selector");
        assert_eq!(all.length(), 1, "{when}");
        assert_eq!(shown.attribute(POLITE, "data-mark"), "first", "{when}: it is the same element");
    };
    only_one("idle");
    shown.press("pay").await;
    only_one("open");
    says("onPending", Some(PENDING)).await;
    only_one("pending");
    page::clipboard_is("api");
    shown.find("[data-testid=copy]").expect("a button").click();
    clock::idle().await;
    assert!(shown.text(POLITE).contains("Disalin"), "what became of the copy is said there: {}", shown.text(POLITE));
    only_one("copied");
    clock::pass(10_000).await;
    assert_eq!(shown.phase(), "paid");
    only_one("paid");
    assert!(!shown.text(POLITE).contains("Disalin") && !shown.text(POLITE).is_empty());
}

#[wasm_bindgen_test]
async fn a_failure_is_an_alert_in_a_region_that_was_there_before() {
    shop(r#"["snap"]"#, r#"{"status":400}"#, "").await;
    let shown = Shown::new().await;
    shown.find("[role=alert]").expect("before it is needed").set_attribute("data-mark", "first").expect("an attribute");
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), shown.text("[role=status]").as_str()), ("failed", ""));
    assert!(shown.text("[role=alert]").contains("token_refused"));
    assert_eq!(shown.attribute("[role=alert]", "data-mark"), "first");
}

#[wasm_bindgen_test]
async fn the_merchants_own_words_replace_ours_and_a_change_shows_at_once() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mut shown = Shown::with(SnapCheckoutProps {
        texts: Texts::default().with(Key::pay, "Donasi").with(Key::closed, "Belum jadi"),
        theme: Theme::Dark,
        ..props()
    })
    .await;
    assert_eq!(shown.text("[data-way=pay]"), "Donasi");
    assert_eq!(shown.attribute(".snap-checkout", "data-theme"), "dark");
    assert_eq!(shown.attribute("[data-way=pay]", "part"), "main");
    shown.press("pay").await;
    says("onClose", None).await;
    assert!(shown.text("[role=status]").starts_with("Belum jadi"));
    assert!(shown.text("[role=status]").contains("masih tersimpan"), "the rest is ours");
    let english = SnapCheckoutProps { language: Language::English, ..props() };
    shown.app.as_mut().expect("it is mounted").update(english);
    clock::idle().await;
    assert_eq!((shown.text("[data-way=pay]").as_str(), shown.phase().as_str()), ("Continue payment", "closed"));
    assert_eq!(shown.attribute(".snap-checkout", "data-theme"), "auto");
}
