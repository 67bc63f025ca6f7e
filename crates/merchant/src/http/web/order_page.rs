//! An order for people without script: how it stands, what to pay where, and the way to pay. Everything is escaped.

use wire::merchant::{Order, OrderStatus};

use crate::http::web::html::{escape, rupiah};

/// What takes the place of the page's form at `/order/{id}`: a form there would be a second order.
#[must_use]
pub fn order(order: &Order, hosted: Option<&str>) -> String {
    let (indonesian, english, payable) = words(&order.status);
    let mut text = format!(
        "<h1>Pesanan</h1>\n<p><code>{}</code></p>\n<p><strong>{indonesian}</strong> · <span lang=\"en\">{english}</span></p>\n<ul>\n",
        escape(&order.order_id),
    );
    for item in &order.items {
        text += &format!("<li>{} × {} · {}</li>\n", escape(&item.name), item.quantity, rupiah(item.price));
    }
    text += "</ul>\n";
    if let Some(amount) = order.gross_amount {
        text += &format!("<p>Total: <strong>{}</strong></p>\n", rupiah(amount));
    }
    let code = order.payment.as_ref().and_then(|payment| Some((payment, payment.code.as_deref()?)));
    if let (OrderStatus::Pending, Some((payment, code))) = (&order.status, code) {
        let provider = payment.provider.as_deref().unwrap_or(&payment.payment_type);
        let biller = payment.biller_code.as_deref().map(|biller| format!("{} · ", escape(biller))).unwrap_or_default();
        text += &format!("<p>Nomor pembayaran ({}): <strong>{biller}{}</strong></p>\n", escape(provider), escape(code));
    }
    if let (true, Some(url)) = (payable, hosted) {
        text += &format!(
            "<p><a href=\"{}\">Bayar di halaman Midtrans · <span lang=\"en\">Pay on the Midtrans page</span></a></p>\n",
            escape(url)
        );
    }
    text += "<p><a href=\"\">Muat ulang · <span lang=\"en\">Reload</span></a></p>\n";
    text + HOME
}

/// The same place when there is no such order.
pub const UNKNOWN: &str = "<h1>Pesanan tidak ditemukan</h1>\n<p>Periksa lagi tautannya. \
     <span lang=\"en\">This order was not found.</span></p>\n\
     <p><a href=\"/\">Kembali ke toko · <span lang=\"en\">Back to the shop</span></a></p>\n";

const HOME: &str = "<p><a href=\"/\">Kembali ke toko · <span lang=\"en\">Back to the shop</span></a></p>\n";

/// How it stands in both languages, and whether it can be paid.
fn words(status: &OrderStatus) -> (&'static str, &'static str, bool) {
    match status {
        OrderStatus::Created | OrderStatus::Pending => ("Menunggu pembayaran", "Waiting for payment", true),
        OrderStatus::Denied => ("Pembayaran ditolak, silakan coba lagi", "Payment declined, please try again", true),
        OrderStatus::Review => {
            ("Sedang diperiksa, tidak perlu membayar lagi", "Being reviewed, do not pay again", false)
        }
        OrderStatus::Paid => ("Lunas", "Paid", false),
        OrderStatus::Expired => ("Waktu pembayaran habis", "The time to pay is over", false),
        OrderStatus::Cancelled => ("Dibatalkan", "Cancelled", false),
        OrderStatus::PartiallyRefunded | OrderStatus::Refunded => ("Dikembalikan", "Refunded", false),
        OrderStatus::ChargedBack | OrderStatus::Reversed => {
            ("Ditarik kembali oleh bank", "Taken back by the bank", false)
        }
        OrderStatus::Unknown(_) => ("Sedang diproses", "In progress", false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_paid_has_a_way_to_pay_and_nothing_is_markup() {
        for (status, payable) in
            [("created", true), ("pending", true), ("denied", true), ("paid", false), ("expired", false), ("?", false)]
        {
            let order = Order {
                order_id: "<b>".into(),
                status: status.into(),
                gross_amount: None,
                items: vec![],
                payment: Some(wire::merchant::PaymentInstruction { code: Some("<i>".into()), ..Default::default() }),
                refunded_amount: None,
                version: None,
                now: None,
            };
            let text = super::order(&order, Some("https://app.midtrans.com/\"x"));
            assert_eq!(text.contains("app.midtrans.com"), payable, "{status}");
            assert!(!text.contains("<b>") && !text.contains("<i>") && !text.contains("/\"x"), "{text}");
        }
    }
}
