//! What to pay where, until when and how, while the payment is pending.

use flow::Phase;
use wire::digits;
use wire::merchant::PaymentInstruction;
use yew::AttrValue;

use super::{ViewContext, order, pressable, status_message};
use crate::effects::format;
use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::Key;

pub(super) fn panel(scene: &ViewContext) -> Option<ElementBuilder> {
    let Phase::Pending { payment: Some(payment), .. } = scene.phase else { return None };
    let list = tag("dl")
        .part("snap-checkout__rows")
        .maybe(number(scene, scene.text(Key::biller_code), payment.biller_code.as_ref(), "biller-code"))
        .maybe(number(scene, label(scene, payment), payment.code.as_ref(), "payment-code"))
        .maybe(amount(scene))
        .maybe(deadline(scene, payment));
    let picture = picture(scene, payment);
    let steps = steps(scene, payment, picture.is_some());
    let how = (!steps.is_empty()).then(|| {
        let steps = steps.into_iter().map(|step| tag("li").text(step));
        tag("div")
            .part("snap-checkout__how")
            .child(tag("strong").text(scene.text(Key::how)))
            .child(tag("ol").children(steps))
    });
    let pdf = web_address(scene, payment.pdf_url.as_deref()).map(|url| {
        tag("a")
            .with("href", url)
            .with("target", "_blank")
            .with("rel", "noopener noreferrer")
            .text(scene.text(Key::pdf))
    });
    let copied = status_message::copied(scene).map(|text| tag("span").part("snap-checkout__copied").text(text));
    let panel =
        tag("div").part("snap-checkout__instruction").maybe(picture).child(list).maybe(copied).maybe(how).maybe(pdf);
    Some(panel)
}

fn row(label: AttrValue, value: ElementBuilder) -> ElementBuilder {
    tag("div").part("snap-checkout__row").child(tag("dt").text(label)).child(value)
}

/// A number to type in somewhere else: in groups for the eye, in one piece for the clipboard.
fn number(
    scene: &ViewContext,
    label: AttrValue,
    number: Option<&String>,
    testid: &'static str,
) -> Option<ElementBuilder> {
    let number = number?;
    let mut shown = copyable(number).with("data-testid", testid);
    let mut rest = number.as_str();
    while let Some((group, after)) = rest.split_at_checked(4).filter(|(_, after)| after.len() > 2) {
        shown = shown.child(tag("span").text(group.to_owned()));
        rest = after;
    }
    Some(row(label, copied_by_press(scene, shown.child(tag("span").text(rest.to_owned())), number)))
}

fn amount(scene: &ViewContext) -> Option<ElementBuilder> {
    let priced = order(scene.phase).and_then(|order| order.gross_amount).or_else(|| scene.priced())?;
    let number = digits(priced.0);
    let shown = copyable(&number).text(format::rupiah(priced));
    Some(row(scene.text(Key::amount), copied_by_press(scene, shown, &number)))
}

fn copyable(number: &str) -> ElementBuilder {
    tag("output").part("snap-checkout__number").with("data-copy", number.to_owned())
}

fn copied_by_press(scene: &ViewContext, shown: ElementBuilder, number: &str) -> ElementBuilder {
    let there = scene.copied.is_some_and(|(text, there)| *there && **text == *number);
    // What stands before it is what it copies.
    let button = pressable("snap-checkout__copy").with("data-testid", "copy");
    tag("dd").part("snap-checkout__copyable").child(shown).child(button.text(if there {
        scene.text(Key::copied)
    } else {
        scene.text(Key::copy)
    }))
}

/// In the customer's words, and as time that runs out by the merchant's clock.
fn deadline(scene: &ViewContext, payment: &PaymentInstruction) -> Option<ElementBuilder> {
    let until = payment.expires_at.as_ref()?;
    let words = format::moment(until, scene.props.language)?;
    let now = order(scene.phase).and_then(|order| order.now.clone());
    let left = now.map(|now| {
        tag("span")
            .part("snap-checkout__left")
            .with("role", "timer")
            .with("aria-live", "off")
            .with("data-until", until.clone())
            .with("data-now", now)
            .with("data-over", scene.text(Key::time_is_over))
    });
    Some(row(scene.text(Key::pay_before), tag("dd").text(words).maybe(left)))
}

fn picture(scene: &ViewContext, payment: &PaymentInstruction) -> Option<ElementBuilder> {
    let url = web_address(scene, payment.qr_url.as_deref())?;
    let image = tag("img")
        .part("snap-checkout__qr")
        .with("src", url)
        .with("alt", scene.text(Key::qr))
        .with("width", "240")
        .with("height", "240");
    Some(image)
}

/// How to pay, in three steps; nothing for methods that the popup leads through.
fn steps(scene: &ViewContext, payment: &PaymentInstruction, pictured: bool) -> Vec<AttrValue> {
    let said = |parts: &[&str]| AttrValue::from(parts.concat());
    let provider = payment.provider.as_deref().unwrap_or_default();
    match payment.payment_type.as_str() {
        "bank_transfer" if payment.code.is_some() => {
            let own = scene.text(Key::your_bank);
            let (app, menu) = match provider {
                "bca" => ("BCA mobile", "m-Transfer › BCA Virtual Account"),
                "bni" => ("wondr by BNI", "Transfer › Virtual Account Billing"),
                "bri" => ("BRImo", "BRIVA"),
                "permata" => ("PermataMobile X", "Pembayaran Tagihan › Virtual Account"),
                "cimb" => ("OCTO by CIMB Niaga", "Transfer › Virtual Account"),
                _ => (&*own, "Transfer › Virtual Account"),
            };
            let open = said(&[&scene.text(Key::open_bank), app, &scene.text(Key::or_atm)]);
            vec![
                open,
                said(&[&scene.text(Key::choose), menu, &scene.text(Key::then_number)]),
                scene.text(Key::check_and_pay),
            ]
        }
        "echannel" => {
            let open = said(&[&scene.text(Key::open_bank), "Livin’ by Mandiri", &scene.text(Key::or_atm)]);
            let enter = said(&[&scene.text(Key::choose), "Bayar › Multipayment", &scene.text(Key::then_bill)]);
            vec![open, enter, scene.text(Key::check_and_pay)]
        }
        "cstore" => {
            let go = said(&[&scene.text(Key::go_to_till), &provider_name(provider)]);
            vec![go, scene.text(Key::show_code), scene.text(Key::keep_receipt)]
        }
        "gopay" | "qris" | "shopeepay" | "dana" => {
            let begin = if pictured { scene.text(Key::scan_here) } else { scene.text(Key::scan_there) };
            vec![scene.text(Key::open_wallet), begin, scene.text(Key::check_and_pin)]
        }
        _ => vec![],
    }
}

/// `Nomor virtual account BCA`
fn label(scene: &ViewContext, payment: &PaymentInstruction) -> AttrValue {
    let kind = scene.text(match payment.payment_type.as_str() {
        "echannel" => Key::bill_key,
        "bank_transfer" => Key::virtual_account,
        _ => Key::payment_code,
    });
    match payment.provider.as_deref() {
        Some(provider) => [&*kind, " ", &provider_name(provider)].concat().into(),
        None => kind,
    }
}

/// Names of banks and shops as they write themselves; one that is not listed is shown as it came.
fn provider_name(provider: &str) -> String {
    match provider {
        "bca" | "bni" | "bri" | "bsi" | "cimb" => provider.to_ascii_uppercase(),
        "mandiri" => "Mandiri".into(),
        "permata" => "Permata".into(),
        "danamon" => "Danamon".into(),
        "indomaret" => "Indomaret".into(),
        "alfamart" => "Alfamart".into(),
        other => other.to_owned(),
    }
}

/// Only a web address may become a link or a picture: https, or the gateway of this environment.
fn web_address(scene: &ViewContext, url: Option<&str>) -> Option<String> {
    let url = url?;
    let local = url.strip_prefix(scene.props.environment.origin()).is_some_and(|path| path.starts_with('/'));
    (local || url.starts_with("https://")).then(|| url.to_owned())
}
