//! What travels is read and written back with nothing lost; what must not be sent is named.

mod fixtures;
mod merchant;
mod open_enums;
mod requests;
mod return_query;
mod validate;
mod vendor_quirks;
