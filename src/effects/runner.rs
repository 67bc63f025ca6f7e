//! Performs effects: one [`Effect`] in, its result as an [`Event`] out.

use std::rc::Rc;

use flow::saved_checkout::SavedKeys;
use flow::{Effect, Event, Frame, RequestId};
use gloo_timers::callback::Timeout;
use yew::{Callback, NodeRef};

use super::embed_container::EmbedContainer;
use super::subscriptions::EventSubscription;
use super::{backend_api, environment, loader, log, saved_checkout, snap};
use crate::config::{CheckoutConfig, STORAGE_PREFIX};
use crate::input::Input;

/// Performs the effects of one checkout. Dropping it hides the popup, stops the timer and aborts requests.
#[derive(Default)]
pub(crate) struct EffectRunner {
    /// The component's element, if it has a view.
    root: NodeRef,
    popup: Option<snap::Popup>,
    container: Option<EmbedContainer>,
    timer: Option<Timeout>,
    token: Option<backend_api::CancelGuard>,
    status: Option<backend_api::CancelGuard>,
    stream: Option<EventSubscription>,
    page: Option<EventSubscription>,
    deadline: Option<EventSubscription>,
}

impl EffectRunner {
    /// A runner for a checkout inside this element.
    pub(crate) fn inside(root: NodeRef) -> Self {
        Self { root, ..Self::default() }
    }

    /// Reports when the page is hidden and shown.
    pub(crate) fn watch_page(&mut self, send: Callback<Event>) {
        self.page = Some(EventSubscription::page(STORAGE_PREFIX, move |visible| {
            send.emit(if visible { Event::PageShown } else { Event::PageHidden });
        }));
    }

    /// Updates the countdown inside the root while a payment is pending.
    pub(crate) fn count_down(&mut self, pending: bool, send: Callback<Event>) {
        let root = if pending { self.root.cast() } else { None };
        self.deadline = root.map(|root| EventSubscription::deadline(&root, move || send.emit(Event::DeadlinePassed)));
    }

    /// Performs one effect. No other code performs effects.
    pub(crate) fn run(
        &mut self,
        effect: Effect,
        config: &Rc<CheckoutConfig>,
        key: impl Fn(flow::KeyNumber) -> String,
        own: SavedKeys<&str>,
        input: &Callback<Input>,
    ) {
        let send = input.clone();
        let send = Callback::from(move |event| send.emit(Input::Event(event)));
        match effect {
            Effect::LoadScript { request_id } => load_script(request_id, config, send),
            Effect::RequestToken { request_id, key: number } => {
                self.token = Some(request_token(request_id, key(number), config, send));
            }
            Effect::OpenPopup { request_id, token, frame } => {
                let event = self.open(request_id, &token, frame, config, input.clone());
                send.emit(event);
            }
            Effect::HidePopup => {
                self.popup = None;
                self.container = None;
                snap::hide();
            }
            Effect::FetchStatus { request_id, url } => self.status = Some(fetch_status(request_id, url, config, send)),
            Effect::OpenStream { request_id, url } => {
                self.stream = backend_api::follow_events(config, &url, move |order| {
                    send.emit(match order {
                        Some(order) => Event::StatusStreamed { request_id, order: Rc::new(order) },
                        None => Event::StreamLost { request_id },
                    });
                });
            }
            Effect::CloseStream => self.stream = None,
            Effect::StartTimer { request_id, after } => {
                self.timer = Some(Timeout::new(after, move || send.emit(Event::TimerFired { request_id })));
            }
            Effect::Redirect { url } => environment::go_to(&snap::hosted(&url, &config.options)),
            Effect::SaveCheckout { checkout, reason } => saved_checkout::save(&config.storage_key(), &checkout, reason),
            Effect::ClearCheckout => saved_checkout::clear(&config.storage_key(), own),
        }
    }

    fn open(
        &mut self,
        request_id: RequestId,
        token: &str,
        frame: Frame,
        config: &CheckoutConfig,
        input: Callback<Input>,
    ) -> Event {
        let handler: snap::CallbackHandler = Box::new(move |callback| input.emit(Input::Snap(request_id, callback)));
        let opened = match frame {
            Frame::Popup => snap::pay(token, &config.options, handler),
            Frame::Embed => {
                let Some(container) = EmbedContainer::find(self.root.cast(), config.embed_id.as_deref()) else {
                    return Event::EmbedTooSmall { request_id, instead: environment::recommended_mode() };
                };
                let opened = snap::embed(token, container.id(), &config.options, handler);
                self.container = Some(container);
                opened
            }
        };
        match opened {
            Ok(popup) => {
                self.popup = Some(popup);
                Event::PopupOpened { request_id }
            }
            Err(error) => {
                log::error(&["snap.js failed: ", &error.message].concat());
                self.container = None;
                Event::PopupFailed { request_id, fault: error.fault }
            }
        }
    }
}

fn load_script(request_id: RequestId, config: &Rc<CheckoutConfig>, send: Callback<Event>) {
    let config = config.clone();
    environment::spawn(async move {
        send.emit(match loader::load(&config.script()).await {
            Ok(()) => Event::ScriptLoaded { request_id },
            Err(fault) => Event::ScriptFailed { request_id, fault },
        });
    });
}

fn request_token(
    request_id: RequestId,
    key: String,
    config: &Rc<CheckoutConfig>,
    send: Callback<Event>,
) -> backend_api::CancelGuard {
    let (guard, signal) = backend_api::CancelGuard::new();
    let config = config.clone();
    environment::spawn(async move {
        let result = backend_api::request_token(&config, &key, &signal).await;
        if signal.aborted() {
            return;
        }
        send.emit(match result {
            Ok(checkout) => Event::TokenReceived { request_id, checkout: Rc::new(checkout) },
            Err(fault) => Event::TokenFailed { request_id, fault },
        });
    });
    guard
}

fn fetch_status(
    request_id: RequestId,
    url: String,
    config: &Rc<CheckoutConfig>,
    send: Callback<Event>,
) -> backend_api::CancelGuard {
    let (guard, signal) = backend_api::CancelGuard::new();
    let config = config.clone();
    environment::spawn(async move {
        let result = backend_api::fetch_status(&config, &url, &signal).await;
        if signal.aborted() {
            return;
        }
        send.emit(match result {
            Ok(order) => Event::StatusReceived { request_id, order: Rc::new(order) },
            Err(error) if error.fault == flow::TokenFault::Refused(404) => Event::StatusMissing { request_id },
            Err(error) => Event::StatusFailed { request_id, retry_after: error.retry_after },
        });
    });
    guard
}
