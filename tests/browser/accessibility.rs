//! The polite live region, alerts, custom texts and the theme.

use snap_checkout::i18n::{Key, Language, Texts};
use snap_checkout::{SnapCheckoutProps, Theme};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{clock, page};
use crate::mounted_checkout::*;

const POLITE: &str = "[role=status], [role=log], [aria-live=polite]";

#[wasm_bindgen_test]
async fn one_polite_region_stays_from_the_first_phase_to_the_last() {
    set_up(r#"["snap"]"#, TOKEN, &[status("pending"), status("pending"), status("paid")].join(",")).await;
    let mounted = MountedCheckout::new().await;
    let region = mounted.find(POLITE).expect("a region in the first render");
    region.set_attribute("data-mark", "first").expect("an attribute");
    let only_one = |when: &str| {
        let all = mounted
            .find(".snap-checkout")
            .expect("a rendered checkout")
            .query_selector_all(POLITE)
            .expect("a selector");
        assert_eq!(all.length(), 1, "{when}");
        assert_eq!(mounted.attribute(POLITE, "data-mark"), "first", "{when}: not the same element");
    };
    only_one("idle");
    mounted.press("pay").await;
    only_one("open");
    call_back("onPending", Some(PENDING)).await;
    only_one("pending");
    page::set_clipboard("api");
    mounted.find("[data-testid=copy]").expect("a button").click();
    clock::idle().await;
    assert!(mounted.text(POLITE).contains("Disalin"), "the region does not report the copy: {}", mounted.text(POLITE));
    only_one("copied");
    clock::advance(10_000).await;
    assert_eq!(mounted.phase(), "paid");
    only_one("paid");
    assert!(!mounted.text(POLITE).contains("Disalin") && !mounted.text(POLITE).is_empty());
}

#[wasm_bindgen_test]
async fn a_failure_is_announced_in_an_alert_region_that_exists_from_the_start() {
    set_up(r#"["snap"]"#, r#"{"status":400}"#, "").await;
    let mounted = MountedCheckout::new().await;
    mounted
        .find("[role=alert]")
        .expect("an alert region in the first render")
        .set_attribute("data-mark", "first")
        .expect("an attribute");
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), mounted.text("[role=status]").as_str()), ("failed", ""));
    assert!(mounted.text("[role=alert]").contains("token_refused"));
    assert_eq!(mounted.attribute("[role=alert]", "data-mark"), "first");
}

#[wasm_bindgen_test]
async fn custom_texts_replace_the_default_texts_and_changes_show_at_once() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mut mounted = MountedCheckout::with(SnapCheckoutProps {
        texts: Texts::default().with(Key::pay, "Donasi").with(Key::closed, "Belum jadi"),
        theme: Theme::Dark,
        ..props()
    })
    .await;
    assert_eq!(mounted.text("[data-way=pay]"), "Donasi");
    assert_eq!(mounted.attribute(".snap-checkout", "data-theme"), "dark");
    assert_eq!(mounted.attribute("[data-way=pay]", "part"), "main");
    mounted.press("pay").await;
    call_back("onClose", None).await;
    assert!(mounted.text("[role=status]").starts_with("Belum jadi"));
    assert!(mounted.text("[role=status]").contains("masih tersimpan"), "other texts are not the default ones");
    let english = SnapCheckoutProps { language: Language::English, ..props() };
    mounted.app.as_mut().expect("a mounted checkout").update(english);
    clock::idle().await;
    assert_eq!((mounted.text("[data-way=pay]").as_str(), mounted.phase().as_str()), ("Continue payment", "closed"));
    assert_eq!(mounted.attribute(".snap-checkout", "data-theme"), "auto");
}
