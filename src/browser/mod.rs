//! The edge: the only folder that names JavaScript.
//!
//! `Guards::run` performs one [`Effect`] and answers through `send`; everything that must end with the component
//! is held by the guards and undone when they are dropped. The rest is the typed, lower-level API around `snap.js`,
//! usable without the component: [`loader`], [`snap`], [`api`].
//!
//! ```no_run
//! use snap_checkout::browser::{api, loader, snap};
//! use snap_checkout::{Environment, Settings};
//!
//! /// Opens the popup for an order. Whoever drops the popup hides it.
//! async fn pay(order: &str, key: &str) -> Option<snap::Popup> {
//!     let token_url = "/api/orders".into();
//!     let settings = Settings::new("SB-Mid-client-…".into(), Environment::Sandbox, token_url, order.to_owned().into());
//!     // Dropping the guard gives the request up.
//!     let (_guard, signal) = api::Abort::new();
//!     loader::load(&settings.script()).await.ok()?;
//!     let checkout = api::request_token(&settings, key, &signal).await.ok()?;
//!     let heard = Box::new(|heard| match heard {
//!         // A hint: only the merchant's backend knows what was paid.
//!         snap::Heard::Success(_) | snap::Heard::Pending(_) => {}
//!         snap::Heard::Error(_) | snap::Heard::Close => {}
//!     });
//!     snap::pay(&checkout.token, &settings.options, heard).ok()
//! }
//! ```

pub mod api;
pub mod format;
pub mod json;
pub mod loader;
pub mod log;
pub mod page;
pub mod snap;
pub mod storage;

mod abort;
mod answer;
mod dom;
mod error;

use std::rc::Rc;

use flow::{Effect, Event, Frame, RequestId};
use gloo_timers::callback::Timeout;
use yew::{Callback, NodeRef};

use crate::session::Input;
use crate::settings::{self, Settings};

/// What must end with the component: dropping it closes the popup, stops the timer and aborts requests.
#[derive(Default)]
pub(crate) struct Guards {
    /// The element that everything is shown in, if there is one.
    root: NodeRef,
    popup: Option<snap::Popup>,
    place: Option<page::Place>,
    timer: Option<Timeout>,
    token: Option<api::Abort>,
    status: Option<api::Abort>,
    stream: Option<page::Hearing>,
    seen: Option<page::Hearing>,
    deadline: Option<page::Hearing>,
}

impl Guards {
    /// None yet, of a checkout that is shown inside this element.
    pub(crate) fn inside(root: NodeRef) -> Self {
        Self { root, ..Self::default() }
    }

    /// Tells when the page is hidden and when it is shown again.
    pub(crate) fn watch_page(&mut self, send: Callback<Event>) {
        self.seen = Some(page::Hearing::page(settings::MEMORY, move |seen| {
            send.emit(if seen { Event::PageShown } else { Event::PageHidden });
        }));
    }

    /// Counts down to the deadline that is shown inside the root, while there is one to be paid by.
    pub(crate) fn count_down(&mut self, pending: bool, send: Callback<Event>) {
        let root = if pending { self.root.cast() } else { None };
        self.deadline = root.map(|root| page::Hearing::deadline(&root, move || send.emit(Event::DeadlinePassed)));
    }

    /// Performs one effect. The only place where effects become deeds.
    pub(crate) fn run(
        &mut self,
        effect: Effect,
        settings: &Rc<Settings>,
        key: impl Fn(flow::KeyNumber) -> String,
        ours: storage::Ours,
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
                self.stream = api::listen(settings, &url, move |order| {
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
            Effect::Redirect { url } => page::go_to(&snap::hosted(&url, &settings.options)),
            Effect::SaveCheckout { checkout, reason } => storage::remember(&settings.memory_key(), &checkout, reason),
            Effect::ClearCheckout => storage::forget(&settings.memory_key(), ours),
        }
    }

    fn open(
        &mut self,
        request_id: RequestId,
        token: &str,
        frame: Frame,
        settings: &Settings,
        input: Callback<Input>,
    ) -> Event {
        let heard: snap::Handlers = Box::new(move |heard| input.emit(Input::Snap(request_id, heard)));
        let opened = match frame {
            Frame::Popup => snap::pay(token, &settings.options, heard),
            Frame::Embed => {
                let Some(place) = page::Place::find(self.root.cast(), settings.embed_id.as_deref()) else {
                    return Event::EmbedTooSmall { request_id, instead: page::suitable_mode() };
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

fn load_script(request_id: RequestId, settings: &Rc<Settings>, send: Callback<Event>) {
    let settings = settings.clone();
    page::spawn(async move {
        send.emit(match loader::load(&settings.script()).await {
            Ok(()) => Event::ScriptLoaded { request_id },
            Err(fault) => Event::ScriptFailed { request_id, fault },
        });
    });
}

fn request_token(request_id: RequestId, key: String, settings: &Rc<Settings>, send: Callback<Event>) -> api::Abort {
    let (abort, signal) = api::Abort::new();
    let settings = settings.clone();
    page::spawn(async move {
        let answer = api::request_token(&settings, &key, &signal).await;
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

fn ask_status(request_id: RequestId, url: String, settings: &Rc<Settings>, send: Callback<Event>) -> api::Abort {
    let (abort, signal) = api::Abort::new();
    let settings = settings.clone();
    page::spawn(async move {
        let answer = api::ask_status(&settings, &url, &signal).await;
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
