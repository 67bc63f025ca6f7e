//! The error page for browsers without script.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::error::{ApiError, ErrorCode};
use crate::http::error_response::render_error;
use crate::http::web::html::{SHOP_LINK, escape};

/// Renders an error as a page. `styles` are the style sheet links of the built page, or empty.
pub(super) fn error_page(error: ApiError, styles: &str) -> Response {
    render_error(error, |error| {
        let ErrorText { title, indonesian, english } = error_text(error.code);
        let html = format!(
            "<!doctype html>\n<html lang=\"id\">\n<head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title}</title>{styles}</head>\n<body><main class=\"page\"><section class=\"panel panel--alone\" role=\"alert\">\n\
             <h1>{title}</h1>\n<p>{indonesian}</p>\n<p lang=\"en\">{english}</p>\n{SHOP_LINK}\
             <p><small>{code}</small></p>\n</section></main></body>\n</html>\n",
            title = escape(title),
            indonesian = escape(indonesian),
            english = escape(english),
            code = error.code.as_str(),
        );
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
    })
}

struct ErrorText {
    title: &'static str,
    indonesian: &'static str,
    english: &'static str,
}

/// The text for the customer.
fn error_text(code: ErrorCode) -> ErrorText {
    let (title, indonesian, english) = match code {
        ErrorCode::EmptyCart => (
            "Keranjang masih kosong",
            "Silakan pilih barang dan jumlahnya, lalu coba lagi.",
            "Please choose an item and a quantity first, then try again.",
        ),
        ErrorCode::InvalidQuantity | ErrorCode::TooManyItems | ErrorCode::AmountTooLarge => (
            "Jumlahnya belum sesuai",
            "Isi jumlah antara 1 dan 999 untuk setiap barang. Untuk pesanan besar, silakan hubungi kami.",
            "Please enter a quantity from 1 to 999 for each item. For large orders, please contact us.",
        ),
        ErrorCode::UnknownItem => (
            "Barang tidak ditemukan",
            "Salah satu barang sudah tidak dijual. Silakan pilih lagi dari toko.",
            "One of the items is no longer for sale. Please choose again from the shop.",
        ),
        ErrorCode::InvalidEmail | ErrorCode::InvalidPhone | ErrorCode::InvalidText | ErrorCode::InvalidCustomer => (
            "Periksa data Anda",
            "Nama, alamat email, atau nomor telepon belum benar. Silakan kembali dan perbaiki; Anda belum membayar apa pun.",
            "The name, email address or phone number is not correct. Please go back and correct it; nothing was charged.",
        ),
        ErrorCode::GatewayUnavailable
        | ErrorCode::GatewayInvalidResponse
        | ErrorCode::InProgress
        | ErrorCode::StoreUnavailable
        | ErrorCode::Busy
        | ErrorCode::TooManyOrders => (
            "Mohon tunggu sebentar",
            "Pembayaran belum dapat diproses. Anda belum membayar apa pun. Silakan coba lagi beberapa saat lagi.",
            "Payments cannot be processed at the moment. Nothing was charged. Please try again shortly.",
        ),
        ErrorCode::OrderPaid => (
            "Pesanan sudah dibayar",
            "Terima kasih, pesanan ini sudah lunas. Anda tidak perlu membayar lagi.",
            "Thank you, this order is already paid. There is nothing more to do.",
        ),
        ErrorCode::OrderPending => (
            "Pembayaran sedang berjalan",
            "Pembayaran untuk pesanan ini sudah dimulai. Silakan selesaikan dengan metode yang Anda pilih.",
            "A payment for this order has already started. Please finish it with the method you chose.",
        ),
        ErrorCode::OrderExpired | ErrorCode::OrderClosed => (
            "Pesanan sudah ditutup",
            "Pesanan ini tidak dapat dibayar lagi. Silakan buat pesanan baru di toko.",
            "This order can no longer be paid. Please place a new one from the shop.",
        ),
        ErrorCode::NotFound | ErrorCode::OrderNotFound | ErrorCode::MethodNotAllowed => (
            "Halaman tidak ditemukan",
            "Alamat ini tidak ada. Mungkin ada salah ketik, atau halamannya sudah pindah.",
            "There is nothing at this address. It may be mistyped, or the page has moved.",
        ),
        ErrorCode::ForeignOrigin => (
            "Silakan pesan dari toko",
            "Pesanan ini dikirim dari halaman lain, jadi tidak diproses. Anda belum membayar apa pun. Silakan pesan dari halaman toko.",
            "This order was sent from another page, so it was not processed. Nothing was charged. Please order from the shop's own page.",
        ),
        ErrorCode::PageMissing => (
            "Toko sedang disiapkan",
            "Halaman toko belum siap. Silakan kembali beberapa saat lagi.",
            "The shop's page is not ready yet. Please come back shortly. (Operator: build the page, see MERCHANT_DIST.)",
        ),
        _ => (
            "Maaf, terjadi kesalahan",
            "Pesanan tidak dapat diproses. Anda belum membayar apa pun. Silakan kembali ke toko dan coba lagi.",
            "The order could not be processed. Nothing was charged. Please go back to the shop and try again.",
        ),
    };
    ErrorText { title, indonesian, english }
}
