//! Requests to the backend: the token of an order, its status, and its event stream.
//!
//! The page retries only where that may help: after a broken connection, 429, 502, 503 and 504. A retry has the same
//! idempotency key, so that it never creates a second order.

use std::pin::Pin;

pub use flow::TokenFault;
use gloo_net::http::{Headers, Request, Response};
use js_sys::Math;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wire::digits;
use wire::merchant::{Checkout, Order};

use super::cancellation::Try;
pub use super::cancellation::{CancelGuard, Signal};
use super::environment::ParsedUrl;
pub use super::response_body::JsonBody;
use super::response_body::{self, BodyError};
use super::subscriptions::EventSubscription;
use super::{environment, js_bindings, json, log};
use crate::config::{CheckoutConfig, Credentials};

/// The timeout of one try. Milliseconds.
const TRY_TIMEOUT: u32 = 15_000;
/// The tries of a token request.
const TRIES: u32 = 3;
/// The back-off before the second try; doubled before the third, with a jitter of one half. Milliseconds.
const BACK_OFF: u32 = 600;
/// If `Retry-After` is longer, the page stops retrying and the customer decides when to retry. Milliseconds.
const MAX_DELAY: u32 = 8_000;
/// The longest token. Midtrans' tokens are UUIDs.
const MAX_TOKEN_LENGTH: usize = 255;

/// A boxed future, so that its code exists once.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Requests a checkout from the token endpoint, with one idempotency key.
///
/// # Errors
/// A [`TokenFault`]; details go to the console.
pub fn request_token<'a>(
    config: &'a CheckoutConfig,
    key: &'a str,
    signal: &'a Signal,
) -> BoxFuture<'a, Result<Checkout, TokenFault>> {
    Box::pin(async move {
        config.check()?;
        let url = backend_url(&config.token_url)?;
        let mut back_off = BACK_OFF;
        for tries_left in (0..TRIES).rev() {
            let failed = match post(config, &url.href, key, signal).await {
                Ok(body) => {
                    let checkout = body.read().ok_or(TokenFault::InvalidResponse)?;
                    return validate(checkout, &url, config);
                }
                Err(failed) => failed,
            };
            let delay = failed.retry_after.max(back_off / 2 + random_below(back_off / 2));
            let is_retryable = match failed.fault {
                TokenFault::Timeout | TokenFault::Offline | TokenFault::Network | TokenFault::Unavailable => true,
                TokenFault::Refused(status) | TokenFault::Broken(status) => {
                    log::error(&["the token endpoint returned ", &digits(status.into())].concat());
                    false
                }
                TokenFault::InvalidResponse
                | TokenFault::Misconfigured
                | TokenFault::ClientKey
                | TokenFault::KeyUsed
                | TokenFault::AlreadyPaying => false,
            };
            if signal.aborted() || tries_left == 0 || !is_retryable || delay > MAX_DELAY {
                return Err(failed.fault);
            }
            back_off *= 2;
            environment::pause(delay).await;
            if signal.aborted() {
                return Err(failed.fault);
            }
        }
        Err(TokenFault::Network)
    })
}

/// Fetches the status of an order.
///
/// # Errors
/// [`RequestError`]
pub(super) async fn fetch_status(config: &CheckoutConfig, url: &str, signal: &Signal) -> Result<Order, RequestError> {
    let error = |fault| RequestError { fault, retry_after: 0 };
    let base = backend_url(&config.token_url).map_err(error)?;
    let url = same_origin(url, &base).ok_or(error(TokenFault::Misconfigured))?;
    let body = get(&url, config.credentials, signal).await?;
    body.read().ok_or(error(TokenFault::InvalidResponse))
}

/// Follows the event stream of an order. `None` if there is no stream. A browser sends the page's cookies with a stream, so
/// [`Credentials::Omit`] has none.
pub(super) fn follow_events(
    config: &CheckoutConfig,
    url: &str,
    mut callback: impl FnMut(Option<Order>) + 'static,
) -> Option<EventSubscription> {
    let base = backend_url(&config.token_url).ok()?;
    let url = same_origin(url, &base).filter(|_| config.credentials != Credentials::Omit)?;
    let with_credentials = config.credentials == Credentials::Include;
    let callback = move |message: JsValue| {
        let order = if message.is_undefined() { None } else { JsonBody(message).read() };
        callback(order);
    };
    Some(EventSubscription::new(|notify| js_bindings::listen(&url, with_credentials, notify), callback))
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestError {
    /// The kind.
    pub fault: TokenFault,
    /// The backend's `Retry-After` in milliseconds, or 0.
    pub retry_after: u32,
}

/// Fetches a JSON object from the backend, in one try with the usual timeout.
///
/// # Errors
/// [`RequestError`] for a broken connection, a status that is not a success, or a body that is not a JSON object.
pub fn get(url: &str, credentials: Credentials, signal: &Signal) -> BoxFuture<'static, Result<JsonBody, RequestError>> {
    let init = RequestInit { method: "GET", credentials: credentials.as_str(), body: None };
    send(url, &init, headers(), signal)
}

fn post(
    config: &CheckoutConfig,
    url: &str,
    key: &str,
    signal: &Signal,
) -> BoxFuture<'static, Result<JsonBody, RequestError>> {
    let headers = headers();
    headers.set("content-type", "application/json");
    headers.set("idempotency-key", key);
    for (name, value) in &config.headers {
        headers.set(name, value);
    }
    let init = RequestInit { method: "POST", credentials: config.credentials.as_str(), body: Some(&config.order) };
    send(url, &init, headers, signal)
}

fn headers() -> Headers {
    let headers = Headers::new();
    headers.set("accept", "application/json");
    headers
}

/// The options of `fetch`, besides the headers and the signal.
#[derive(Serialize)]
struct RequestInit<'a> {
    method: &'static str,
    credentials: &'static str,
    body: Option<&'a str>,
}

/// Starts one try. It does not use gloo-net's builder, which would parse the URL again and add bytes to the page.
fn send(
    url: &str,
    init: &RequestInit,
    headers: Headers,
    signal: &Signal,
) -> BoxFuture<'static, Result<JsonBody, RequestError>> {
    let attempt = signal.start_try(TRY_TIMEOUT);
    let init = json::value(init).unchecked_into();
    json::set(&init, "headers", &headers.into_raw());
    json::set(&init, "signal", &attempt.signal);
    receive(web_sys::Request::new_with_str_and_init(url, init.unchecked_ref()).map(Request::from), attempt)
}

/// Sends the request of one try and reads the response.
fn receive(request: Result<Request, JsValue>, attempt: Try) -> BoxFuture<'static, Result<JsonBody, RequestError>> {
    Box::pin(async move {
        let error = |fault| RequestError { fault, retry_after: 0 };
        let broken = || match (attempt.is_late(), environment::offline()) {
            (true, _) => error(TokenFault::Timeout),
            (_, true) => error(TokenFault::Offline),
            _ => error(TokenFault::Network),
        };
        let request = request.map_err(|_| error(TokenFault::Misconfigured))?;
        let response = request.send().await.map_err(|_| broken())?;
        let fault = match response.status() {
            200..=299 => {
                return response_body::object(&response).await.map_err(|body| match body {
                    BodyError::Broken => broken(),
                    BodyError::Invalid => error(TokenFault::InvalidResponse),
                });
            }
            429 | 502 | 503 | 504 => TokenFault::Unavailable,
            status @ (409 | 422) => {
                match response_body::object(&response).await.ok().and_then(|body| body.error_code()) {
                    Some(code)
                        if code == "idempotency_key_reused" || code == "order_expired" || code == "order_closed" =>
                    {
                        TokenFault::KeyUsed
                    }
                    Some(code) if code == "order_paid" || code == "order_pending" => TokenFault::AlreadyPaying,
                    _ => TokenFault::Refused(status),
                }
            }
            status @ 400..500 => TokenFault::Refused(status),
            status => TokenFault::Broken(status),
        };
        Err(RequestError { fault, retry_after: retry_after(&response) })
    })
}

/// Checks the token, and removes URLs that the page must not use.
fn validate(mut checkout: Checkout, url: &ParsedUrl, config: &CheckoutConfig) -> Result<Checkout, TokenFault> {
    let token = &checkout.token;
    let is_valid = !token.is_empty() && token.len() <= MAX_TOKEN_LENGTH && token.bytes().all(|b| b.is_ascii_graphic());
    if !is_valid {
        log::error("the token endpoint returned an invalid token");
        return Err(TokenFault::InvalidResponse);
    }
    if let Some(hosted) = checkout.redirect_url.take() {
        let hosted = environment::resolve(&hosted, None).filter(|hosted| config.environment.owns(&hosted.origin));
        checkout.redirect_url = hosted.map(|hosted| hosted.href);
        if checkout.redirect_url.is_none() {
            log::error("redirect_url is not on the gateway's host, so the page does not offer it");
        }
    }
    for url_field in [&mut checkout.status_url, &mut checkout.events_url] {
        if let Some(given) = url_field.take() {
            *url_field = same_origin(&given, url);
            if url_field.is_none() {
                log::error("status_url or events_url is not on the token URL's origin, so the page does not use it");
            }
        }
    }
    Ok(checkout)
}

/// The token URL, if it is HTTPS or on this machine.
fn backend_url(url: &str) -> Result<ParsedUrl, TokenFault> {
    let parsed = environment::resolve(url, None).ok_or(TokenFault::Misconfigured)?;
    let local = parsed.origin.starts_with("http:") && environment::is_loopback(&parsed.host);
    if local || parsed.origin.starts_with("https:") {
        return Ok(parsed);
    }
    log::error("the token URL must be https; plain http is allowed on this machine only");
    Err(TokenFault::Misconfigured)
}

fn same_origin(url: &str, base: &ParsedUrl) -> Option<String> {
    environment::resolve(url, Some(&base.href)).filter(|parsed| parsed.origin == base.origin).map(|parsed| parsed.href)
}

/// `Retry-After`, which is in seconds or a date, in milliseconds.
fn retry_after(response: &Response) -> u32 {
    // The cast turns NaN into 0 and a value that is too large into the largest integer.
    response.headers().get("retry-after").map_or(0, |text| js_bindings::milliseconds_until(&text) as u32)
}

fn random_below(limit: u32) -> u32 {
    (Math::random() * f64::from(limit)) as u32
}
