//! Requests to the merchant: a token for the order, and how the order stands.
//!
//! Retries only what may help (a broken connection, 429, 502, 503, 504), under the same idempotency key, so
//! that a second try can never become a second order.

use std::pin::Pin;

pub use flow::TokenFault;
use js_sys::{Array, Math, Object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wire::digits;
use wire::merchant::{Checkout, Order};

pub use super::abort::{Abort, Signal};
use super::answer;
pub use super::answer::Answer;
use super::page::{Address, Hearing};
use super::{dom, json, log, page};
use crate::settings::{Credentials, Settings};

/// How long one try may take, milliseconds.
const TRY_TAKES: u32 = 15_000;
/// Tries a token request.
const TRIES: u32 = 3;
/// Before the second try, milliseconds; doubled before the third, half of it by chance.
const BACK_OFF: u32 = 600;
/// A merchant that asks for a longer pause is taken at its word: the customer decides when to try again.
const LONGEST_PAUSE: u32 = 8_000;
/// Answers of the merchant are a few hundred bytes; nobody can fill a phone's memory.
const MOST_BYTES: u32 = 64 * 1024;
/// Midtrans' tokens are UUIDs; others may be longer.
const LONGEST_TOKEN: usize = 255;

/// A future that is compiled once, however often it is awaited.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Asks the merchant's token URL for a checkout of the order, under one idempotency key.
///
/// # Errors
/// A [`TokenFault`]; the reason in words goes to the console.
pub fn request_token<'a>(
    settings: &'a Settings,
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
                TokenFault::BadAnswer | TokenFault::Misconfigured | TokenFault::KeyUsed | TokenFault::AlreadyPaying => {
                    false
                }
            };
            if signal.aborted() || tries_left == 0 || !may_pass || pause > LONGEST_PAUSE {
                return Err(failed.fault);
            }
            back_off *= 2;
            page::pause(pause).await;
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
/// [`Unanswered`]
pub(super) async fn ask_status(settings: &Settings, url: &str, signal: &Signal) -> Result<Order, Unanswered> {
    let because = |fault| Unanswered { fault, retry_after: 0 };
    let base = merchant_url(&settings.token_url).map_err(because)?;
    let url = same_origin(url, &base).ok_or(because(TokenFault::Misconfigured))?;
    let answer = get(&url, settings.credentials, signal).await?;
    answer.read().ok_or(because(TokenFault::BadAnswer))
}

/// Hears the changes of the order; `None` where there is no stream to be had. A browser sends the page's own
/// cookies along, so whoever wants none sent does without.
pub(super) fn listen(settings: &Settings, url: &str, mut told: impl FnMut(Option<Order>) + 'static) -> Option<Hearing> {
    let base = merchant_url(&settings.token_url).ok()?;
    let url = same_origin(url, &base).filter(|_| settings.credentials != Credentials::Omit)?;
    let with_credentials = settings.credentials == Credentials::Include;
    let told = move |message: JsValue| {
        let order = if message.is_undefined() { None } else { Answer(message).read() };
        told(order);
    };
    Some(Hearing::begin(|tell| dom::listen(&url, with_credentials, tell), told))
}

/// Why the merchant's word is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unanswered {
    /// The kind.
    pub fault: TokenFault,
    /// The merchant's `Retry-After` in milliseconds, or 0.
    pub retry_after: u32,
}

/// Gets a JSON document of the merchant's, once, within the usual bounds.
///
/// # Errors
/// [`Unanswered`] for a broken connection, a status that is no success, or a body that is no JSON object.
pub fn get(url: &str, credentials: Credentials, signal: &Signal) -> Later<'static, Result<Answer, Unanswered>> {
    send(url, "GET", credentials, &headers(), &JsValue::UNDEFINED, signal)
}

fn post(settings: &Settings, url: &str, key: &str, signal: &Signal) -> Later<'static, Result<Answer, Unanswered>> {
    let headers = headers();
    json::set(&headers, "content-type", &"application/json".into());
    json::set(&headers, "idempotency-key", &key.into());
    for (name, value) in &settings.headers {
        // As HTTP takes them: a name in other letters is the same header, and the later one counts.
        json::set(&headers, &name.to_ascii_lowercase(), &JsValue::from_str(value));
    }
    let body = JsValue::from_str(&settings.order);
    send(url, "POST", settings.credentials, &headers, &body, signal)
}

fn headers() -> Object {
    let headers = Object::new();
    json::set(&headers, "accept", &"application/json".into());
    headers
}

/// Begins one try, and reads what comes back.
fn send(
    url: &str,
    method: &str,
    credentials: Credentials,
    headers: &Object,
    body: &JsValue,
    signal: &Signal,
) -> Later<'static, Result<Answer, Unanswered>> {
    let how = Object::new();
    json::set(&how, "method", &method.into());
    json::set(&how, "credentials", &credentials.as_str().into());
    json::set(&how, "headers", headers);
    json::set(&how, "body", body);
    let sent = signal.begin().map(|controller| dom::request(url, &how, &controller, TRY_TAKES, MOST_BYTES));
    Box::pin(async move {
        let answered = match sent {
            // It never rejects.
            Some(sent) => JsFuture::from(sent).await.ok().and_then(|answer| answer.dyn_into::<Array>().ok()),
            None => None,
        };
        let answer = answered.unwrap_or_default();
        let object = Some(answer.get(1)).filter(JsValue::is_object).map(Answer);
        let fault = match answer.get(0).as_f64().unwrap_or(2.0) as u16 {
            0 if page::offline() => TokenFault::Offline,
            0 => TokenFault::Network,
            1 => TokenFault::Timeout,
            2 => TokenFault::Misconfigured,
            200..=299 => match object {
                Some(object) => return Ok(object),
                None => {
                    answer::unfit("it is no JSON object of at most 64 kB");
                    TokenFault::BadAnswer
                }
            },
            429 | 502 | 503 | 504 => TokenFault::Unavailable,
            status @ (409 | 422) => match object.and_then(|object| object.error_code()).as_deref() {
                Some("idempotency_key_reused" | "order_expired" | "order_closed") => TokenFault::KeyUsed,
                Some("order_paid" | "order_pending") => TokenFault::AlreadyPaying,
                _ => TokenFault::Refused(status),
            },
            status @ 400..500 => TokenFault::Refused(status),
            status => TokenFault::Broken(status),
        };
        // A float that is no number becomes 0, one that is too large the most.
        Err(Unanswered { fault, retry_after: answer.get(2).as_f64().unwrap_or_default() as u32 })
    })
}

/// A token that can be used, and only addresses that may be visited or asked.
fn checked(mut checkout: Checkout, url: &Address, settings: &Settings) -> Result<Checkout, TokenFault> {
    let token = &checkout.token;
    let fits = !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
    if !fits {
        log::error("the token URL answered with something that is no token");
        return Err(TokenFault::BadAnswer);
    }
    if let Some(hosted) = checkout.redirect_url.take() {
        let allowed = page::resolve(&hosted, None).is_some_and(|hosted| settings.environment.owns(&hosted.origin));
        if allowed {
            checkout.redirect_url = Some(hosted);
        } else {
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
    let address = page::resolve(url, None).ok_or(TokenFault::Misconfigured)?;
    let local = address.origin.starts_with("http:") && page::is_loopback(&address.host);
    if local || address.origin.starts_with("https:") {
        return Ok(address);
    }
    log::error("the token URL must be https; plain http is for this machine only");
    Err(TokenFault::Misconfigured)
}

fn same_origin(url: &str, base: &Address) -> Option<String> {
    page::resolve(url, Some(&base.href)).filter(|address| address.origin == base.origin).map(|address| address.href)
}

fn chance(most: u32) -> u32 {
    (Math::random() * f64::from(most)) as u32
}
