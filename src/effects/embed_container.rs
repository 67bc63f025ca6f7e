//! The element that shows the embedded payment page.

use web_sys::Element;

use super::js_bindings;

/// An element of the light DOM that shows the embedded payment page; `snap.js` finds it in the document. Dropping it
/// removes an element that the page created.
pub(crate) struct EmbedContainer(String);

impl EmbedContainer {
    /// The element with this id, else a new one: beside the component, or in the slot `snap-embed` of the host if the
    /// component is inside a shadow root. `None` if it is too small.
    pub(crate) fn find(root: Option<Element>, id: Option<&str>) -> Option<Self> {
        js_bindings::embed_container(root.as_ref(), id).map(Self)
    }

    pub(crate) fn id(&self) -> &str {
        &self.0
    }
}

impl Drop for EmbedContainer {
    fn drop(&mut self) {
        js_bindings::remove_container(&self.0);
    }
}
