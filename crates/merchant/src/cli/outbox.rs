//! Messages to the shop's own systems that did not arrive: seen, and put back on their way.

use serde_json::{Value, json};

use super::args::{OutboxList, OutboxRetry};
use super::error::{Refusal, plain};
use super::{Told, format, output};
use crate::clock;
use crate::store::{Delivery, Store};

/// One word for where a message is.
pub(super) fn state(message: &Delivery) -> &'static str {
    match (message.delivered_at, message.dead_at) {
        (Some(_), _) => "delivered",
        (None, Some(_)) => "dead",
        (None, None) => "waiting",
    }
}

/// One line about a message.
pub(super) fn line(message: &Delivery) -> String {
    let when = match (message.delivered_at, message.dead_at, message.due_at) {
        (Some(at), ..) => format!("arrived {}", format::wib(at)),
        (_, Some(at), _) => format!("given up {}", format::wib(at)),
        (_, _, Some(at)) => format!("next try {}", format::wib(at)),
        (None, None, None) => "not on its way".to_owned(),
    };
    let error = message.last_error.as_deref().map(|error| format!(", last: {}", plain(error))).unwrap_or_default();
    format!("{}  {}  {} tries, {when}{error}", message.event_id, state(message), message.tries)
}

pub(super) async fn list(store: &Store, args: &OutboxList) -> Result<Told, Refusal> {
    let messages = store.outbox(args.which(), args.limit.into()).await?;
    let mut text: String = messages.iter().map(|message| line(message) + "\n").collect();
    let dead = messages.iter().filter(|message| state(message) == "dead").count();
    let full = messages.len() == usize::from(args.limit);
    text += &format!("{}{} messages, {dead} of them given up\n", if full { "the oldest " } else { "" }, messages.len());
    text += match dead {
        0 => "next: nothing; what is on its way is tried again by a running merchant\n",
        _ => "next: mend what refused them, then merchant outbox retry EVENT_ID, or --dead for all\n",
    };
    let messages: Vec<Value> = messages.iter().map(output::message).collect();
    Ok(Told { text, json: json!({"messages": messages}), failed: false })
}

pub(super) async fn retry(store: &Store, args: &OutboxRetry) -> Result<Told, Refusal> {
    let event_id = args.which.event_id.as_deref();
    let many = store.requeue(event_id, clock::now()).await?;
    if let (Some(id), 0) = (event_id, many) {
        return Err(match store.message(id).await? {
            Some(message) => Refusal::new(
                "message_delivered",
                format!("the message {} arrived", message.event_id),
                format!("merchant order show {}", message.order_id),
            ),
            None => {
                Refusal::new("message_not_found", format!("there is no message {}", plain(id)), "merchant outbox list")
            }
        });
    }
    let text = match many {
        0 => "nothing was given up\nnext: nothing\n".to_owned(),
        many => format!(
            "{many} back on their way\nnext: a running merchant sends them within seconds; merchant outbox list\n"
        ),
    };
    Ok(Told { text, json: json!({"requeued": many}), failed: false })
}
