//! `merchant outbox`: lists undelivered webhook events and retries them.

use serde_json::{Value, json};

use super::args::{OutboxListArgs, OutboxRetryArgs};
use super::error::{CliError, sanitize};
use super::format::format_wib;
use super::output::{self, CommandOutput, event_state};
use crate::clock;
use crate::error::ErrorCode;
use crate::store::{Delivery, Store};

/// Describes an event on one line.
pub(super) fn event_line(event: &Delivery) -> String {
    let time = match (event.delivered_at, event.dead_at, event.next_try_at) {
        (Some(at), ..) => format!("delivered {}", format_wib(at)),
        (_, Some(at), _) => format!("last try {}", format_wib(at)),
        (_, _, Some(at)) => format!("next try {}", format_wib(at)),
        (None, None, None) => "not scheduled".to_owned(),
    };
    let error = event.last_error.as_deref().map(|error| format!(", last error: {}", sanitize(error)));
    format!(
        "{}  {}  {} tries, {time}{}",
        event.event_id,
        event_state(event),
        event.try_count,
        error.unwrap_or_default()
    )
}

/// `merchant outbox list`.
pub(super) async fn list(store: &Store, args: &OutboxListArgs) -> Result<CommandOutput, CliError> {
    let events = store.outbox_events(args.filter(), args.limit.into()).await?;
    let mut text: String = events.iter().map(|event| event_line(event) + "\n").collect();
    let dead = events.iter().filter(|event| event_state(event) == "dead").count();
    let truncated = if events.len() == usize::from(args.limit) { "the oldest " } else { "" };
    text += &format!("{truncated}{} events, {dead} of them dead\n", events.len());
    text += match dead {
        0 => "next: nothing; a running server retries pending events\n",
        _ => "next: repair the receiver, then merchant outbox retry EVENT_ID, or merchant outbox retry --dead\n",
    };
    let events: Vec<Value> = events.iter().map(output::event).collect();
    Ok(CommandOutput::new(text, json!({"events": events})))
}

/// `merchant outbox retry`.
pub(super) async fn retry(store: &Store, args: &OutboxRetryArgs) -> Result<CommandOutput, CliError> {
    let event_id = args.target.event_id.as_deref();
    let count = store.schedule_events(event_id, clock::now()).await?;
    if let (Some(id), 0) = (event_id, count) {
        return Err(match store.outbox_event(id).await? {
            Some(event) => CliError::new(
                ErrorCode::EventDelivered,
                format!("event {} was delivered", event.event_id),
                format!("merchant order show {}", event.order_id),
            ),
            None => CliError::new(
                ErrorCode::EventNotFound,
                format!("there is no event {}", sanitize(id)),
                "merchant outbox list",
            ),
        });
    }
    let text = match count {
        0 => "there are no dead events\nnext: nothing\n".to_owned(),
        count => format!("{count} events scheduled\nnext: a running server sends them now; merchant outbox list\n"),
    };
    Ok(CommandOutput::new(text, json!({"scheduled": count})))
}
