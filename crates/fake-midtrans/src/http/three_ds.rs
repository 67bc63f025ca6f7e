//! The bank's 3-D Secure page, shown in `iframe.iframe-3ds` inside the payment page.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::html;
use super::shared::Shared;
use crate::charge;

/// `GET /snap/v4/3ds/{id}`.
pub async fn show(State(app): State<Shared>, Path(id): Path<String>) -> Response {
    let facts = app.with(|state, _, _| {
        let transaction = state.find(&id).filter(|t| t.awaits_otp())?;
        let card = transaction.card.as_ref()?;
        Some((card.masked.clone(), transaction.gross_amount.to_string(), card.wrong_otps))
    });
    match facts {
        Some((masked, amount, wrong)) => form(&id, &masked, &amount, wrong > 0),
        None => done(),
    }
}

/// What the customer sent.
#[derive(Debug, Deserialize)]
pub struct Entered {
    #[serde(default)]
    otp: String,
    #[serde(default)]
    cancel: Option<String>,
}

/// `POST /snap/v4/3ds/{id}`.
pub async fn submit(State(app): State<Shared>, Path(id): Path<String>, Form(entered): Form<Entered>) -> Response {
    let finished = app.with(|state, config, now| {
        if entered.cancel.is_some() {
            charge::refuse_otp(state, &id, config, now);
            return Some(true);
        }
        state.find(&id)?;
        Some(charge::enter_otp(state, &id, &entered.otp, config, now))
    });
    match finished {
        Some(true) => done(),
        Some(false) => show(State(app), Path(id)).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn form(id: &str, masked: &str, amount: &str, again: bool) -> Response {
    let wrong = if again {
        "<p class=\"error\" role=\"alert\" data-testid=\"otp-error\">OTP salah, coba lagi. · Wrong OTP, try again.</p>"
    } else {
        ""
    };
    let body = format!(
        "<body class=\"bank\">\n<main>\n<h1>3-D Secure</h1>\n\
         <p class=\"mark\">Simulasi – tidak ada uang sungguhan</p>\n\
         <dl><dt>Kartu · Card</dt><dd>{}</dd><dt>Jumlah · Amount</dt><dd>Rp {}</dd></dl>\n{wrong}\
         <form method=\"post\" action=\"/snap/v4/3ds/{}\">\n\
         <label for=\"otp\">Kode OTP · One-time password</label>\n\
         <input id=\"otp\" name=\"otp\" data-testid=\"otp\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"6\">\n\
         <p class=\"hint\">Sandbox: 112233</p>\n\
         <button class=\"primary\" type=\"submit\" data-testid=\"otp-submit\">OK</button>\n\
         <button class=\"quiet\" type=\"submit\" name=\"cancel\" value=\"1\" data-testid=\"otp-cancel\">Batal · Cancel</button>\n\
         </form>\n</main>\n</body>",
        html::escape(masked),
        html::escape(amount),
        html::escape(id),
    );
    html::page("id", "3-D Secure (simulasi)", &body)
}

/// Tells the payment page around it to look again.
fn done() -> Response {
    let body = "<body class=\"bank\">\n<main><p>Memproses… · Processing…</p></main>\n\
        <script src=\"/snap/v4/assets/three-ds.js\"></script>\n</body>";
    html::page("id", "3-D Secure (simulasi)", body)
}
