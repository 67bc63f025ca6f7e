//! The gateway over HTTP on loopback, as merchants and pages meet it. No test waits: the clock is moved.

mod after;
mod api;
mod faults;
mod lifecycle;
mod manual;
mod programs;
mod support;
