//! What to pay where, while the payment is pending.

use flow::Phase;
use wire::merchant::PaymentInstruction;
use yew::AttrValue;

use super::{Scene, order};
use crate::browser::format;
use crate::component::Msg;
use crate::tag::{Tag, button, tag};

pub(super) fn panel(scene: &Scene) -> Option<Tag> {
    let Phase::Pending { payment: Some(payment), .. } = scene.phase else { return None };
    let texts = scene.texts();
    let language = scene.props.language;
    let priced = order(scene.phase).and_then(|order| order.gross_amount).map(|amount| format::rupiah(amount, language));
    let until = payment.expires_at.as_deref().and_then(|until| format::moment(until, language));
    let row = |label: &'static str, value: Option<String>| value.map(|value| row(label.into(), tag("dd").text(value)));
    let code = payment.code.as_ref().map(|code| {
        let number =
            tag("output").class("snap-checkout__number").with("data-testid", "payment-code").text(code.clone());
        self::row(
            label(scene, payment).into(),
            copy(scene, tag("dd").class("snap-checkout__copyable").child(number), code),
        )
    });
    let pdf = pdf(scene, payment).map(|url| {
        let link =
            tag("a").with("href", url).with("target", "_blank").with("rel", "noopener noreferrer").text(texts.pdf);
        tag("div").class("snap-checkout__row").child(tag("dd").child(link))
    });
    let list = tag("dl")
        .class("snap-checkout__instruction")
        .maybe(row(texts.biller_code, payment.biller_code.clone()))
        .maybe(code)
        .maybe(row(texts.amount, priced.or_else(|| scene.amount())))
        .maybe(row(texts.pay_before, until))
        .maybe(pdf);
    Some(list)
}

fn row(label: AttrValue, value: Tag) -> Tag {
    tag("div").class("snap-checkout__row").child(tag("dt").text(label)).child(value)
}

fn copy(scene: &Scene, cell: Tag, code: &str) -> Tag {
    let texts = scene.texts();
    let code = AttrValue::from(code.to_owned());
    let pressed = scene.link.callback(move |_| Msg::Copy(code.clone()));
    let label = if scene.copied == Some(true) { texts.copied } else { texts.copy };
    let failed = if scene.copied == Some(false) { texts.copy_failed } else { "" };
    cell.child(button("snap-checkout__copy", pressed).with("data-testid", "copy").text(label))
        .child(tag("span").with("role", "status").class("snap-checkout__copied").text(failed))
}

/// `Nomor virtual account BCA`
fn label(scene: &Scene, payment: &PaymentInstruction) -> String {
    let texts = scene.texts();
    let kind = match payment.payment_type.as_str() {
        "echannel" => texts.bill_key,
        "bank_transfer" => texts.virtual_account,
        _ => texts.payment_code,
    };
    match payment.provider.as_deref() {
        Some(provider) => [kind, " ", &provider_name(provider)].concat(),
        None => kind.to_owned(),
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

/// Only a web address may become a link: https, or the gateway of this environment.
fn pdf(scene: &Scene, payment: &PaymentInstruction) -> Option<String> {
    let url = payment.pdf_url.as_deref()?;
    let local = url.strip_prefix(scene.props.environment.origin()).is_some_and(|path| path.starts_with('/'));
    (local || url.starts_with("https://")).then(|| url.to_owned())
}
