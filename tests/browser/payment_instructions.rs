//! What to pay where, until when and how, while the payment is pending.

use snap_checkout::SnapCheckoutProps;
use snap_checkout::effects::json::written;
use snap_checkout::i18n::Language;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{asked, clock, page};
use crate::mounted_checkout::*;

/// The merchant's word on a pending order, with this payment and further members.
async fn awaiting(payment: &str, more: &str, language: Language) -> Shown {
    let body = format!(r#"{{"order_id":"o-1","status":"pending","gross_amount":85000,"payment":{payment}{more}}}"#);
    shop(r#"["snap"]"#, TOKEN, &format!(r#"{{"body":{}}}"#, written(&body))).await;
    let shown = Shown::with(SnapCheckoutProps { language, ..props() }).await;
    shown.press("pay").await;
    says("onPending", Some("{}")).await;
    assert_eq!(shown.phase(), "pending");
    shown
}

const VA: &str = r#"{"payment_type":"bank_transfer","provider":"bca","code":"70012906793","expires_at":"2026-11-24T22:48:20+07:00"}"#;

#[wasm_bindgen_test]
async fn numbers_are_grouped_for_the_eye_and_copied_in_one_piece() {
    for (kind, copied, said) in
        [("api", true, "Copied"), ("command", true, "Copied"), ("none", false, "Could not copy")]
    {
        let shown = awaiting(VA, "", Language::English).await;
        page::clipboard_is(kind);
        assert_eq!(shown.text("[data-testid=payment-code]"), "70012906793");
        let groups = shown.find("[data-testid=payment-code]").expect("a number").child_element_count();
        assert_eq!(groups, 3, "7001 2906 793");
        let button = shown.find("[data-testid=copy]").expect("a button");
        button.click();
        clock::idle().await;
        assert_eq!(page::copied(), if copied { "70012906793" } else { "" }, "{kind}");
        assert!(shown.text(".snap-checkout__copied").starts_with(said), "{kind}");
        assert_eq!(shown.text("[data-testid=copy]") == "Copied", copied, "{kind}");
        if !copied {
            assert_eq!(page::selected(), "70012906793", "what is selected can be copied by hand");
        }
        // The next question does not take it away.
        clock::pass(5_000).await;
        assert!(shown.text(".snap-checkout__copied").starts_with(said), "{kind}");
    }
    let shown = awaiting(VA, "", Language::English).await;
    page::clipboard_is("command");
    shown.find("dd:has([data-copy='85000']) button").expect("the amount can be copied too").click();
    clock::idle().await;
    assert_eq!(page::copied(), "85000", "as a number, not as it is written");
}

#[wasm_bindgen_test]
async fn the_countdown_goes_by_the_merchants_clock() {
    const DAY: f64 = 86_400_000.0;
    for wrong_by in [0.0, DAY, -DAY] {
        let shown = awaiting(VA, r#","now":"2026-11-24T15:46:15.000Z""#, Language::English).await;
        page::clock_is_wrong_by(wrong_by);
        let left = || shown.text("[data-until]");
        assert_eq!(left(), "0:02:05");
        clock::pass(1_000).await;
        assert_eq!(left(), "0:02:04", "{wrong_by}");
        clock::pass(63_000).await;
        assert_eq!(left(), "0:01:01", "the same answer again does not wind it up");
        assert_eq!(shown.attribute("[data-until]", "aria-live"), "off");
        assert_eq!(shown.attribute("[data-until]", "role"), "timer");
        clock::pass(59_000).await;
        let before = asked().len();
        clock::pass(3_000).await;
        assert!(left().starts_with("Time is over"), "{}", left());
        assert!(asked().len() > before, "and the merchant is asked");
        clock::pass(60_000).await;
        assert!(asked().len() < before + 40, "once, then as always");
    }
    let without = awaiting(VA, "", Language::English).await;
    assert!(without.find("[data-until]").is_none(), "this machine's clock is no clock");
    assert!(without.text(".snap-checkout__rows").contains("November"), "but until when is known");
    let nonsense = awaiting(VA, r#","now":"yesterday""#, Language::English).await;
    assert_eq!(nonsense.text("[data-until]"), "");
}

#[wasm_bindgen_test]
async fn every_method_says_how() {
    let cases = [
        (VA, 3, "BCA mobile"),
        (r#"{"payment_type":"bank_transfer","provider":"bsi","code":"1"}"#, 3, "aplikasi bank Anda"),
        (r#"{"payment_type":"echannel","provider":"mandiri","code":"99","biller_code":"70012"}"#, 3, "Livin’"),
        (r#"{"payment_type":"cstore","provider":"indomaret","code":"1"}"#, 3, "kasir Indomaret"),
        (r#"{"payment_type":"cstore","provider":"alfamart","code":"1"}"#, 3, "kasir Alfamart"),
        (r#"{"payment_type":"gopay"}"#, 3, "di jendela pembayaran"),
        (r#"{"payment_type":"qris","qr_url":"http://gateway.test/qr"}"#, 3, "Pindai kode QR di atas"),
        (r#"{"payment_type":"credit_card"}"#, 0, ""),
    ];
    for (payment, steps, said) in cases {
        let shown = awaiting(payment, "", Language::Indonesian).await;
        let list = shown.find(".snap-checkout__how ol").map_or(0, |list| list.child_element_count());
        assert_eq!(list, steps, "{payment}");
        assert!(shown.text(".snap-checkout__how").contains(said), "{payment}");
    }
    let bill = awaiting(cases[2].0, "", Language::English).await;
    assert_eq!(bill.text("[data-testid=biller-code]"), "70012");
    assert!(
        bill.find("dd:has([data-copy='70012']) button").is_some() && bill.find("dd:has([data-copy='99'])").is_some()
    );
}

#[wasm_bindgen_test]
async fn only_web_addresses_become_links_and_pictures() {
    for (url, shown_as) in [
        ("https://api.midtrans.com/v2/qris/1/qr-code", "https://api.midtrans.com/v2/qris/1/qr-code"),
        ("http://gateway.test/qr", "http://gateway.test/qr"),
        ("http://gateway.test.evil/qr", ""),
        ("javascript:alert(1)", ""),
        ("data:image/png;base64,AAAA", ""),
    ] {
        let payment = format!(r#"{{"payment_type":"qris","qr_url":"{url}","pdf_url":"{url}"}}"#);
        let shown = awaiting(&payment, "", Language::English).await;
        assert_eq!(shown.attribute("img", "src"), shown_as, "{url}");
        assert_eq!(shown.attribute(".snap-checkout__instruction a", "href"), shown_as, "{url}");
        if !shown_as.is_empty() {
            assert_eq!(
                (shown.attribute("img", "width"), shown.attribute("img", "alt").is_empty()),
                ("240".into(), false)
            );
        }
    }
}
