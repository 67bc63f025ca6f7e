//! How an order stands, told as it changes: server-sent events. Every message is the whole order, so nothing
//! has to be replayed, and whoever misses one has it with the next.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use crate::error::{ApiError, ErrorCode};
use crate::http::api::{OrderId, note, order_id, public};
use crate::http::router::Shop;
use crate::store::Subscription;

/// How many may listen at once, in one process: each costs a connection, and pages have polling too.
pub const MAX_STREAMS: usize = 2048;

/// And of one order: a customer has a few tabs.
const MAX_OF_ONE: usize = 16;

/// Proxies cut what is silent; so is known that somebody is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long without news before it is looked all the same: another process on the same SQLite file cannot tell,
/// and a notification may be lost. The gateway is asked ever more rarely: after 15, 30, 60 seconds, and so on.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Connections live a little longer; the browser comes again by itself.
const LONGEST: Duration = Duration::from_secs(14 * 60);

/// How soon it comes again.
const RETRY: Duration = Duration::from_secs(3);

/// `GET /api/orders/{id}/events`
pub async fn events(State(shop): State<Shop>, id: OrderId) -> Result<Response, ApiError> {
    let order_id = order_id(id)?;
    // Until it listens.
    let _place = shop.places.customer()?;
    let place =
        shop.streams.clone().try_acquire_owned().map_err(|_| ApiError::from(ErrorCode::Busy).of_order(&order_id))?;
    if shop.store.listeners(&order_id) >= MAX_OF_ONE {
        return Err(ApiError::from(ErrorCode::Busy).of_order(&order_id));
    }
    // Before looking, so that no change falls in between.
    let news = shop.store.subscribe(&order_id);
    if shop.store.order(&order_id).await?.is_none() {
        return Err(ErrorCode::OrderNotFound.into());
    }
    shop.reconcile.later(&order_id);
    let note = note(Some(&order_id), "listens");
    let ends = Instant::now() + LONGEST;
    let ending = shop.ending.subscribe();
    let listener = Listener { shop, order_id, news, told: None, looks: 0, ending, ends, _place: place };
    let answer = Sse::new(messages(listener)).keep_alive(KeepAlive::new().interval(HEARTBEAT).text(""));
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, note, answer).into_response())
}

struct Listener {
    shop: Shop,
    order_id: String,
    news: Subscription,
    told: Option<String>,
    /// How often it was looked without being told.
    looks: u32,
    ending: watch::Receiver<bool>,
    ends: Instant,
    _place: OwnedSemaphorePermit,
}

fn messages(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    })
}

impl Listener {
    /// The next message; the end when it has lasted long enough or the store is silent, and the page asks again.
    async fn next(&mut self) -> Option<Event> {
        let first = self.told.is_none();
        loop {
            if self.told.is_some() {
                let until = self.ends.min(Instant::now() + LOOK_AGAIN);
                tokio::select! {
                    _ = self.ending.wait_for(|ending| *ending) => return None,
                    () = self.news.changed() => {}
                    () = sleep_until(until) => {
                        self.looks += 1;
                        if self.looks.is_power_of_two() {
                            self.shop.reconcile.later(&self.order_id);
                        }
                    }
                }
                if Instant::now() >= self.ends {
                    return None;
                }
            }
            let stored = self.shop.store.order(&self.order_id).await.ok()??;
            let version = stored.version;
            let seen = format!("{version} {:?}", stored.payment);
            if self.told.as_deref() == Some(&seen) {
                continue;
            }
            self.told = Some(seen);
            let event = Event::default().event("order").id(version.to_string()).json_data(public(stored)).ok()?;
            return Some(if first { event.retry(RETRY) } else { event });
        }
    }
}
