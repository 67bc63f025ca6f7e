//! The order page for browsers without script: status, items, payment code, link to the payment page.

use wire::merchant::{Order, OrderStatus};

use crate::http::web::html::{SHOP_LINK, escape, rupiah};

/// Renders an order. It replaces the order form on `/order/{id}`, because the form would create a second order.
pub(super) fn render_order(order: &Order, payment_url: Option<&str>) -> String {
    let (indonesian, english) = status_text(&order.status);
    let mut html = format!(
        "<h1>Pesanan</h1>\n<p><code>{}</code></p>\n<p><strong>{indonesian}</strong> · <span lang=\"en\">{english}</span></p>\n<ul>\n",
        escape(&order.order_id),
    );
    for item in &order.items {
        html += &format!("<li>{} × {} · {}</li>\n", escape(&item.name), item.quantity, rupiah(item.price));
    }
    html += "</ul>\n";
    if let Some(amount) = order.gross_amount {
        html += &format!("<p>Total: <strong>{}</strong></p>\n", rupiah(amount));
    }
    let code = order.payment.as_ref().and_then(|payment| Some((payment, payment.code.as_deref()?)));
    if let (OrderStatus::Pending, Some((payment, code))) = (&order.status, code) {
        let provider = payment.provider.as_deref().unwrap_or(&payment.payment_type);
        let biller = payment.biller_code.as_deref().map(|biller| format!("{} · ", escape(biller))).unwrap_or_default();
        html += &format!("<p>Nomor pembayaran ({}): <strong>{biller}{}</strong></p>\n", escape(provider), escape(code));
    }
    if let Some(url) = payment_url.filter(|_| order.status.is_payable()) {
        html += &format!(
            "<p><a href=\"{}\">Bayar di halaman Midtrans · <span lang=\"en\">Pay on the Midtrans page</span></a></p>\n",
            escape(url)
        );
    }
    html += "<p><a href=\"\">Muat ulang · <span lang=\"en\">Reload</span></a></p>\n";
    html + SHOP_LINK
}

/// Renders the page of an order that does not exist.
pub(super) fn render_unknown_order() -> String {
    let text = "<h1>Pesanan tidak ditemukan</h1>\n<p>Periksa kembali tautannya. \
                <span lang=\"en\">This order was not found.</span></p>\n";
    text.to_owned() + SHOP_LINK
}

/// The status for the customer, in Indonesian and English.
fn status_text(status: &OrderStatus) -> (&'static str, &'static str) {
    match status {
        OrderStatus::Created | OrderStatus::Pending => ("Menunggu pembayaran", "Waiting for payment"),
        OrderStatus::Denied => ("Pembayaran ditolak, silakan coba lagi", "Payment declined, please try again"),
        OrderStatus::Review => ("Sedang diperiksa, tidak perlu membayar lagi", "Under review, do not pay again"),
        OrderStatus::Paid => ("Lunas", "Paid"),
        OrderStatus::Expired => ("Waktu pembayaran habis", "The time to pay is over"),
        OrderStatus::Cancelled => ("Dibatalkan", "Cancelled"),
        OrderStatus::PartiallyRefunded | OrderStatus::Refunded => ("Dana dikembalikan", "Refunded"),
        OrderStatus::ChargedBack | OrderStatus::Reversed => ("Ditarik kembali oleh bank", "Charged back by the bank"),
        OrderStatus::Unknown(_) => ("Sedang diproses", "In progress"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payable_orders_have_a_payment_link_and_all_text_is_escaped() {
        for (status, payable) in [
            ("created", true),
            ("pending", true),
            ("denied", true),
            ("review", false),
            ("paid", false),
            ("expired", false),
            ("?", false),
        ] {
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
            let text = render_order(&order, Some("https://app.midtrans.com/\"x"));
            assert_eq!(text.contains("app.midtrans.com"), payable, "{status}");
            assert!(!text.contains("<b>") && !text.contains("<i>") && !text.contains("/\"x"), "{text}");
        }
    }
}
