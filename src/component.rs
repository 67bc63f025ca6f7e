//! [`SnapCheckout`]: a session with our looks. Keeps the focus, and what was copied.

use flow::{Frame, Phase};
use yew::prelude::*;

use crate::browser::page;
use crate::props::SnapCheckoutProps;
use crate::session::{Command, Input, Session};
use crate::view;

/// A button that takes a payment with Midtrans Snap, and everything that can happen after it is pressed.
pub struct SnapCheckout {
    session: Session,
    root: NodeRef,
    /// Where the focus goes after the next render.
    focus: Option<&'static str>,
    /// What was to be put on the clipboard last, and whether it is there.
    copied: Option<(AttrValue, bool)>,
}

/// What the component hears.
pub enum Msg {
    /// Something for the session.
    Input(Input),
    /// The customer wants a number on the clipboard.
    Copy(AttrValue),
    /// Whether it is there.
    Copied(AttrValue, bool),
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
        let session = Session::begin(ctx.props(), &root, ctx.link().callback(Msg::Input));
        Self { session, root, focus: None, copied: None }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Input(input) => self.hear(ctx, input),
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
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &SnapCheckoutProps) -> bool {
        self.session.follow(ctx.props());
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        view::checkout(&view::Scene {
            phase: self.session.phase(),
            props: ctx.props(),
            link: ctx.link(),
            root: &self.root,
            copied: self.copied.as_ref(),
        })
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        self.session.count_down();
        if let (Some(selector), Some(root)) = (self.focus.take(), self.root.cast())
            && !page::holds_focus(&root)
        {
            page::focus_first(&root, selector);
        }
    }
}

impl SnapCheckout {
    fn hear(&mut self, ctx: &Context<Self>, input: Input) -> bool {
        let had_focus = self.root.cast().is_some_and(|root| page::holds_focus(&root));
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
            self.focus = Some(if matches!(phase, Phase::Pending { .. }) { view::TITLE } else { view::FIRST_WAY });
        }
        if view::name(phase) != name {
            self.copied = None;
        }
        true
    }
}

fn has_popup(phase: &Phase) -> bool {
    matches!(phase, Phase::Opening { .. } | Phase::Open { .. })
}
