//! [`SnapCheckout`]: the controller with the standard view. It also manages the focus and the last copied text.

use std::cell::OnceCell;
use std::rc::Rc;

use flow::{Frame, Phase};
use yew::html::Scope;
use yew::prelude::*;

use crate::controller::CheckoutController;
use crate::effects::environment;
use crate::effects::subscriptions::{CustomerEvent, EventSubscription};
use crate::input::{Command, Input};
use crate::props::SnapCheckoutProps;
use crate::view;

/// A button that starts a payment with Midtrans Snap, and a view for each phase of the payment.
pub struct SnapCheckout {
    controller: CheckoutController,
    root: NodeRef,
    /// The subscription to the customer's events, once the element exists.
    customer: Rc<OnceCell<EventSubscription>>,
    /// The selector that gets the focus after the next render.
    focus: Option<&'static str>,
    /// The last text to copy, and whether it is on the clipboard.
    copied: Option<(AttrValue, bool)>,
}

/// A message of the component.
pub enum Msg {
    /// An input of the controller.
    Input(Input),
    /// An event of the customer.
    Customer(CustomerEvent),
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
            remote.connect(ctx.link().callback(Msg::from));
        }
        let controller = CheckoutController::start(ctx.props(), &root, ctx.link().callback(Msg::Input));
        let this = Self { controller, root, customer: Rc::default(), focus: None, copied: None };
        // Yew may return to the browser between the first paint and `rendered`, and a press in between would be lost.
        // This task runs before the browser handles a press.
        let (root, customer, link) = (this.root.clone(), this.customer.clone(), ctx.link().clone());
        environment::spawn(async move { subscribe(&root, &customer, &link) });
        this
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Input(input) => self.handle(ctx, input),
            Msg::Customer(CustomerEvent::Near) => self.handle(ctx, Input::Near),
            Msg::Customer(CustomerEvent::Pressed(action)) => self.handle(ctx, Input::Action(action)),
            Msg::Customer(CustomerEvent::Copied(text, on_clipboard)) => {
                self.copied = Some((text, on_clipboard));
                true
            }
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &SnapCheckoutProps) -> bool {
        self.controller.follow(ctx.props());
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        view::checkout(&view::ViewContext {
            phase: self.controller.phase(),
            props: ctx.props(),
            root: &self.root,
            copied: self.copied.as_ref(),
        })
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            subscribe(&self.root, &self.customer, ctx.link());
        }
        self.controller.count_down();
        if let (Some(selector), Some(root)) = (self.focus.take(), self.root.cast())
            && !environment::holds_focus(&root)
        {
            environment::focus_first(&root, selector);
        }
    }
}

impl SnapCheckout {
    fn handle(&mut self, ctx: &Context<Self>, input: Input) -> bool {
        let had_focus = self.root.cast().is_some_and(|root| environment::holds_focus(&root));
        let (name, had_popup) = (view::name(self.controller.phase()), has_popup(self.controller.phase()));
        if !self.controller.handle(ctx.props(), input) {
            return false;
        }
        let phase = self.controller.phase();
        if matches!(phase, Phase::Opening { frame: Frame::Popup, .. } | Phase::Open { frame: Frame::Popup, .. }) {
            // The popup takes the focus.
            self.focus = None;
        } else if had_focus || (had_popup && !has_popup(phase)) {
            // The popup had the focus, or the pressed button is gone. Without this, the focus moves to the page's body.
            self.focus = Some(if matches!(phase, Phase::Pending { .. }) { view::TITLE } else { view::FIRST_ACTION });
        }
        if view::name(phase) != name {
            self.copied = None;
        }
        true
    }
}

/// Subscribes to the customer's events, once the element exists.
fn subscribe(root: &NodeRef, customer: &OnceCell<EventSubscription>, link: &Scope<SnapCheckout>) {
    if let Some(root) = root.cast() {
        customer.get_or_init(|| {
            let link = link.clone();
            EventSubscription::customer(&root, move |event| link.send_message(Msg::Customer(event)))
        });
    }
}

fn has_popup(phase: &Phase) -> bool {
    matches!(phase, Phase::Opening { .. } | Phase::Open { .. })
}
