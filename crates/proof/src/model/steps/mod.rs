//! What can happen next.

mod gateway;
mod people;
mod request;
mod shop;
mod tab;

use super::shop::Rules;
use super::tab::Table;
use super::world::{Limits, World};

/// What happened, for whoever reads a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// In a word.
    pub what: &'static str,
    /// In which tab, or of which order or page.
    pub at: usize,
    /// Whether it is what happens when nothing fails and nobody does anything.
    pub by_itself: bool,
}

/// Follows every step out of a state.
pub struct Steps<'a> {
    pub limits: Limits,
    pub table: &'a mut Table,
    pub rules: &'a mut Rules,
    pub next: Vec<(Step, World)>,
    /// Steps that would have left the limits.
    pub cut: u64,
}

impl Steps<'_> {
    pub fn from(&mut self, world: &World) {
        self.next.clear();
        for at in 0..self.limits.tabs {
            self.tab(world, at);
        }
        if let Some(key) = world.late {
            self.served(world, None, key);
        }
        for at in 0..world.orders.len() {
            if world.orders[at].is_some() {
                self.shop(world, at);
            }
        }
        for page in 0..self.limits.pages {
            self.gateway(world, page);
        }
    }

    fn add(&mut self, what: &'static str, at: usize, by_itself: bool, world: World) {
        self.next.push((Step { what, at, by_itself }, world));
    }
}
