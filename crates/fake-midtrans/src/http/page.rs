//! The popup, the hosted page, and what they fetch.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::html;
use super::shared::Shared;
use crate::charge::{self, Choice};
use crate::charge_error::ChargeError;
use crate::clock::wib;
use crate::config::Config;
use crate::fault::{Fault, Target};
use crate::method::{self, Kind};
use crate::session::{MOST_DECLINES, Session, SessionState};
use crate::shape::{self, PageLanguage};
use crate::state::State as Memory;
use crate::status::Status;
use crate::transaction::{Transaction, WalletMode};

/// Query of the popup's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PopupQuery {
    origin_host: String,
    client_key: String,
}

/// `GET /snap/v4/popup`: loaded hidden by `snap.js`, filled when `snap.pay` is called.
pub async fn popup(Query(query): Query<PopupQuery>) -> Response {
    let attributes = format!(
        "data-mode=\"popup\" data-origin-host=\"{}\" data-client-key=\"{}\"",
        html::escape(&query.origin_host),
        html::escape(&query.client_key)
    );
    app_page(&attributes)
}

/// `GET /snap/v4/redirection/{token}`: the same without a shop's page around it.
pub async fn hosted(Path(token): Path<String>) -> Response {
    app_page(&format!("data-mode=\"hosted\" data-token=\"{}\"", html::escape(&token)))
}

fn app_page(attributes: &str) -> Response {
    let body = format!(
        "<body class=\"snap\" {attributes}>\n<div id=\"app\"></div>\n\
         <noscript><p class=\"notice\">Halaman ini memerlukan JavaScript. · This page needs JavaScript.</p></noscript>\n\
         <script type=\"module\" src=\"/snap/v4/assets/page.js\"></script>\n</body>"
    );
    html::page("id", "Snap (simulasi)", &body)
}

/// Query of what the page fetches.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageQuery {
    client_key: Option<String>,
    language: Option<String>,
    opening: bool,
}

impl PageQuery {
    /// The hosted page gives none; a popup gives what its shop's page was given.
    fn has_wrong_key(&self, config: &Config) -> bool {
        self.client_key.as_deref().is_some_and(|key| key != config.client_key)
    }
}

/// `GET /snap/v4/api/sessions/{token}`: everything a page shows, also asked again and again while it waits.
pub async fn session(State(app): State<Shared>, Path(token): Path<String>, Query(query): Query<PageQuery>) -> Response {
    let wrong_key = query.has_wrong_key(&app.config);
    let language = PageLanguage::from_option(query.language.as_deref());
    let view = app.with(|state, config, now| {
        let faults = match state.sessions.get(&token).map(|session| session.order.order_id.clone()) {
            Some(order_id) if query.opening => state.faults.strike_all(Target::Callback, Some(&order_id), now),
            _ => Vec::new(),
        };
        let session = state.sessions.get(&token).filter(|_| !wrong_key)?;
        let view = Viewer { state, config, base_url: &app.base_url, language, now };
        view.session(&token, session, &faults)
    });
    match view {
        Some(view) => Json(view).into_response(),
        None => error(StatusCode::NOT_FOUND, "session_gone"),
    }
}

/// `POST /snap/v4/api/sessions/{token}/charge`.
pub async fn charge(
    State(app): State<Shared>,
    Path(token): Path<String>,
    Query(query): Query<PageQuery>,
    Json(choice): Json<Choice>,
) -> Response {
    if query.has_wrong_key(&app.config) {
        return error(StatusCode::CONFLICT, "session_gone");
    }
    let language = PageLanguage::from_option(query.language.as_deref());
    let outcome = app.with(|state, config, now| {
        charge::charge(state, &token, &choice, config, now)?;
        let session = state.sessions.get(&token).ok_or(ChargeError::SessionGone)?;
        let view = Viewer { state, config, base_url: &app.base_url, language, now };
        view.session(&token, session, &[]).ok_or(ChargeError::SessionGone)
    });
    match outcome {
        Ok(view) => Json(view).into_response(),
        Err(refusal) => error(StatusCode::CONFLICT, &refusal.to_string()),
    }
}

fn error(status: StatusCode, name: &str) -> Response {
    (status, Json(json!({"error": name}))).into_response()
}

struct Viewer<'a> {
    state: &'a Memory,
    config: &'a Config,
    base_url: &'a str,
    language: PageLanguage,
    now: OffsetDateTime,
}

impl Viewer<'_> {
    /// `None` when there is nothing to show for this token any more.
    fn session(&self, token: &str, session: &Session, faults: &[Fault]) -> Option<Value> {
        if session.state != SessionState::Active {
            return None;
        }
        let last = self.state.latest_of_session(token);
        if last.is_none() && !session.is_open(self.now) {
            return None;
        }
        let order = &session.order;
        let finish = self.finish_url(session);
        let error = order.error_url.clone().unwrap_or_else(|| finish.clone());
        let methods: Vec<Value> = method::enabled(order.enabled_payments.as_deref())
            .into_iter()
            .map(|method| json!({"id": method.id, "label": method.label, "kind": kind_name(method.kind)}))
            .collect();
        // With the customer's share of the fee, once a method is chosen.
        let amount = last.filter(|last| !last.is_dead()).map_or(order.gross_amount, |last| last.gross_amount);
        let elsewhere = last.is_none() && self.state.latest(&order.order_id).is_some_and(|t| t.status.was_paid());
        Some(json!({
            "order_id": order.order_id,
            "gross_amount": amount.to_string(),
            "items": order.items,
            "customer_name": order.customer_name,
            "methods": methods,
            "finish_url": finish,
            "error_url": error,
            "merchant_id": self.config.merchant_id,
            "ends_at": session.ends_at.unix_timestamp(),
            "now": self.now.unix_timestamp(),
            "declines_left": MOST_DECLINES.saturating_sub(session.declines),
            "processed": elsewhere.then(shape::processed_result),
            "faults": faults.iter().map(Fault::name).collect::<Vec<_>>(),
            "transaction": last.map(|transaction| self.transaction(transaction, &finish, &error)),
        }))
    }

    fn transaction(&self, transaction: &Transaction, finish: &str, error: &str) -> Value {
        let qr = matches!(transaction.method.kind, Kind::Wallet | Kind::Qris) && transaction.mode == WalletMode::Qr;
        json!({
            "id": transaction.id,
            "method": transaction.method.id,
            "label": transaction.method.label,
            "kind": if transaction.mode == WalletMode::Deeplink { "deeplink" } else { kind_name(transaction.method.kind) },
            "status": transaction.status.as_str(),
            "settled": (transaction.status.was_paid() || transaction.status == Status::Authorize)
                && transaction.status_code() == "200",
            "pending": transaction.status_code() == "201",
            "number": transaction.number,
            "biller_code": (transaction.method.kind == Kind::Bill).then_some(shape::BILLER_CODE),
            "qr_url": qr.then(|| format!("/snap/v4/qris/{}.svg", transaction.id)),
            "expires_at": wib(transaction.expires_at),
            "expires_unix": transaction.expires_at.unix_timestamp(),
            "three_ds_url": transaction.awaits_otp().then(|| format!("/snap/v4/3ds/{}", transaction.id)),
            "simulator_url": format!("/simulator?id={}", transaction.id),
            "finish": shape::finish_redirect_url(finish, transaction),
            "finish_error": shape::finish_redirect_url(error, transaction),
            "result": shape::callback_result(transaction, self.base_url, finish, self.language),
        })
    }

    fn finish_url(&self, session: &Session) -> String {
        let configured = session.order.finish_url.clone().or_else(|| self.config.finish_url.clone());
        configured.unwrap_or_else(|| format!("{}/finish", self.base_url))
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "card",
        Kind::Va { .. } | Kind::PermataVa => "va",
        Kind::Bill => "bill",
        Kind::Wallet => "wallet",
        Kind::Qris => "qris",
        Kind::Ovo => "ovo",
        Kind::Store => "store",
    }
}

/// `GET /snap/v4/qris/{id}.svg`, and `GET /v2/qris/{id}/qr-code` for shops that show it themselves.
pub async fn qr_picture(State(app): State<Shared>, Path(file): Path<String>) -> Response {
    let id = file.trim_end_matches(".svg");
    let content = app.with(|state, _, _| state.find(id).map(|t| t.number.clone()));
    let code = content.filter(|content| !content.is_empty()).and_then(|content| QrCode::new(content).ok());
    match code {
        Some(code) => {
            let picture = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
            ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "no-store")], picture).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /snap/v1/transactions/{token}/pdf`: the real one is a PDF with instructions; the page shows the same.
pub async fn instructions(Path(token): Path<String>) -> Redirect {
    Redirect::to(&format!("/snap/v4/redirection/{}", token.replace(['/', '\\'], "")))
}

/// `GET /finish`: where a payment ends when no shop said otherwise.
pub async fn finish(Query(query): Query<Vec<(String, String)>>) -> Response {
    let rows: String = query
        .iter()
        .map(|(name, value)| {
            format!(
                "<dt>{}</dt><dd data-testid=\"finish-{}\">{}</dd>",
                html::escape(name),
                html::escape(name),
                html::escape(value)
            )
        })
        .collect();
    let body = format!(
        "<body class=\"plain\">\n<main>\n<h1 data-testid=\"finish\">Selesai · Finished</h1>\n\
         <p>Toko ini belum menetapkan finish URL. · This shop has set no finish URL.</p>\n<dl>{rows}</dl>\n</main>\n</body>"
    );
    html::page("id", "Selesai", &body)
}
