//! The simulator: a pending VA number, bill key, payment code or QR gets paid here, as in the sandbox's simulators.

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::html::{self, escape};
use super::shared::Shared;
use crate::money::Amount;
use crate::review;
use crate::state::Refusal;
use crate::status::Status;

/// The sandbox's addresses, all leading to the one simulator.
const SANDBOX_PATHS: [&str; 8] = [
    "/v2/qris/index",
    "/v2/deeplink/index",
    "/bca/va/index",
    "/bni/va/index",
    "/openapi/va/index",
    "/indomaret/phoenix/index",
    "/alfamart/index",
    "/kioson/index",
];

/// Routes of the simulator.
pub fn routes() -> Router<Shared> {
    let router = Router::new()
        .route("/simulator", get(show))
        .route("/simulator/pay", post(pay))
        .route("/simulator/fail", post(fail));
    SANDBOX_PATHS
        .into_iter()
        .fold(router, |router, path| router.route(path, get(|| async { Redirect::to("/simulator") })))
}

/// Which payment the simulator shows, and what it has to say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ShowQuery {
    id: Option<String>,
    said: Option<String>,
}

async fn show(State(app): State<Shared>, Query(query): Query<ShowQuery>) -> Response {
    let (rows, chosen) = app.with(|state, _, _| {
        let pending = state.transactions.iter().rev().filter(|t| t.payable_outside());
        let rows: String =
            pending.map(|t| row(&t.id, &t.order_id, t.method.label, &t.number, &t.gross_amount.to_string())).collect();
        let chosen =
            query.id.as_deref().and_then(|id| state.find(id)).map(|t| (t.number.clone(), t.gross_amount.to_string()));
        (rows, chosen)
    });
    let (number, amount) = chosen.unwrap_or_default();
    let said = query.said.as_deref().and_then(sentence).map_or_else(String::new, |(good, text)| {
        let class = if good { "good" } else { "error" };
        format!("<p class=\"{class}\" role=\"status\" data-testid=\"sim-said\">{text}</p>")
    });
    let none = if rows.is_empty() {
        "<p data-testid=\"sim-none\">Tidak ada pembayaran tertunda. · No pending payments.</p>"
    } else {
        ""
    };
    let body = format!(
        "<body class=\"plain\">\n<main>\n<h1>Simulator pembayaran</h1>\n\
         <p class=\"mark\">Simulasi – tidak ada uang sungguhan</p>\n{said}\
         <form method=\"post\" action=\"/simulator/pay\">\n\
         <label for=\"number\">Nomor VA, kode bayar, bill key, isi QR · VA number, payment code, bill key, QR content</label>\n\
         <input id=\"number\" name=\"number\" data-testid=\"sim-number\" value=\"{}\" required>\n\
         <label for=\"amount\">Jumlah (kosong: sesuai tagihan) · Amount (empty: as billed)</label>\n\
         <input id=\"amount\" name=\"amount\" data-testid=\"sim-amount\" inputmode=\"decimal\" value=\"{}\">\n\
         <button class=\"primary\" type=\"submit\" data-testid=\"sim-pay\">Bayar · Pay</button>\n\
         <button class=\"quiet\" type=\"submit\" formaction=\"/simulator/fail\" data-testid=\"sim-fail\">Gagalkan · Fail</button>\n\
         </form>\n<h2>Tertunda · Pending</h2>\n{none}<ul class=\"pending\">{rows}</ul>\n</main>\n</body>",
        escape(&number),
        escape(&amount),
    );
    html::page("id", "Simulator pembayaran", &body)
}

fn row(id: &str, order_id: &str, label: &str, number: &str, amount: &str) -> String {
    format!(
        "<li data-testid=\"sim-row\" data-order-id=\"{order}\"><strong>{}</strong> {order} · Rp {}<br><code>{}</code>\
         <form method=\"post\" action=\"/simulator/pay\"><input type=\"hidden\" name=\"number\" value=\"{}\">\
         <button type=\"submit\" data-testid=\"sim-pay-row\">Bayar · Pay</button></form></li>",
        escape(label),
        escape(amount),
        escape(number),
        escape(id),
        order = escape(order_id),
    )
}

/// What was typed in.
#[derive(Debug, Deserialize)]
pub struct Payment {
    number: String,
    #[serde(default)]
    amount: String,
}

async fn pay(State(app): State<Shared>, Form(payment): Form<Payment>) -> Response {
    let said = app.with(|state, config, now| {
        let Some(id) = review::find_by_number(state, &payment.number) else { return "unknown" };
        let billed = state.find(&id).map(|transaction| transaction.gross_amount);
        if !payment.amount.trim().is_empty() && Amount::parse(&payment.amount) != billed {
            return "amount";
        }
        match review::pay(state, &id, None, config, now) {
            Ok(()) => "paid",
            Err(Refusal::NotFound) => "unknown",
            Err(_) => "late",
        }
    });
    Redirect::to(&format!("/simulator?said={said}")).into_response()
}

/// A wallet's failure leaves the payment pending, as in the sandbox; anything else is denied.
async fn fail(State(app): State<Shared>, Form(payment): Form<Payment>) -> Response {
    let said = app.with(|state, config, now| {
        let Some(id) = review::find_by_number(state, &payment.number) else { return "unknown" };
        let wallet = state.find(&id).is_some_and(|t| t.method.payment_type == "gopay");
        if wallet {
            return "still";
        }
        state.change(&id, Status::Deny, config, now).map_or("late", |()| "failed")
    });
    Redirect::to(&format!("/simulator?said={said}")).into_response()
}

fn sentence(name: &str) -> Option<(bool, &'static str)> {
    Some(match name {
        "paid" => (true, "Pembayaran berhasil. · Paid."),
        "failed" => (true, "Pembayaran digagalkan. · The payment failed."),
        "still" => (
            true,
            "Gagal; pembayaran tetap tertunda dan bisa dicoba lagi. · Failed; still pending, may be tried again.",
        ),
        "unknown" => (false, "Tidak ada pembayaran tertunda dengan nomor itu. · No pending payment has this number."),
        "amount" => (false, "Jumlah tidak sesuai tagihan. · The amount is not the one billed."),
        "late" => (false, "Pembayaran ini sudah tidak tertunda. · This payment is no longer pending."),
        _ => return None,
    })
}
