//! The payment instructions of a pending payment: code, amount, countdown and steps.

use snap_checkout::SnapCheckoutProps;
use snap_checkout::effects::json::written;
use snap_checkout::i18n::Language;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::harness::{clock, page, requests};
use crate::mounted_checkout::*;

/// A checkout whose order is pending, with this payment and further fields.
async fn pending_with(payment: &str, fields: &str, language: Language) -> MountedCheckout {
    let body = format!(r#"{{"order_id":"o-1","status":"pending","gross_amount":85000,"payment":{payment}{fields}}}"#);
    set_up(r#"["snap"]"#, TOKEN, &format!(r#"{{"body":{}}}"#, written(&body))).await;
    let mounted = MountedCheckout::with(SnapCheckoutProps { language, ..props() }).await;
    mounted.press("pay").await;
    call_back("onPending", Some("{}")).await;
    assert_eq!(mounted.phase(), "pending");
    mounted
}

const VA: &str = r#"{"payment_type":"bank_transfer","provider":"bca","code":"70012906793","expires_at":"2026-11-24T22:48:20+07:00"}"#;

#[wasm_bindgen_test]
async fn payment_codes_are_displayed_in_groups_and_copied_without_spaces() {
    for (kind, copied, message) in
        [("api", true, "Copied"), ("command", true, "Copied"), ("none", false, "Could not copy")]
    {
        let mounted = pending_with(VA, "", Language::English).await;
        page::set_clipboard(kind);
        assert_eq!(mounted.text("[data-testid=payment-code]"), "70012906793");
        let groups = mounted.find("[data-testid=payment-code]").expect("a payment code").child_element_count();
        assert_eq!(groups, 3, "the groups of 7001 2906 793");
        let button = mounted.find("[data-testid=copy]").expect("a button");
        button.click();
        clock::idle().await;
        assert_eq!(page::clipboard_text(), if copied { "70012906793" } else { "" }, "{kind}");
        assert!(mounted.text(".snap-checkout__copied").starts_with(message), "{kind}");
        assert_eq!(mounted.text("[data-testid=copy]") == "Copied", copied, "{kind}");
        if !copied {
            assert_eq!(page::selected_text(), "70012906793", "the code is not selected for copying by hand");
        }
        // The next status request does not remove the message.
        clock::advance(5_000).await;
        assert!(mounted.text(".snap-checkout__copied").starts_with(message), "{kind}");
    }
    let mounted = pending_with(VA, "", Language::English).await;
    page::set_clipboard("command");
    mounted.find("dd:has([data-copy='85000']) button").expect("a copy button for the amount").click();
    clock::idle().await;
    assert_eq!(page::clipboard_text(), "85000", "the copied amount is formatted");
}

#[wasm_bindgen_test]
async fn the_countdown_uses_the_backends_clock() {
    const DAY: f64 = 86_400_000.0;
    for offset in [0.0, DAY, -DAY] {
        let mounted = pending_with(VA, r#","now":"2026-11-24T15:46:15.000Z""#, Language::English).await;
        page::shift_clock(offset);
        let remaining = || mounted.text("[data-until]");
        assert_eq!(remaining(), "0:02:05");
        clock::advance(1_000).await;
        assert_eq!(remaining(), "0:02:04", "{offset}");
        clock::advance(63_000).await;
        assert_eq!(remaining(), "0:01:01", "a repeated response resets the countdown");
        assert_eq!(mounted.attribute("[data-until]", "aria-live"), "off");
        assert_eq!(mounted.attribute("[data-until]", "role"), "timer");
        clock::advance(59_000).await;
        let before = requests().len();
        clock::advance(3_000).await;
        assert!(remaining().starts_with("Time is over"), "{}", remaining());
        assert!(requests().len() > before, "no status request at the end");
        clock::advance(60_000).await;
        assert!(requests().len() < before + 40, "more than one extra status request");
    }
    let without = pending_with(VA, "", Language::English).await;
    assert!(without.find("[data-until]").is_none(), "a countdown without the backend's time");
    assert!(without.text(".snap-checkout__rows").contains("November"), "no expiry date");
    let invalid = pending_with(VA, r#","now":"yesterday""#, Language::English).await;
    assert_eq!(invalid.text("[data-until]"), "");
}

#[wasm_bindgen_test]
async fn every_payment_method_has_its_steps() {
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
    for (payment, steps, text) in cases {
        let mounted = pending_with(payment, "", Language::Indonesian).await;
        let list = mounted.find(".snap-checkout__how ol").map_or(0, |list| list.child_element_count());
        assert_eq!(list, steps, "{payment}");
        assert!(mounted.text(".snap-checkout__how").contains(text), "{payment}");
    }
    let bill = pending_with(cases[2].0, "", Language::English).await;
    assert_eq!(bill.text("[data-testid=biller-code]"), "70012");
    assert!(
        bill.find("dd:has([data-copy='70012']) button").is_some() && bill.find("dd:has([data-copy='99'])").is_some()
    );
}

#[wasm_bindgen_test]
async fn only_http_urls_become_links_and_images() {
    for (url, expected) in [
        ("https://api.midtrans.com/v2/qris/1/qr-code", "https://api.midtrans.com/v2/qris/1/qr-code"),
        ("http://gateway.test/qr", "http://gateway.test/qr"),
        ("http://gateway.test.evil/qr", ""),
        ("javascript:alert(1)", ""),
        ("data:image/png;base64,AAAA", ""),
    ] {
        let payment = format!(r#"{{"payment_type":"qris","qr_url":"{url}","pdf_url":"{url}"}}"#);
        let mounted = pending_with(&payment, "", Language::English).await;
        assert_eq!(mounted.attribute("img", "src"), expected, "{url}");
        assert_eq!(mounted.attribute(".snap-checkout__instruction a", "href"), expected, "{url}");
        if !expected.is_empty() {
            assert_eq!(
                (mounted.attribute("img", "width"), mounted.attribute("img", "alt").is_empty()),
                ("240".into(), false)
            );
        }
    }
}
