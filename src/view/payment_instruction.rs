//! The payment instruction of a pending payment: code, amount, deadline and steps.

use flow::Phase;
use wire::digits;
use wire::merchant::PaymentInstruction;
use yew::AttrValue;

use super::context::{ViewContext, order, pressable};
use super::status_message;
use crate::effects::format;
use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::Key;

pub(super) fn panel(context: &ViewContext) -> Option<ElementBuilder> {
    let Phase::Pending { payment: Some(payment), .. } = context.phase else { return None };
    let list = tag("dl")
        .part("snap-checkout__rows")
        .maybe(number(context, context.text(Key::biller_code), payment.biller_code.as_ref(), "biller-code"))
        .maybe(number(context, label(context, payment), payment.code.as_ref(), "payment-code"))
        .maybe(amount(context))
        .maybe(deadline(context, payment));
    let picture = picture(context, payment);
    let steps = steps(context, payment, picture.is_some());
    let how = (!steps.is_empty()).then(|| {
        let steps = steps.into_iter().map(|step| tag("li").text(step));
        tag("div")
            .part("snap-checkout__how")
            .child(tag("strong").text(context.text(Key::how)))
            .child(tag("ol").children(steps))
    });
    let pdf = web_address(context, payment.pdf_url.as_deref()).map(|url| {
        tag("a")
            .with("href", url)
            .with("target", "_blank")
            .with("rel", "noopener noreferrer")
            .text(context.text(Key::pdf))
    });
    let copied = status_message::copied(context).map(|text| tag("span").part("snap-checkout__copied").text(text));
    let panel =
        tag("div").part("snap-checkout__instruction").maybe(picture).child(list).maybe(copied).maybe(how).maybe(pdf);
    Some(panel)
}

fn row(label: AttrValue, value: ElementBuilder) -> ElementBuilder {
    tag("div").part("snap-checkout__row").child(tag("dt").text(label)).child(value)
}

/// A number for the customer to type or copy: in groups on the screen, without spaces on the clipboard.
fn number(
    context: &ViewContext,
    label: AttrValue,
    number: Option<&String>,
    testid: &'static str,
) -> Option<ElementBuilder> {
    let number = number?;
    let mut output = copyable(number).with("data-testid", testid);
    let mut rest = number.as_str();
    while let Some((group, after)) = rest.split_at_checked(4).filter(|(_, after)| after.len() > 2) {
        output = output.child(tag("span").text(group.to_owned()));
        rest = after;
    }
    Some(row(label, with_copy_button(context, output.child(tag("span").text(rest.to_owned())), number)))
}

fn amount(context: &ViewContext) -> Option<ElementBuilder> {
    let amount = order(context.phase).and_then(|order| order.gross_amount).or_else(|| context.amount())?;
    let number = digits(amount.0);
    let output = copyable(&number).text(format::rupiah(amount));
    Some(row(context.text(Key::amount), with_copy_button(context, output, &number)))
}

fn copyable(number: &str) -> ElementBuilder {
    tag("output").part("snap-checkout__number").with("data-copy", number.to_owned())
}

fn with_copy_button(context: &ViewContext, output: ElementBuilder, number: &str) -> ElementBuilder {
    let is_copied = context.copied.is_some_and(|(text, copied)| *copied && **text == *number);
    // The button copies the element before it.
    let button = pressable("snap-checkout__copy").with("data-testid", "copy");
    tag("dd").part("snap-checkout__copyable").child(output).child(button.text(if is_copied {
        context.text(Key::copied)
    } else {
        context.text(Key::copy)
    }))
}

/// The deadline as a date, and as a countdown by the backend's clock.
fn deadline(context: &ViewContext, payment: &PaymentInstruction) -> Option<ElementBuilder> {
    let until = payment.expires_at.as_ref()?;
    let date = format::moment(until, context.props.language)?;
    let now = order(context.phase).and_then(|order| order.now.clone());
    let left = now.map(|now| {
        tag("span")
            .part("snap-checkout__left")
            .with("role", "timer")
            .with("aria-live", "off")
            .with("data-until", until.clone())
            .with("data-now", now)
            .with("data-over", context.text(Key::time_is_over))
    });
    Some(row(context.text(Key::pay_before), tag("dd").text(date).maybe(left)))
}

fn picture(context: &ViewContext, payment: &PaymentInstruction) -> Option<ElementBuilder> {
    let url = web_address(context, payment.qr_url.as_deref())?;
    let image = tag("img")
        .part("snap-checkout__qr")
        .with("src", url)
        .with("alt", context.text(Key::qr))
        .with("width", "240")
        .with("height", "240");
    Some(image)
}

/// How to pay, in three steps. Empty for methods that the popup explains.
fn steps(context: &ViewContext, payment: &PaymentInstruction, has_picture: bool) -> Vec<AttrValue> {
    let join = |parts: &[&str]| AttrValue::from(parts.concat());
    let provider = payment.provider.as_deref().unwrap_or_default();
    match payment.payment_type.as_str() {
        "bank_transfer" if payment.code.is_some() => {
            let own = context.text(Key::your_bank);
            let (app, menu) = match provider {
                "bca" => ("BCA mobile", "m-Transfer › BCA Virtual Account"),
                "bni" => ("wondr by BNI", "Transfer › Virtual Account Billing"),
                "bri" => ("BRImo", "BRIVA"),
                "permata" => ("PermataMobile X", "Pembayaran Tagihan › Virtual Account"),
                "cimb" => ("OCTO by CIMB Niaga", "Transfer › Virtual Account"),
                _ => (&*own, "Transfer › Virtual Account"),
            };
            let open = join(&[&context.text(Key::open_bank), app, &context.text(Key::or_atm)]);
            vec![
                open,
                join(&[&context.text(Key::choose), menu, &context.text(Key::then_number)]),
                context.text(Key::check_and_pay),
            ]
        }
        "echannel" => {
            let open = join(&[&context.text(Key::open_bank), "Livin’ by Mandiri", &context.text(Key::or_atm)]);
            let enter = join(&[&context.text(Key::choose), "Bayar › Multipayment", &context.text(Key::then_bill)]);
            vec![open, enter, context.text(Key::check_and_pay)]
        }
        "cstore" => {
            let go = join(&[&context.text(Key::go_to_till), &provider_name(provider)]);
            vec![go, context.text(Key::show_code), context.text(Key::keep_receipt)]
        }
        "gopay" | "qris" | "shopeepay" | "dana" => {
            let scan = if has_picture { context.text(Key::scan_here) } else { context.text(Key::scan_there) };
            vec![context.text(Key::open_wallet), scan, context.text(Key::check_and_pin)]
        }
        _ => vec![],
    }
}

/// `Nomor virtual account BCA`
fn label(context: &ViewContext, payment: &PaymentInstruction) -> AttrValue {
    let kind = context.text(match payment.payment_type.as_str() {
        "echannel" => Key::bill_key,
        "bank_transfer" => Key::virtual_account,
        _ => Key::payment_code,
    });
    match payment.provider.as_deref() {
        Some(provider) => [&*kind, " ", &provider_name(provider)].concat().into(),
        None => kind,
    }
}

/// The names of banks and shops as they write them. An unknown name stays unchanged.
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

/// A URL that may become a link or a picture: HTTPS, or the gateway of this environment.
fn web_address(context: &ViewContext, url: Option<&str>) -> Option<String> {
    let url = url?;
    let local = url.strip_prefix(context.props.environment.origin()).is_some_and(|path| path.starts_with('/'));
    (local || url.starts_with("https://")).then(|| url.to_owned())
}
