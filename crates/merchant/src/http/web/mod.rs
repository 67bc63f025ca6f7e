//! HTML for browsers: the built page, and pages that work without script.

pub mod built_page;
pub mod checkout_form;
mod error_page;
mod html;
pub mod index_page;
mod order_page;
pub mod static_files;
