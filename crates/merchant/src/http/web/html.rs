//! Small pages for people without script: what went wrong, kindly, and a way on. Everything is escaped.

use std::borrow::Cow;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use wire::Rupiah;
use wire::merchant::Item;

use crate::error::{ApiError, ErrorCode};
use crate::http::error_response::with_note;

/// Text for HTML, also inside quoted attributes.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

/// A quantity for each item, named as `POST /checkout` reads it.
#[must_use]
pub fn form_items(items: &[Item]) -> String {
    let row = |item: &Item| {
        format!(
            "<label><span>{name} · {price}</span> <input type=\"number\" name=\"quantity[{id}]\" value=\"0\" \
             min=\"0\" max=\"999\" inputmode=\"numeric\"></label>\n",
            name = escape(&item.name),
            price = rupiah(item.price),
            id = escape(&item.id),
        )
    };
    items.iter().map(row).collect()
}

/// `Rp 1.250.000`, as Indonesians write it.
pub(super) fn rupiah(amount: Rupiah) -> String {
    let digits = amount.to_string();
    let mut text = String::from("Rp\u{a0}");
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A problem as a page, with the shop's style sheets where the page has any.
#[must_use]
pub fn problem(problem: ApiError, styles: &str) -> Response {
    with_note(problem, |problem| {
        let words = words(problem.code);
        let html = format!(
            "<!doctype html>\n<html lang=\"id\">\n<head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title}</title>{styles}</head>\n<body><main class=\"page\"><section class=\"panel panel--alone\" role=\"alert\">\n\
             <h1>{title}</h1>\n<p>{indonesian}</p>\n<p lang=\"en\">{english}</p>\n\
             <p><a href=\"/\">Kembali ke toko · <span lang=\"en\">Back to the shop</span></a></p>\n\
             <p><small>{code}</small></p>\n</section></main></body>\n</html>\n",
            title = escape(words.title),
            indonesian = escape(words.indonesian),
            english = escape(words.english),
            code = escape(problem.code.word()),
        );
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
    })
}

struct Words {
    title: &'static str,
    indonesian: &'static str,
    english: &'static str,
}

/// What customers read; programs have the code.
fn words(code: ErrorCode) -> Words {
    let (title, indonesian, english) = match code {
        ErrorCode::EmptyCart => (
            "Keranjang masih kosong",
            "Silakan pilih barang dan jumlahnya dulu, lalu coba lagi.",
            "Please choose an item and a quantity first, then try again.",
        ),
        ErrorCode::InvalidQuantity | ErrorCode::TooManyItems | ErrorCode::AmountTooLarge => (
            "Jumlahnya belum sesuai",
            "Isi jumlah antara 1 dan 999 untuk setiap barang. Untuk pesanan besar, silakan hubungi kami.",
            "Please enter a quantity from 1 to 999 for each item. For large orders, do get in touch with us.",
        ),
        ErrorCode::UnknownItem => (
            "Barang tidak ditemukan",
            "Salah satu barang sudah tidak dijual. Silakan pilih lagi dari toko.",
            "One of the items is no longer for sale. Please choose again from the shop.",
        ),
        ErrorCode::InvalidEmail | ErrorCode::InvalidPhone | ErrorCode::InvalidText | ErrorCode::InvalidCustomer => (
            "Periksa data Anda",
            "Nama, alamat email, atau nomor telepon belum benar. Silakan kembali dan perbaiki; Anda belum membayar apa pun.",
            "The name, e-mail address or phone number is not quite right. Please go back and correct it; nothing was charged.",
        ),
        ErrorCode::GatewayUnavailable
        | ErrorCode::GatewayBadAnswer
        | ErrorCode::InProgress
        | ErrorCode::StoreUnavailable
        | ErrorCode::Busy
        | ErrorCode::TooManyOrders => (
            "Mohon tunggu sebentar",
            "Pembayaran sedang tidak bisa diproses. Anda belum membayar apa pun. Silakan coba lagi sebentar lagi.",
            "Payments cannot be processed at the moment. Nothing was charged. Please try again shortly.",
        ),
        ErrorCode::OrderPaid => (
            "Pesanan sudah dibayar",
            "Terima kasih, pesanan ini sudah lunas. Anda tidak perlu membayar lagi.",
            "Thank you, this order is already paid. There is nothing more to do.",
        ),
        ErrorCode::OrderPending => (
            "Pembayaran sedang berjalan",
            "Pembayaran untuk pesanan ini sudah dimulai. Silakan selesaikan dengan cara yang sudah Anda pilih.",
            "A payment for this order is already under way. Please finish it the way you chose.",
        ),
        ErrorCode::OrderExpired | ErrorCode::OrderClosed => (
            "Pesanan sudah ditutup",
            "Pesanan ini tidak bisa dibayar lagi. Silakan buat pesanan baru dari toko.",
            "This order can no longer be paid. Please place a new one from the shop.",
        ),
        ErrorCode::NotFound | ErrorCode::OrderNotFound | ErrorCode::MethodNotAllowed => (
            "Halaman tidak ditemukan",
            "Alamat ini tidak ada. Mungkin salah ketik, atau halamannya sudah pindah.",
            "There is nothing at this address. It may be mistyped, or the page has moved.",
        ),
        ErrorCode::ForeignOrigin => (
            "Silakan pesan dari toko",
            "Pesanan ini dikirim dari halaman lain, jadi tidak diproses. Anda belum membayar apa pun. Silakan pesan dari halaman toko.",
            "This order was sent from another page, so it was not processed. Nothing was charged. Please order from the shop's own page.",
        ),
        ErrorCode::PageMissing => (
            "Toko sedang disiapkan",
            "Halaman toko belum siap. Silakan kembali sebentar lagi.",
            "The shop's page is not ready yet. Please come back shortly. (Operator: build the page, see MERCHANT_DIST.)",
        ),
        _ => (
            "Maaf, ada yang tidak beres",
            "Pesanan tidak bisa diproses. Anda belum membayar apa pun. Silakan kembali ke toko dan coba lagi.",
            "The order could not be processed. Nothing was charged. Please go back to the shop and try again.",
        ),
    };
    Words { title, indonesian, english }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices() {
        for (amount, text) in [(0, "0"), (999, "999"), (18_000, "18.000"), (1_250_000, "1.250.000")] {
            assert_eq!(rupiah(Rupiah(amount)), format!("Rp\u{a0}{text}"));
        }
    }

    #[test]
    fn escapes_everything_that_could_end_text_or_an_attribute() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
        assert!(matches!(escape("aman"), Cow::Borrowed("aman")));
    }
}
