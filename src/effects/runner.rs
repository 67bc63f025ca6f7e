//! Performs effects: one [`Effect`] in, its result as an [`Event`] out.

use std::rc::Rc;

use flow::saved_checkout::SavedKeys;
use flow::{Effect, Event, Frame, RequestId};
use gloo_timers::callback::Timeout;
use yew::{Callback, NodeRef};

use super::embed_container::EmbedContainer;
use super::subscriptions::EventSubscription;
use super::{backend_api, environment, loader, log, saved_checkout, snap};
use crate::config::{self, CheckoutConfig};
use crate::controller::Input;

/// What must end with the component: dropping it closes the popup, stops the timer and aborts requests.
#[derive(Default)]
pub(crate) struct EffectRunner {
    /// The element that everything is shown in, if there is one.
    root: NodeRef,
    popup: Option<snap::Popup>,
    place: Option<EmbedContainer>,
    timer: Option<Timeout>,
    token: Option<backend_api::CancelGuard>,
    status: Option<backend_api::CancelGuard>,
    stream: Option<EventSubscription>,
    seen: Option<EventSubscription>,
    deadline: Option<EventSubscription>,
}

impl EffectRunner {
    /// None yet, of a checkout that is shown inside this element.
    pub(crate) fn inside(root: NodeRef) -> Self {
        Self { root, ..Self::default() }
    }

    /// Tells when the page is hidden and when it is shown again.
    pub(crate) fn watch_page(&mut self, send: Callback<Event>) {
        self.seen = Some(EventSubscription::page(config::MEMORY, move |seen| {
            send.emit(if seen { Event::PageShown } else { Event::PageHidden });
        }));
    }

    /// Counts down to the deadline that is shown inside the root, while there is one to be paid by.
    pub(crate) fn count_down(&mut self, pending: bool, send: Callback<Event>) {
        let root = if pending { self.root.cast() } else { None };
        self.deadline = root.map(|root| EventSubscription::deadline(&root, move || send.emit(Event::DeadlinePassed)));
    }

    /// Performs one effect. The only place where effects become deeds.
    pub(crate) fn run(
        &mut self,
        effect: Effect,
        settings: &Rc<CheckoutConfig>,
        key: impl Fn(flow::KeyNumber) -> String,
        own: SavedKeys<&str>,
        input: &Callback<Input>,
    ) {
        let send = input.clone();
        let send = Callback::from(move |event| send.emit(Input::Flow(event)));
        match effect {
            Effect::LoadScript { request_id } => load_script(request_id, settings, send),
            Effect::RequestToken { request_id, key: number } => {
                self.token = Some(request_token(request_id, key(number), settings, send));
            }
            Effect::OpenPopup { request_id, token, frame } => {
                let event = self.open(request_id, &token, frame, settings, input.clone());
                send.emit(event);
            }
            Effect::HidePopup => {
                self.popup = None;
                self.place = None;
                snap::hide();
            }
            Effect::FetchStatus { request_id, url } => self.status = Some(ask_status(request_id, url, settings, send)),
            Effect::OpenStream { request_id, url } => {
                self.stream = backend_api::listen(settings, &url, move |order| {
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
            Effect::Redirect { url } => environment::go_to(&snap::hosted(&url, &settings.options)),
            Effect::SaveCheckout { checkout, reason } => {
                saved_checkout::save(&settings.memory_key(), &checkout, reason)
            }
            Effect::ClearCheckout => saved_checkout::clear(&settings.memory_key(), own),
        }
    }

    fn open(
        &mut self,
        request_id: RequestId,
        token: &str,
        frame: Frame,
        settings: &CheckoutConfig,
        input: Callback<Input>,
    ) -> Event {
        let heard: snap::CallbackHandler = Box::new(move |heard| input.emit(Input::Snap(request_id, heard)));
        let opened = match frame {
            Frame::Popup => snap::pay(token, &settings.options, heard),
            Frame::Embed => {
                let Some(place) = EmbedContainer::find(self.root.cast(), settings.embed_id.as_deref()) else {
                    return Event::EmbedTooSmall { request_id, instead: environment::recommended_mode() };
                };
                let opened = snap::embed(token, place.id(), &settings.options, heard);
                self.place = Some(place);
                opened
            }
        };
        match opened {
            Ok(popup) => {
                self.popup = Some(popup);
                Event::PopupOpened { request_id }
            }
            Err(refusal) => {
                log::error(&["snap.js refused: ", &refusal.message].concat());
                self.place = None;
                Event::PopupFailed { request_id, fault: refusal.fault }
            }
        }
    }
}

fn load_script(request_id: RequestId, settings: &Rc<CheckoutConfig>, send: Callback<Event>) {
    let settings = settings.clone();
    environment::spawn(async move {
        send.emit(match loader::load(&settings.script()).await {
            Ok(()) => Event::ScriptLoaded { request_id },
            Err(fault) => Event::ScriptFailed { request_id, fault },
        });
    });
}

fn request_token(
    request_id: RequestId,
    key: String,
    settings: &Rc<CheckoutConfig>,
    send: Callback<Event>,
) -> backend_api::CancelGuard {
    let (abort, signal) = backend_api::CancelGuard::new();
    let settings = settings.clone();
    environment::spawn(async move {
        let answer = backend_api::request_token(&settings, &key, &signal).await;
        if signal.aborted() {
            return;
        }
        send.emit(match answer {
            Ok(checkout) => Event::TokenReceived { request_id, checkout: Rc::new(checkout) },
            Err(fault) => Event::TokenFailed { request_id, fault },
        });
    });
    abort
}

fn ask_status(
    request_id: RequestId,
    url: String,
    settings: &Rc<CheckoutConfig>,
    send: Callback<Event>,
) -> backend_api::CancelGuard {
    let (abort, signal) = backend_api::CancelGuard::new();
    let settings = settings.clone();
    environment::spawn(async move {
        let answer = backend_api::ask_status(&settings, &url, &signal).await;
        if signal.aborted() {
            return;
        }
        send.emit(match answer {
            Ok(order) => Event::StatusReceived { request_id, order: Rc::new(order) },
            Err(unanswered) if unanswered.fault == flow::TokenFault::Refused(404) => {
                Event::StatusMissing { request_id }
            }
            Err(unanswered) => Event::StatusFailed { request_id, retry_after: unanswered.retry_after },
        });
    });
    abort
}
