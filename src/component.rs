//! [`SnapCheckout`]: owns the flow and the guards, performs the effects, tells the host what happened.
//!
//! It decides nothing: that is `flow`. It shows nothing: that is `view`.

use std::rc::Rc;

use flow::{Effect, Event, Flow, Hint, KeyNumber, Outcome, Phase};
use wire::digits;
use wire::merchant::Order;
use yew::prelude::*;

use crate::browser::{Guards, loader, page, storage};
use crate::props::SnapCheckoutProps;
use crate::settings::{Handlers, Settings, check_client_key};
use crate::view;

/// A button that takes a payment with Midtrans Snap, and everything that can happen after it is pressed.
pub struct SnapCheckout {
    flow: Flow,
    guards: Guards,
    /// The order that the flow is about; the property may already be the next one.
    order: AttrValue,
    order_key: Option<AttrValue>,
    /// The last token that was seen, and since when: one that is too old is not opened again.
    token: Option<(String, f64)>,
    /// The unguessable part of its idempotency keys, once one was needed. Kept here too: the storage may be
    /// forbidden, and a second key for one order would be a second order.
    nonce: Option<String>,
    root: NodeRef,
    /// Where the focus goes after the next render.
    focus: Option<&'static str>,
    /// What was to be put on the clipboard last, and whether it is there.
    copied: Option<(AttrValue, bool)>,
}

/// What the component hears.
pub enum Msg {
    /// Something for the flow.
    Flow(Event),
    /// The pointer or the focus came near.
    Near,
    /// The customer wants a number on the clipboard.
    Copy(AttrValue),
    /// Whether it is there.
    Copied(AttrValue, bool),
    /// Something from outside.
    Command(Command),
}

/// What a program around the checkout may ask of it, as `app.send_message(Command::Pay)` through Yew's
/// [`AppHandle`] or [`Scope`](yew::html::Scope).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Load the script and ask for a token, ahead of the press. Nothing unless it is idle.
    Prepare,
    /// As if the customer had pressed the button; nothing while it is disabled.
    Pay,
    /// Begin anew: the popup is hidden, what is on its way is ignored. An order that is not over stays the same
    /// order at the merchant's.
    Reset,
}

impl From<Command> for Msg {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl Component for SnapCheckout {
    type Message = Msg;
    type Properties = SnapCheckoutProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut this = Self {
            flow: Flow::new(),
            guards: Guards::default(),
            order: ctx.props().order.clone(),
            order_key: ctx.props().order_key.clone(),
            token: None,
            nonce: None,
            root: NodeRef::default(),
            focus: None,
            copied: None,
        };
        page::ensure_viewport();
        let send = ctx.link().callback(Msg::Flow);
        this.guards.watch_page(send);
        match ctx.props().checkout.clone() {
            Some(checkout) => {
                let resumed = Event::Resumed { checkout: Rc::new(checkout), hint: Hint::Returned };
                ctx.link().send_message(Msg::Flow(resumed));
            }
            None => this.look_back(ctx),
        }
        this
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Flow(event) => self.apply(ctx, event),
            Msg::Near => self.near(ctx),
            Msg::Copy(text) => {
                let link = ctx.link().clone();
                if let Some(root) = self.root.cast() {
                    page::copy(&text.clone(), &root, move |there| link.send_message(Msg::Copied(text, there)));
                }
                false
            }
            Msg::Copied(text, there) => {
                self.copied = Some((text, there));
                true
            }
            Msg::Command(command) => self.obey(ctx, command),
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &SnapCheckoutProps) -> bool {
        self.follow_order(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        view::checkout(&view::Scene {
            phase: self.flow.phase(),
            props: ctx.props(),
            link: ctx.link(),
            root: &self.root,
            copied: self.copied.as_ref(),
        })
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        let pending = matches!(self.flow.phase(), Phase::Pending { .. });
        let root = if pending { self.root.cast() } else { None };
        self.guards.count_down(root, ctx.link().callback(Msg::Flow));
        if let (Some(selector), Some(root)) = (self.focus.take(), self.root.cast())
            && !page::holds_focus(&root)
        {
            page::focus_first(&root, selector);
        }
    }
}

impl SnapCheckout {
    fn obey(&mut self, ctx: &Context<Self>, command: Command) -> bool {
        match command {
            Command::Prepare => self.apply(ctx, Event::PrepareWanted),
            Command::Pay if ctx.props().disabled && *self.flow.phase() == Phase::Idle => false,
            Command::Pay => self.apply(ctx, Event::PayPressed),
            Command::Reset => {
                self.token = None;
                if matches!(self.flow.phase(), Phase::Settled(_)) {
                    self.nonce = None;
                }
                self.apply(ctx, Event::Restarted)
            }
        }
    }

    fn apply(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        self.follow_order(ctx);
        let before = self.flow.phase().clone();
        let had_focus = self.root.cast().is_some_and(|root| page::holds_focus(&root));
        if matches!(event, Event::PayPressed) && self.token.as_ref().is_some_and(|(_, since)| storage::is_old(*since)) {
            self.perform(ctx, Event::TokenAged);
        }
        if matches!((&event, &before), (Event::PageShown, Phase::Idle)) {
            // Another tab may have begun to pay for it.
            self.look_back(ctx);
        }
        self.perform(ctx, event);
        self.follow_order(ctx);
        let phase = self.flow.phase();
        if *phase == before {
            return false;
        }
        if let Some(checkout) = phase.checkout()
            && self.token.as_ref().is_none_or(|(token, _)| *token != checkout.token)
        {
            self.token = Some((checkout.token.clone(), storage::now()));
        }
        if had_focus || (had_popup(&before) && !had_popup(phase)) {
            // The popup had the focus, or what was pressed is gone: without this it is lost on the page's body.
            self.focus = Some(if matches!(phase, Phase::Pending { .. }) { view::TITLE } else { view::FIRST_WAY });
        }
        if view::name(phase) != view::name(&before) {
            self.copied = None;
        }
        ctx.props().on_phase.emit(phase.clone());
        if let Phase::Settled(Outcome::Paid(order)) = phase {
            ctx.props().on_paid.emit(Order::clone(order));
        }
        true
    }

    fn perform(&mut self, ctx: &Context<Self>, event: Event) {
        let effects = self.flow.apply(event);
        if effects.is_empty() {
            return;
        }
        let settings = Rc::new(self.settings(ctx));
        let send = ctx.link().callback(Msg::Flow);
        if effects.iter().any(|effect| matches!(effect, Effect::RequestToken { .. })) {
            self.nonce.get_or_insert_with(|| storage::order_nonce(&settings.memory_key()));
        }
        let nonce = self.nonce.as_deref().unwrap_or_default();
        let key = |number: KeyNumber| [nonce, "-", &digits(number.0.into())].concat();
        for effect in effects {
            self.guards.run(effect, &settings, key, &send);
        }
    }

    /// Another order ends what was prepared for the old one, as soon as the flow lets it go. What the customer
    /// typed about themselves makes no other order: a token that is there stays the one to pay.
    fn follow_order(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        if self.order == props.order && self.order_key == props.order_key {
            return;
        }
        let same = props.order_key.is_some() && self.order_key == props.order_key;
        if same {
            if self.flow.phase().checkout().is_none() {
                self.order = props.order.clone();
            }
            return;
        }
        self.perform(ctx, Event::OrderChanged);
        if matches!(self.flow.phase(), Phase::Idle) {
            self.order = props.order.clone();
            self.order_key = props.order_key.clone();
            self.nonce = None;
            self.token = None;
            self.look_back(ctx);
        }
    }

    /// Goes on with what this browser remembers of the order, if it does.
    fn look_back(&mut self, ctx: &Context<Self>) {
        if let Some(memory) = storage::recall(&self.settings(ctx).memory_key()) {
            self.token = Some((memory.checkout.token.clone(), memory.since));
            let resumed = Event::Resumed { checkout: Rc::new(memory.checkout), hint: memory.hint };
            ctx.link().send_message(Msg::Flow(resumed));
        }
    }

    fn near(&mut self, ctx: &Context<Self>) -> bool {
        if ctx.props().disabled || !matches!(self.flow.phase(), Phase::Idle) {
            return false;
        }
        if ctx.props().prepare_on_intent {
            return self.apply(ctx, Event::PrepareWanted);
        }
        let script = self.settings(ctx).script();
        if check_client_key(&script.client_key).is_ok() {
            // Ahead of the press; whether it failed is told when the press asks again.
            page::spawn(async move {
                let _ = loader::load(&script).await;
            });
        }
        false
    }

    fn settings(&self, ctx: &Context<Self>) -> Settings {
        let props = ctx.props();
        let mut options = props.options.clone();
        options.language.get_or_insert(props.language);
        Settings {
            client_key: props.client_key.clone(),
            environment: props.environment.clone(),
            token_url: props.token_url.clone(),
            order: self.order.clone(),
            order_key: self.order_key.clone(),
            headers: props.headers.clone(),
            credentials: props.credentials,
            nonce: props.nonce.clone(),
            options,
            on: Handlers {
                success: props.on_success.clone(),
                pending: props.on_pending.clone(),
                error: props.on_error.clone(),
                close: props.on_close.clone(),
            },
        }
    }
}

fn had_popup(phase: &Phase) -> bool {
    matches!(phase, Phase::Opening { .. } | Phase::Open { .. })
}
