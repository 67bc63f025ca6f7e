//! Builds elements with calls: `tag("p").class("lead").text(words.lead)`.
//!
//! Yew's `html!` generates code for each element. These calls share their code, which saves a twentieth of the page's
//! download.

use std::cell::RefCell;
use std::rc::Rc;

use yew::html::{onclick, oninput};
use yew::virtual_dom::{AttributeOrProperty, Attributes, Listener, VNode, VTag, VText};
use yew::{AttrValue, Callback, InputEvent, MouseEvent, NodeRef};

/// What the classes of the component's elements begin with.
const PREFIX: &str = "snap-checkout__";

/// A text or an attribute value. It is not `Into<AttrValue>`, which copies static strings for each element.
pub trait IntoText {
    /// The value for Yew.
    fn into_text(self) -> AttrValue;
}

impl IntoText for &'static str {
    fn into_text(self) -> AttrValue {
        AttrValue::Static(self)
    }
}

impl IntoText for String {
    fn into_text(self) -> AttrValue {
        AttrValue::from(self)
    }
}

impl IntoText for AttrValue {
    fn into_text(self) -> AttrValue {
        self
    }
}

/// An element that is being built.
pub struct ElementBuilder(Box<Parts>);

struct Parts {
    element: VTag,
    names: Vec<&'static str>,
    values: Vec<Option<AttributeOrProperty>>,
}

thread_local! {
    /// Each list of attribute names so far. Yew compares elements by its address, so it must be static. A page has a few
    /// dozen.
    static NAMES: RefCell<Vec<&'static [&'static str]>> = const { RefCell::new(Vec::new()) };
}

fn interned(names: Vec<&'static str>) -> &'static [&'static str] {
    NAMES.with_borrow_mut(|lists| {
        lists.iter().find(|known| ***known == *names).copied().unwrap_or_else(|| {
            lists.push(names.leak());
            lists[lists.len() - 1]
        })
    })
}

/// Starts an element.
#[must_use]
pub fn tag(name: &'static str) -> ElementBuilder {
    ElementBuilder(Box::new(Parts {
        element: VTag::new(AttrValue::Static(name)),
        names: Vec::new(),
        values: Vec::new(),
    }))
}

/// Starts a button that submits no form.
#[must_use]
pub fn button(class: &'static str, pressed: Callback<MouseEvent>) -> ElementBuilder {
    tag("button").with("type", "button").class(class).on_click(pressed)
}

impl ElementBuilder {
    /// Sets `class`.
    #[must_use]
    pub fn class(self, class: &'static str) -> Self {
        self.with("class", class)
    }

    /// Sets `class`, and `part` to the rest of the class after `__`, for style sheets outside a shadow root.
    #[must_use]
    pub(crate) fn part(self, class: &'static str) -> Self {
        let name = class.split_at_checked(PREFIX.len()).map_or(class, |(_, name)| name);
        self.with("class", class).with("part", name)
    }

    /// Sets an attribute, once.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl IntoText) -> Self {
        self.set(name, value.into_text())
    }

    /// Sets an attribute without a value if the condition is true.
    #[must_use]
    pub fn with_if(self, name: &'static str, condition: bool) -> Self {
        if condition { self.with(name, "") } else { self }
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, text: impl IntoText) -> Self {
        let text = VText::new(text.into_text()).into();
        match self.0.element.children_mut() {
            // Most elements contain one text; a list of one would need two more allocations.
            Some(children) if matches!(&*children, VNode::VList(list) if list.is_empty()) => *children = text,
            _ => self.0.element.add_child(text),
        }
        self
    }

    /// Adds an element.
    #[must_use]
    pub fn child(self, child: Self) -> Self {
        self.push(child.done())
    }

    /// Adds an element or a placeholder, so that the elements after it keep their identity.
    #[must_use]
    pub fn maybe(self, child: Option<Self>) -> Self {
        self.push(child.map(Self::done).unwrap_or_default())
    }

    /// Adds elements.
    #[must_use]
    pub fn children(self, children: impl Iterator<Item = Self>) -> Self {
        children.fold(self, Self::child)
    }

    /// Adds anything that Yew can show.
    #[must_use]
    pub fn push(mut self, child: VNode) -> Self {
        self.0.element.add_child(child);
        self
    }

    /// Listens to clicks.
    #[must_use]
    pub fn on_click(self, callback: Callback<MouseEvent>) -> Self {
        self.listen(Rc::new(onclick::Wrapper::new(callback)))
    }

    /// Listens to input.
    #[must_use]
    pub fn on_input(self, callback: Callback<InputEvent>) -> Self {
        self.listen(Rc::new(oninput::Wrapper::new(callback)))
    }

    /// Sets the value of an input.
    #[must_use]
    pub fn value(mut self, value: String) -> Self {
        self.0.element.set_value(Some(AttrValue::from(value)));
        self
    }

    /// Sets the reference to the element.
    #[must_use]
    pub fn node_ref(mut self, node: &NodeRef) -> Self {
        self.0.element.node_ref = node.clone();
        self
    }

    /// The finished element.
    pub fn done(self) -> VNode {
        let Parts { mut element, names, values } = *self.0;
        if !names.is_empty() {
            element.set_attributes(Attributes::Dynamic { keys: interned(names), values: values.into() });
        }
        VNode::from(element)
    }

    #[inline(never)]
    fn set(mut self, name: &'static str, value: AttrValue) -> Self {
        self.0.names.push(name);
        self.0.values.push(Some(AttributeOrProperty::Attribute(value)));
        self
    }

    #[inline(never)]
    fn listen(mut self, listener: Rc<dyn Listener>) -> Self {
        self.0.element.add_listener(listener);
        self
    }
}
