//! Elements as calls: `tag("p").class("lead").text(words.lead)`.
//!
//! Yew's `html!` writes out the building of every element anew; these calls share it. On this page that is
//! a twentieth of all that a customer downloads, which is why it is worth a second way to write views.

use std::cell::RefCell;
use std::rc::Rc;

use yew::html::{onclick, oninput};
use yew::virtual_dom::{AttributeOrProperty, Attributes, Listener, VNode, VTag, VText};
use yew::{AttrValue, Callback, InputEvent, MouseEvent, NodeRef};

/// What the classes of the component's elements begin with.
const PREFIX: &str = "snap-checkout__";

/// What an attribute or a text can be made of. For words of the program it is not `Into`: that copies them, for
/// each element anew.
pub trait Value {
    /// As Yew takes it.
    fn value(self) -> AttrValue;
}

impl Value for &'static str {
    fn value(self) -> AttrValue {
        AttrValue::Static(self)
    }
}

impl Value for String {
    fn value(self) -> AttrValue {
        AttrValue::from(self)
    }
}

impl Value for AttrValue {
    fn value(self) -> AttrValue {
        self
    }
}

/// An element in the making.
pub struct ElementBuilder(Box<Making>);

struct Making {
    element: VTag,
    names: Vec<&'static str>,
    values: Vec<Option<AttributeOrProperty>>,
}

thread_local! {
    /// Every list of attribute names that an element was made with. Yew compares elements by it, and wants it to
    /// stay; a page has a few dozen.
    static NAMES: RefCell<Vec<&'static [&'static str]>> = const { RefCell::new(Vec::new()) };
}

fn kept(names: Vec<&'static str>) -> &'static [&'static str] {
    NAMES.with_borrow_mut(|kept| {
        kept.iter().find(|known| ***known == *names).copied().unwrap_or_else(|| {
            kept.push(names.leak());
            kept[kept.len() - 1]
        })
    })
}

/// Begins an element.
#[must_use]
pub fn tag(name: &'static str) -> ElementBuilder {
    ElementBuilder(Box::new(Making {
        element: VTag::new(AttrValue::Static(name)),
        names: Vec::new(),
        values: Vec::new(),
    }))
}

/// Begins a button that submits nothing.
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

    /// Sets `class`, and for style sheets outside a shadow root `part` to what stands after the `__` of the class.
    #[must_use]
    pub(crate) fn part(self, class: &'static str) -> Self {
        let name = class.split_at_checked(PREFIX.len()).map_or(class, |(_, name)| name);
        self.with("class", class).with("part", name)
    }

    /// Sets an attribute, once.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Value) -> Self {
        self.set(name, value.value())
    }

    /// Sets an attribute without a value where it holds.
    #[must_use]
    pub fn with_if(self, name: &'static str, holds: bool) -> Self {
        if holds { self.with(name, "") } else { self }
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, text: impl Value) -> Self {
        let text = VText::new(text.value()).into();
        match self.0.element.children_mut() {
            // Most elements hold a text and nothing else: a list of one would take two more pieces of memory.
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

    /// Adds an element or keeps its place: what comes after it stays the same element in the page.
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

    /// Hears clicks.
    #[must_use]
    pub fn on_click(self, heard: Callback<MouseEvent>) -> Self {
        self.hear(Rc::new(onclick::Wrapper::new(heard)))
    }

    /// Hears typing.
    #[must_use]
    pub fn on_input(self, heard: Callback<InputEvent>) -> Self {
        self.hear(Rc::new(oninput::Wrapper::new(heard)))
    }

    /// Sets what an input shows.
    #[must_use]
    pub fn value(mut self, value: String) -> Self {
        self.0.element.set_value(Some(AttrValue::from(value)));
        self
    }

    /// Makes the element reachable from outside the view.
    #[must_use]
    pub fn known_as(mut self, node: &NodeRef) -> Self {
        self.0.element.node_ref = node.clone();
        self
    }

    /// The finished element.
    pub fn done(self) -> VNode {
        let Making { mut element, names, values } = *self.0;
        if !names.is_empty() {
            element.set_attributes(Attributes::Dynamic { keys: kept(names), values: values.into() });
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
    fn hear(mut self, listener: Rc<dyn Listener>) -> Self {
        self.0.element.add_listener(listener);
        self
    }
}
