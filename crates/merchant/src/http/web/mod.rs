//! HTML for browsers: the built page, and small pages that work without script.

pub mod checkout_form;
pub mod html;
pub mod index_page;
pub mod order_page;
