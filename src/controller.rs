//! One checkout without looks: owns the flow and the guards, performs the effects, tells the host what happened.
//!
//! It decides nothing: that is `flow`. [`SnapCheckout`](crate::SnapCheckout) shows it, [`use_snap`](crate::use_snap)
//! hands it to whoever has looks of their own.

use std::rc::Rc;

use flow::saved_checkout::SavedKeys;
use flow::{CheckoutMachine, ConfirmReason, Effect, Event, KeyNumber, OrderIdentity, Outcome, Phase, RequestId};
use wire::digits;
use wire::merchant::{Checkout, Order};
use yew::{Callback, NodeRef};

use crate::config::{CheckoutConfig, check_client_key};
use crate::effects::snap::SnapCallback;
use crate::effects::{EffectRunner, environment, loader, saved_checkout};
use crate::mode::Mode;
use crate::props::SnapCheckoutProps;

pub(crate) struct CheckoutController {
    flow: CheckoutMachine,
    guards: EffectRunner,
    send: Callback<Input>,
    /// What the payment goes by. The properties may already be those of the next one.
    settings: Rc<CheckoutConfig>,
    /// The checkout that the page had, as far as it was looked at.
    given: Option<Checkout>,
    /// The last token that was seen, and since when: one that is too old is not opened again.
    token: Option<(String, f64)>,
    /// The unguessable part of its idempotency keys, once one was needed. Kept here too: the storage may be
    /// forbidden, and a second key for one order would be a second order.
    nonce: Option<String>,
}

/// What a session hears.
pub enum Input {
    /// Something for the flow.
    Flow(Event),
    /// A callback of `snap.js`.
    Snap(RequestId, SnapCallback),
    /// The pointer or the focus came near.
    Near,
    /// Something from a program around it.
    Command(Command),
}

/// What a program around the checkout may ask of it, as `app.send_message(Command::Pay)` through Yew's
/// [`AppHandle`](yew::AppHandle) or [`Scope`](yew::html::Scope).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Fetch what a press needs, ahead of it. Nothing unless it is idle.
    Prepare,
    /// As if the customer had pressed the button; nothing while it is disabled.
    Pay,
    /// Begin anew: the popup is hidden, what is on its way is ignored. An order that is not over stays the same
    /// order at the merchant's.
    Reset,
}

impl CheckoutController {
    /// Begins one that answers through `send`, and goes on with what is known of its order.
    pub(crate) fn begin(props: &SnapCheckoutProps, root: &NodeRef, send: Callback<Input>) -> Self {
        let mut this = Self {
            flow: CheckoutMachine::new(),
            guards: EffectRunner::inside(root.clone()),
            send,
            settings: Rc::new(settings(props)),
            given: None,
            token: None,
            nonce: None,
        };
        environment::ensure_viewport();
        let send = this.events();
        this.guards.watch_page(send);
        this.look_back(props);
        this
    }

    pub(crate) fn phase(&self) -> &Phase {
        self.flow.phase()
    }

    /// Takes what happened; answers whether the phase is another one now.
    pub(crate) fn hear(&mut self, props: &SnapCheckoutProps, input: Input) -> bool {
        match input {
            Input::Flow(event) => self.apply(props, event),
            Input::Snap(request_id, heard) => {
                let event = called_back(props, request_id, heard);
                self.apply(props, event)
            }
            Input::Near => self.near(props),
            Input::Command(Command::Prepare) => self.apply(props, Event::PrefetchRequested { mode: mode(props) }),
            Input::Command(Command::Pay) if props.disabled && *self.phase() == Phase::Idle => false,
            Input::Command(Command::Pay) => self.apply(props, Event::PayPressed { mode: mode(props) }),
            Input::Command(Command::Reset) => {
                // Of an order that is over, what is kept goes by its token and its key, so these go last.
                let over = matches!(self.phase(), Phase::Settled(_));
                if !over {
                    self.token = None;
                }
                let changed = self.apply(props, Event::Restarted);
                if over {
                    self.nonce = None;
                }
                changed
            }
        }
    }

    /// Counts down inside the root while a payment is awaited.
    pub(crate) fn count_down(&mut self) {
        let pending = matches!(self.phase(), Phase::Pending { .. });
        let send = self.events();
        self.guards.count_down(pending, send);
    }

    fn events(&self) -> Callback<Event> {
        let send = self.send.clone();
        Callback::from(move |event| send.emit(Input::Flow(event)))
    }

    fn apply(&mut self, props: &SnapCheckoutProps, event: Event) -> bool {
        self.follow(props);
        let before = self.phase().clone();
        if let Event::PayPressed { .. } | Event::PrefetchRequested { .. } = event {
            self.take_up(props);
            if self.token.as_ref().is_some_and(|(_, since)| saved_checkout::is_old(*since)) {
                self.perform(Event::TokenExpired);
            }
        }
        if matches!((&event, &before), (Event::PageShown, Phase::Idle)) {
            // Another tab may have begun to pay for it.
            self.look_back(props);
        }
        self.perform(event);
        self.follow(props);
        let phase = self.flow.phase();
        if *phase == before {
            return false;
        }
        if let Some(checkout) = phase.checkout()
            && self.token.as_ref().is_none_or(|(token, _)| *token != checkout.token)
        {
            self.token = Some((checkout.token.clone(), saved_checkout::now()));
        }
        props.on_phase.emit(phase.clone());
        if let Phase::Settled(Outcome::Paid(order)) = phase {
            props.on_paid.emit(Order::clone(order));
        }
        true
    }

    fn perform(&mut self, event: Event) {
        let effects = self.flow.apply(event);
        if effects.iter().any(|effect| matches!(effect, Effect::RequestToken { .. })) {
            self.nonce.get_or_insert_with(|| saved_checkout::order_nonce(&self.settings.memory_key()));
        }
        let nonce = self.nonce.as_deref().unwrap_or_default();
        let key = |number: KeyNumber| [nonce, "-", &digits(number.0.into())].concat();
        let own =
            SavedKeys { token: self.token.as_ref().map(|(token, _)| token.as_str()), nonce: self.nonce.as_deref() };
        for effect in effects {
            self.guards.run(effect, &self.settings, key, own, &self.send);
        }
    }

    /// Another order ends what was prepared for the old one, as soon as the flow lets it go. What the customer
    /// typed about themselves makes no other order: a token that is there stays the one to pay.
    pub(crate) fn follow(&mut self, props: &SnapCheckoutProps) {
        let running = &*self.settings;
        let wanted = OrderIdentity { order: &props.order, order_key: props.order_key.as_deref() };
        let same_order = running.order_identity().is_same_order(&wanted);
        let same_shop = running.client_key == props.client_key
            && running.environment == props.environment
            && running.token_url == props.token_url;
        if same_order && self.given == props.checkout && (same_shop || self.phase().busy()) {
            if same_shop && self.phase().checkout().is_none() {
                self.settings = Rc::new(settings(props));
            }
            return;
        }
        self.perform(Event::OrderChanged);
        if *self.phase() == Phase::Idle {
            self.settings = Rc::new(settings(props));
            self.nonce = None;
            self.token = None;
            self.look_back(props);
        }
    }

    /// A press begins with what is set now; the order and the shop stay those that are being paid.
    fn take_up(&mut self, props: &SnapCheckoutProps) {
        let running = &*self.settings;
        self.settings = Rc::new(CheckoutConfig {
            client_key: running.client_key.clone(),
            environment: running.environment.clone(),
            token_url: running.token_url.clone(),
            order: running.order.clone(),
            order_key: running.order_key.clone(),
            ..settings(props)
        });
    }

    /// Goes on with the checkout that the page has, or with what this browser remembers of the order.
    fn look_back(&mut self, props: &SnapCheckoutProps) {
        self.given.clone_from(&props.checkout);
        let (checkout, reason) = match &self.given {
            Some(checkout) => (checkout.clone(), ConfirmReason::Returned),
            None => {
                let Some(memory) = saved_checkout::load(&self.settings.memory_key()) else { return };
                self.token = Some((memory.checkout.token.clone(), memory.since));
                (memory.checkout, memory.reason)
            }
        };
        self.send.emit(Input::Flow(Event::Resumed { checkout: Rc::new(checkout), reason }));
    }

    fn near(&mut self, props: &SnapCheckoutProps) -> bool {
        if props.disabled || *self.phase() != Phase::Idle {
            return false;
        }
        let mode = mode(props);
        if props.prepare_on_intent {
            return self.apply(props, Event::PrefetchRequested { mode });
        }
        let script = self.settings.script();
        if mode != flow::Mode::Redirect && check_client_key(&script.client_key).is_ok() {
            // Ahead of the press; whether it failed is told when the press asks again.
            environment::spawn(async move {
                let _ = loader::load(&script).await;
            });
        }
        false
    }
}

/// The merchant's handlers hear a callback first, with everything in it; the latest ones, not those of the press.
fn called_back(props: &SnapCheckoutProps, request_id: RequestId, heard: SnapCallback) -> Event {
    match heard {
        SnapCallback::Success(result) => {
            props.on_success.emit(result);
            Event::SnapSucceeded { request_id }
        }
        SnapCallback::Pending(result) => {
            let payment = Rc::new(result.instruction());
            props.on_pending.emit(result);
            Event::SnapPending { request_id, payment }
        }
        SnapCallback::Error(result) => {
            let code = result.code();
            props.on_error.emit(result);
            Event::SnapFailed { request_id, code }
        }
        SnapCallback::Close => {
            props.on_close.emit(());
            Event::SnapClosed { request_id }
        }
    }
}

fn mode(props: &SnapCheckoutProps) -> flow::Mode {
    match props.mode {
        Mode::Auto => environment::recommended_mode(),
        Mode::Popup => flow::Mode::OnPage(flow::Frame::Popup),
        Mode::Embed => flow::Mode::OnPage(flow::Frame::Embed),
        Mode::Redirect => flow::Mode::Redirect,
    }
}

fn settings(props: &SnapCheckoutProps) -> CheckoutConfig {
    CheckoutConfig {
        client_key: props.client_key.clone(),
        environment: props.environment.clone(),
        token_url: props.token_url.clone(),
        order: props.order.clone(),
        order_key: props.order_key.clone(),
        headers: props.headers.clone(),
        credentials: props.credentials,
        nonce: props.nonce.clone(),
        embed_id: props.embed_id.clone(),
        options: props.snap_options(),
    }
}
