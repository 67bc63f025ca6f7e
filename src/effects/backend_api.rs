//! Requests to the merchant: a token for the order, and how the order stands.
//!
//! Retries only what may help (a broken connection, 429, 502, 503, 504), under the same idempotency key, so
//! that a second try can never become a second order.

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
use super::environment::Address;
pub use super::response_body::Answer;
use super::response_body::{self, BodyError};
use super::subscriptions::EventSubscription;
use super::{environment, js_bindings, json, log};
use crate::config::{CheckoutConfig, Credentials};

/// How long one try may take, milliseconds.
const TRY_TAKES: u32 = 15_000;
/// Tries a token request.
const TRIES: u32 = 3;
/// Before the second try, milliseconds; doubled before the third, half of it by chance.
const BACK_OFF: u32 = 600;
/// A merchant that asks for a longer pause is taken at its word: the customer decides when to try again.
const LONGEST_PAUSE: u32 = 8_000;
/// Midtrans' tokens are UUIDs; others may be longer.
const LONGEST_TOKEN: usize = 255;

/// A future that is compiled once, however often it is awaited.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Asks the merchant's token URL for a checkout of the order, under one idempotency key.
///
/// # Errors
/// A [`TokenFault`]; the reason in words goes to the console.
pub fn request_token<'a>(
    settings: &'a CheckoutConfig,
    key: &'a str,
    signal: &'a Signal,
) -> Later<'a, Result<Checkout, TokenFault>> {
    Box::pin(async move {
        settings.check()?;
        let url = merchant_url(&settings.token_url)?;
        let mut back_off = BACK_OFF;
        for tries_left in (0..TRIES).rev() {
            let failed = match post(settings, &url.href, key, signal).await {
                Ok(answer) => {
                    let checkout = answer.read().ok_or(TokenFault::BadAnswer)?;
                    return checked(checkout, &url, settings);
                }
                Err(failed) => failed,
            };
            let pause = failed.retry_after.max(back_off / 2 + chance(back_off / 2));
            let may_pass = match failed.fault {
                TokenFault::Timeout | TokenFault::Offline | TokenFault::Network | TokenFault::Unavailable => true,
                TokenFault::Refused(status) | TokenFault::Broken(status) => {
                    log::error(&["the token URL answered ", &digits(status.into())].concat());
                    false
                }
                TokenFault::BadAnswer
                | TokenFault::Misconfigured
                | TokenFault::ClientKey
                | TokenFault::KeyUsed
                | TokenFault::AlreadyPaying => false,
            };
            if signal.aborted() || tries_left == 0 || !may_pass || pause > LONGEST_PAUSE {
                return Err(failed.fault);
            }
            back_off *= 2;
            environment::pause(pause).await;
            if signal.aborted() {
                return Err(failed.fault);
            }
        }
        Err(TokenFault::Network)
    })
}

/// Asks how the order stands.
///
/// # Errors
/// [`RequestError`]
pub(super) async fn ask_status(settings: &CheckoutConfig, url: &str, signal: &Signal) -> Result<Order, RequestError> {
    let because = |fault| RequestError { fault, retry_after: 0 };
    let base = merchant_url(&settings.token_url).map_err(because)?;
    let url = same_origin(url, &base).ok_or(because(TokenFault::Misconfigured))?;
    let answer = get(&url, settings.credentials, signal).await?;
    answer.read().ok_or(because(TokenFault::BadAnswer))
}

/// Hears the changes of the order; `None` where there is no stream to be had. A browser sends the page's own
/// cookies along, so whoever wants none sent does without.
pub(super) fn listen(
    settings: &CheckoutConfig,
    url: &str,
    mut told: impl FnMut(Option<Order>) + 'static,
) -> Option<EventSubscription> {
    let base = merchant_url(&settings.token_url).ok()?;
    let url = same_origin(url, &base).filter(|_| settings.credentials != Credentials::Omit)?;
    let with_credentials = settings.credentials == Credentials::Include;
    let told = move |message: JsValue| {
        let order = if message.is_undefined() { None } else { Answer(message).read() };
        told(order);
    };
    Some(EventSubscription::begin(|tell| js_bindings::listen(&url, with_credentials, tell), told))
}

/// Why the merchant's word is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestError {
    /// The kind.
    pub fault: TokenFault,
    /// The merchant's `Retry-After` in milliseconds, or 0.
    pub retry_after: u32,
}

/// Gets a JSON document of the merchant's, once, within the usual bounds.
///
/// # Errors
/// [`RequestError`] for a broken connection, a status that is no success, or a body that is no JSON object.
pub fn get(url: &str, credentials: Credentials, signal: &Signal) -> Later<'static, Result<Answer, RequestError>> {
    let how = How { method: "GET", credentials: credentials.as_str(), body: None };
    send(url, &how, headers(), signal)
}

fn post(
    settings: &CheckoutConfig,
    url: &str,
    key: &str,
    signal: &Signal,
) -> Later<'static, Result<Answer, RequestError>> {
    let headers = headers();
    headers.set("content-type", "application/json");
    headers.set("idempotency-key", key);
    for (name, value) in &settings.headers {
        headers.set(name, value);
    }
    let how = How { method: "POST", credentials: settings.credentials.as_str(), body: Some(&settings.order) };
    send(url, &how, headers, signal)
}

fn headers() -> Headers {
    let headers = Headers::new();
    headers.set("accept", "application/json");
    headers
}

/// What `fetch` is told beside the headers and the signal.
#[derive(Serialize)]
struct How<'a> {
    method: &'static str,
    credentials: &'static str,
    body: Option<&'a str>,
}

/// Begins one try. gloo-net's own builder would parse and write the URL anew, which nobody needs and every customer
/// would download.
fn send(url: &str, how: &How, headers: Headers, signal: &Signal) -> Later<'static, Result<Answer, RequestError>> {
    let one = signal.begin(TRY_TAKES);
    let how = json::value(how).unchecked_into();
    json::set(&how, "headers", &headers.into_raw());
    json::set(&how, "signal", &one.signal);
    answered(web_sys::Request::new_with_str_and_init(url, how.unchecked_ref()).map(Request::from), one)
}

/// Sends one try's request and reads what comes back.
fn answered(request: Result<Request, JsValue>, one: Try) -> Later<'static, Result<Answer, RequestError>> {
    Box::pin(async move {
        let because = |fault| RequestError { fault, retry_after: 0 };
        let broken = || match (one.late(), environment::offline()) {
            (true, _) => because(TokenFault::Timeout),
            (_, true) => because(TokenFault::Offline),
            _ => because(TokenFault::Network),
        };
        let request = request.map_err(|_| because(TokenFault::Misconfigured))?;
        let response = request.send().await.map_err(|_| broken())?;
        let fault = match response.status() {
            200..=299 => {
                return response_body::object(&response).await.map_err(|unreadable| match unreadable {
                    BodyError::Broken => broken(),
                    BodyError::Unfit => because(TokenFault::BadAnswer),
                });
            }
            429 | 502 | 503 | 504 => TokenFault::Unavailable,
            status @ (409 | 422) => {
                match response_body::object(&response).await.ok().and_then(|answer| answer.error_code()) {
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

/// A token that can be used, and only addresses that may be visited or asked.
fn checked(mut checkout: Checkout, url: &Address, settings: &CheckoutConfig) -> Result<Checkout, TokenFault> {
    let token = &checkout.token;
    let fits = !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
    if !fits {
        log::error("the token URL answered with something that is no token");
        return Err(TokenFault::BadAnswer);
    }
    if let Some(hosted) = checkout.redirect_url.take() {
        let hosted = environment::resolve(&hosted, None).filter(|hosted| settings.environment.owns(&hosted.origin));
        checkout.redirect_url = hosted.map(|hosted| hosted.href);
        if checkout.redirect_url.is_none() {
            log::error("redirect_url is not on the gateway's host, so it is not offered");
        }
    }
    for given in [&mut checkout.status_url, &mut checkout.events_url] {
        if let Some(asked) = given.take() {
            *given = same_origin(&asked, url);
            if given.is_none() {
                log::error("status_url or events_url is not on the token URL's origin, so it is not asked");
            }
        }
    }
    Ok(checkout)
}

/// An absolute URL that may carry an order: https, or anything on this machine.
fn merchant_url(url: &str) -> Result<Address, TokenFault> {
    let address = environment::resolve(url, None).ok_or(TokenFault::Misconfigured)?;
    let local = address.origin.starts_with("http:") && environment::is_loopback(&address.host);
    if local || address.origin.starts_with("https:") {
        return Ok(address);
    }
    log::error("the token URL must be https; plain http is for this machine only");
    Err(TokenFault::Misconfigured)
}

fn same_origin(url: &str, base: &Address) -> Option<String> {
    environment::resolve(url, Some(&base.href))
        .filter(|address| address.origin == base.origin)
        .map(|address| address.href)
}

/// `Retry-After` in seconds or as a date, as milliseconds.
fn retry_after(response: &Response) -> u32 {
    // A float that is no number becomes 0, one that is too large the most.
    response.headers().get("retry-after").map_or(0, |text| js_bindings::milliseconds_until(&text) as u32)
}

fn chance(most: u32) -> u32 {
    (Math::random() * f64::from(most)) as u32
}
