//! The steps out of a state, by the actor who takes them.

mod backend;
mod customer;
mod gateway;
mod tab;
mod token_request;

use crate::backend::UpdateRules;
use crate::machine_table::MachineTable;
use crate::world::{Limits, World};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// For the path in an error message.
    pub name: &'static str,
    /// The number of the tab, the order or the attempt.
    pub at: usize,
    /// Whether it happens when nothing fails and the customer does nothing.
    pub is_progress: bool,
}

/// Collects every step out of a state.
pub struct Steps<'a> {
    pub limits: Limits,
    pub table: &'a mut MachineTable,
    pub rules: &'a mut UpdateRules,
    pub next: Vec<(Step, World)>,
    /// The number of steps beyond the limits.
    pub cut: u64,
}

impl Steps<'_> {
    pub fn collect(&mut self, world: &World) {
        self.next.clear();
        for at in 0..self.limits.tabs {
            self.tab(world, at);
        }
        if let Some(key) = world.late {
            self.handle_token_request(world, None, key);
        }
        for at in 0..world.orders.len() {
            if world.orders[at].is_some() {
                self.backend(world, at);
            }
        }
        for attempt in 0..self.limits.attempts {
            self.gateway(world, attempt);
        }
    }

    fn add(&mut self, name: &'static str, at: usize, is_progress: bool, world: World) {
        self.next.push((Step { name, at, is_progress }, world));
    }
}
