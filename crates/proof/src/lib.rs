//! What must hold whatever comes. Nothing that is shipped needs this package.
//!
//! * [`checks`]: one function for each parser, from bytes; it panics when a property does not hold. `tests/`
//!   feeds them by rule and by chance, `fuzz/` by libFuzzer: the same functions.
//! * [`model`]: the shop, the gateway and two tabs of one customer as one machine, walked through to the end.

pub mod checks;
pub mod model;
