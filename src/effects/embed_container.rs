//! The element that shows the embedded payment page.

use web_sys::Element;

use super::js_bindings;

/// Where a payment page is embedded: an element of the light DOM, since `snap.js` looks for it in the document.
/// Dropping it takes it away, unless it is the merchant's.
pub(crate) struct EmbedContainer(String);

impl EmbedContainer {
    /// The element with this id; else one of our own: beside the component, or where the component is inside a
    /// shadow root in the slot `snap-embed` of its host. `None` where it is too small.
    pub(crate) fn find(root: Option<Element>, id: Option<&str>) -> Option<Self> {
        js_bindings::place(root.as_ref(), id).map(Self)
    }

    pub(crate) fn id(&self) -> &str {
        &self.0
    }
}

impl Drop for EmbedContainer {
    fn drop(&mut self) {
        js_bindings::leave(&self.0);
    }
}
