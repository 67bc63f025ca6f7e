//! `GET /api/orders/{id}/events`: the order as server-sent events.
//!
//! Each event contains the whole order. So nothing is replayed, and a lost event does no harm.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;
use crate::http::error_response::LogContext;
use crate::http::middleware::load_shed::Permit;
use crate::http::orders_api::{OrderId, parse_order_id, to_public};
use crate::store::Subscription;

/// Streams of one order in one process. A customer has a few tabs.
const MAX_STREAMS_PER_ORDER: usize = 16;

/// Pause between comments. They keep proxies from closing an idle stream, and reveal a client that is gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long the stream waits for a change before it reads the order again.
///
/// Another process on the same SQLite file cannot signal a change, and a notification may be lost. So the stream also
/// requests a status check, after 15, 30, 60 seconds and so on.
const POLL_INTERVAL: Duration = Duration::from_secs(15);

/// Age at which a stream ends; the connection limit is 15 minutes. The browser reconnects by itself.
const MAX_STREAM_AGE: Duration = Duration::from_secs(14 * 60);

/// Pause before the browser reconnects.
const RETRY: Duration = Duration::from_secs(3);

/// Opens a stream.
pub async fn events(State(state): State<AppState>, id: OrderId) -> Result<Response, ApiError> {
    let order_id = parse_order_id(id)?;
    // Held until the stream is open.
    let _permit = state.permits.customer()?;
    let permit = state.permits.event_stream().map_err(|error| error.with_order_id(&order_id))?;
    if state.store.subscriber_count(&order_id) >= MAX_STREAMS_PER_ORDER {
        return Err(ApiError::from(ErrorCode::Busy).with_order_id(&order_id));
    }
    // Subscribe before the first read, so that no change is missed in between.
    let changes = state.store.subscribe(&order_id);
    if state.store.order(&order_id).await?.is_none() {
        return Err(ErrorCode::OrderNotFound.into());
    }
    state.reconcile.poll_in_background(&order_id);
    let log = LogContext::new(Some(&order_id), "event stream opened");
    let stream = OrderStream {
        ends_at: Instant::now() + MAX_STREAM_AGE,
        shutting_down: state.shutting_down.subscribe(),
        state,
        order_id,
        changes,
        last_sent: None,
        idle_polls: 0,
        _permit: permit,
    };
    let body = Sse::new(into_events(stream)).keep_alive(KeepAlive::new().interval(HEARTBEAT).text(""));
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, log, body).into_response())
}

struct OrderStream {
    state: AppState,
    order_id: String,
    changes: Subscription,
    /// Version and payment instruction of the last event.
    last_sent: Option<String>,
    /// Reads without a change signal.
    idle_polls: u32,
    shutting_down: watch::Receiver<bool>,
    ends_at: Instant,
    _permit: Permit,
}

fn into_events(stream: OrderStream) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(stream, |mut stream| async move {
        let event = stream.next_event().await?;
        Some((Ok(event), stream))
    })
}

impl OrderStream {
    /// Waits for the next event. The stream ends at its maximum age, at shutdown, and when the store fails.
    async fn next_event(&mut self) -> Option<Event> {
        let is_first = self.last_sent.is_none();
        loop {
            if self.last_sent.is_some() {
                let poll_at = self.ends_at.min(Instant::now() + POLL_INTERVAL);
                tokio::select! {
                    _ = self.shutting_down.wait_for(|shutting_down| *shutting_down) => return None,
                    () = self.changes.changed() => {}
                    () = sleep_until(poll_at) => {
                        self.idle_polls += 1;
                        if self.idle_polls.is_power_of_two() {
                            self.state.reconcile.poll_in_background(&self.order_id);
                        }
                    }
                }
                if Instant::now() >= self.ends_at {
                    return None;
                }
            }
            let stored = self.state.store.order(&self.order_id).await.ok()??;
            let version = stored.version;
            let content = format!("{version} {:?}", stored.payment);
            if self.last_sent.as_deref() == Some(&content) {
                continue;
            }
            self.last_sent = Some(content);
            let event = Event::default().event("order").id(version.to_string()).json_data(to_public(stored)).ok()?;
            return Some(if is_first { event.retry(RETRY) } else { event });
        }
    }
}
