//! The edge: the only folder that names JavaScript.
//!
//! `Guards::run` performs one [`Effect`] and answers through `send`; everything that must end with the component
//! is held by the guards and undone when they are dropped. The rest is the typed, lower-level API around `snap.js`,
//! usable without the component: [`loader`], [`snap`], [`api`].

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

use flow::{Attempt, Effect, Event};
use gloo_timers::callback::Timeout;
use yew::Callback;

use crate::settings::{self, Settings};

/// What must end with the component: dropping it closes the popup, stops the timer and aborts requests.
#[derive(Default)]
pub(crate) struct Guards {
    popup: Option<snap::Popup>,
    timer: Option<Timeout>,
    token: Option<api::Abort>,
    status: Option<api::Abort>,
    stream: Option<page::Hearing>,
    seen: Option<page::Hearing>,
    deadline: Option<page::Hearing>,
}

impl Guards {
    /// Tells when the page is hidden and when it is shown again.
    pub(crate) fn watch_page(&mut self, send: Callback<Event>) {
        self.seen = Some(page::Hearing::page(settings::MEMORY, move |seen| {
            send.emit(if seen { Event::PageShown } else { Event::PageHidden });
        }));
    }

    /// Counts down to the deadline that is shown inside `root`, if one is.
    pub(crate) fn count_down(&mut self, root: Option<page::Root>, send: Callback<Event>) {
        self.deadline = root.map(|root| page::Hearing::deadline(&root, move || send.emit(Event::DeadlinePassed)));
    }

    /// Performs one effect. The only place where effects become deeds.
    pub(crate) fn run(
        &mut self,
        effect: Effect,
        settings: &Rc<Settings>,
        key: impl Fn(flow::KeyNumber) -> String,
        send: &Callback<Event>,
    ) {
        match effect {
            Effect::LoadScript { attempt } => load_script(attempt, settings, send.clone()),
            Effect::RequestToken { attempt, key: number } => {
                self.token = Some(request_token(attempt, key(number), settings, send.clone()));
            }
            Effect::OpenPopup { attempt, token } => {
                match snap::pay(&token, &settings.options, heard(attempt, settings, send)) {
                    Ok(popup) => {
                        self.popup = Some(popup);
                        send.emit(Event::PopupOpened { attempt });
                    }
                    Err(refusal) => {
                        log::error(&["snap.pay refused: ", &refusal.message].concat());
                        send.emit(Event::PopupFailed { attempt, fault: refusal.fault });
                    }
                }
            }
            Effect::HidePopup => {
                self.popup = None;
                snap::hide();
            }
            Effect::AskStatus { attempt, url } => self.status = Some(ask_status(attempt, url, settings, send.clone())),
            Effect::Listen { attempt, url } => {
                let send = send.clone();
                self.stream = api::listen(settings, &url, move |order| {
                    send.emit(match order {
                        Some(order) => Event::StatusStreamed { attempt, order: Rc::new(order) },
                        None => Event::StreamLost { attempt },
                    });
                });
            }
            Effect::StopListening => self.stream = None,
            Effect::StartTimer { attempt, after } => {
                let send = send.clone();
                self.timer = Some(Timeout::new(after, move || send.emit(Event::TimerFired { attempt })));
            }
            Effect::GoTo { url } => page::go_to(&url),
            Effect::Remember { checkout, hint } => storage::remember(&settings.memory_key(), &checkout, hint),
            Effect::Forget => storage::forget(&settings.memory_key()),
        }
    }
}

/// The callbacks of one popup as events; the merchant's own handlers hear them first, with everything in them.
fn heard(attempt: Attempt, settings: &Rc<Settings>, send: &Callback<Event>) -> snap::Handlers {
    let (on, send) = (settings.on.clone(), send.clone());
    Box::new(move |heard| match heard {
        snap::Heard::Success(result) => {
            on.success.emit(result);
            send.emit(Event::SnapSucceeded { attempt });
        }
        snap::Heard::Pending(result) => {
            let payment = Rc::new(result.instruction());
            on.pending.emit(result);
            send.emit(Event::SnapPended { attempt, payment });
        }
        snap::Heard::Error(result) => {
            let code = result.code();
            on.error.emit(result);
            send.emit(Event::SnapErred { attempt, code });
        }
        snap::Heard::Close => {
            on.close.emit(());
            send.emit(Event::SnapClosed { attempt });
        }
    })
}

fn load_script(attempt: Attempt, settings: &Rc<Settings>, send: Callback<Event>) {
    let settings = settings.clone();
    page::spawn(async move {
        send.emit(match loader::load(&settings.script()).await {
            Ok(()) => Event::ScriptLoaded { attempt },
            Err(fault) => Event::ScriptFailed { attempt, fault },
        });
    });
}

fn request_token(attempt: Attempt, key: String, settings: &Rc<Settings>, send: Callback<Event>) -> api::Abort {
    let (abort, signal) = api::Abort::new();
    let settings = settings.clone();
    page::spawn(async move {
        let answer = api::request_token(&settings, &key, &signal).await;
        if signal.aborted() {
            return;
        }
        send.emit(match answer {
            Ok(checkout) => Event::TokenReceived { attempt, checkout: Rc::new(checkout) },
            Err(fault) => Event::TokenFailed { attempt, fault },
        });
    });
    abort
}

fn ask_status(attempt: Attempt, url: String, settings: &Rc<Settings>, send: Callback<Event>) -> api::Abort {
    let (abort, signal) = api::Abort::new();
    let settings = settings.clone();
    page::spawn(async move {
        let answer = api::ask_status(&settings, &url, &signal).await;
        if signal.aborted() {
            return;
        }
        send.emit(match answer {
            Ok(order) => Event::StatusReceived { attempt, order: Rc::new(order) },
            Err(unanswered) if unanswered.fault == flow::TokenFault::Refused(404) => Event::StatusMissing { attempt },
            Err(unanswered) => Event::StatusFailed { attempt, retry_after: unanswered.retry_after },
        });
    });
    abort
}
