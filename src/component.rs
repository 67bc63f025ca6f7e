//! [`SnapCheckout`]: a session with our looks. Keeps the focus, and what was copied.

use std::cell::OnceCell;
use std::rc::Rc;

use flow::{CheckoutAction, Event, Frame, Outcome, Phase};
use yew::html::Scope;
use yew::prelude::*;

use crate::controller::{CheckoutController, Command, Input};
use crate::effects::environment;
use crate::effects::subscriptions::{Deed, EventSubscription};
use crate::props::SnapCheckoutProps;
use crate::view;

/// A button that takes a payment with Midtrans Snap, and everything that can happen after it is pressed.
pub struct SnapCheckout {
    session: CheckoutController,
    root: NodeRef,
    /// Listens to the customer.
    hearing: Rc<OnceCell<EventSubscription>>,
    /// Where the focus goes after the next render.
    focus: Option<&'static str>,
    /// What was to be put on the clipboard last, and whether it is there.
    copied: Option<(AttrValue, bool)>,
}

/// What the component hears.
pub enum Msg {
    /// Something for the session.
    Input(Input),
    /// Something that the customer did.
    Done(Deed),
}

impl From<Command> for Msg {
    fn from(command: Command) -> Self {
        Self::Input(Input::Command(command))
    }
}

impl Component for SnapCheckout {
    type Message = Msg;
    type Properties = SnapCheckoutProps;

    fn create(ctx: &Context<Self>) -> Self {
        let root = NodeRef::default();
        if let Some(remote) = &ctx.props().remote {
            remote.steers(ctx.link().callback(Msg::from));
        }
        let session = CheckoutController::begin(ctx.props(), &root, ctx.link().callback(Msg::Input));
        let this = Self { session, root, hearing: Rc::default(), focus: None, copied: None };
        // Yew may let the page breathe between showing it and calling `rendered`, and a press in between would be
        // lost. What runs next is there before any press.
        let (root, hearing, link) = (this.root.clone(), this.hearing.clone(), ctx.link().clone());
        environment::spawn(async move { listen(&root, &hearing, &link) });
        this
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Input(input) => self.hear(ctx, input),
            Msg::Done(Deed::Near) => self.hear(ctx, Input::Near),
            Msg::Done(Deed::Pressed(name)) => {
                view::parse_action(&name).is_some_and(|way| self.hear(ctx, pressed(self.session.phase(), way)))
            }
            Msg::Done(Deed::Copied(text, there)) => {
                self.copied = Some((text, there));
                true
            }
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &SnapCheckoutProps) -> bool {
        self.session.follow(ctx.props());
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        view::checkout(&view::ViewContext {
            phase: self.session.phase(),
            props: ctx.props(),
            root: &self.root,
            copied: self.copied.as_ref(),
        })
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            listen(&self.root, &self.hearing, ctx.link());
        }
        self.session.count_down();
        if let (Some(selector), Some(root)) = (self.focus.take(), self.root.cast())
            && !environment::holds_focus(&root)
        {
            environment::focus_first(&root, selector);
        }
    }
}

impl SnapCheckout {
    fn hear(&mut self, ctx: &Context<Self>, input: Input) -> bool {
        let had_focus = self.root.cast().is_some_and(|root| environment::holds_focus(&root));
        let (name, had_popup) = (view::name(self.session.phase()), has_popup(self.session.phase()));
        if !self.session.hear(ctx.props(), input) {
            return false;
        }
        let phase = self.session.phase();
        if matches!(phase, Phase::Opening { frame: Frame::Popup, .. } | Phase::Open { frame: Frame::Popup, .. }) {
            // It takes the focus, and keeps it.
            self.focus = None;
        } else if had_focus || (had_popup && !has_popup(phase)) {
            // The popup had the focus, or what was pressed is gone: without this it is lost on the page's body.
            self.focus = Some(if matches!(phase, Phase::Pending { .. }) { view::TITLE } else { view::FIRST_ACTION });
        }
        if view::name(phase) != name {
            self.copied = None;
        }
        true
    }
}

/// Listens from the moment that there is something to press.
fn listen(root: &NodeRef, hearing: &OnceCell<EventSubscription>, link: &Scope<SnapCheckout>) {
    if let Some(root) = root.cast() {
        hearing.get_or_init(|| {
            let link = link.clone();
            EventSubscription::customer(&root, move |deed| link.send_message(Msg::Done(deed)))
        });
    }
}

/// What a press means.
fn pressed(phase: &Phase, way: CheckoutAction) -> Input {
    match (way, phase) {
        (CheckoutAction::Hosted, _) => Input::Flow(Event::HostedPressed),
        (_, Phase::Settled(Outcome::NotPaid(_))) => Input::Command(Command::Reset),
        (CheckoutAction::Pay, _) => Input::Command(Command::Pay),
        (CheckoutAction::Check, _) => Input::Flow(Event::CheckPressed),
        (CheckoutAction::Close, _) => Input::Flow(Event::ClosePressed),
    }
}

fn has_popup(phase: &Phase) -> bool {
    matches!(phase, Phase::Opening { .. } | Phase::Open { .. })
}
