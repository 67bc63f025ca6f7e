//! Explores every state once, and checks that each can reach the end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

use crate::backend::UpdateRules;
use crate::invariants::{is_at_rest, is_finished, violated_by_state, violated_by_step};
use crate::machine_table::MachineTable;
use crate::steps::{Step, Steps};
use crate::world::{Limits, World};

/// The figures of an exploration.
#[derive(Debug, Clone, Copy)]
pub struct Exploration {
    /// The number of states of tabs, backend and gateway together.
    pub states: usize,
    /// Whether these are all states. If not, the exploration does not check that each state can reach the end.
    pub is_complete: bool,
    /// The number of steps between states.
    pub transitions: usize,
    /// The numbers of states and transitions of the page's machine alone.
    pub machine: (usize, usize),
    /// The number of steps beyond the limits.
    pub cut: u64,
    /// The largest distance of a state from the first one.
    pub depth: usize,
}

/// Explores all states within the limits.
///
/// # Panics
/// If an invariant is violated; the message has the shortest path to the violation.
#[must_use]
pub fn explore(limits: Limits) -> Exploration {
    let (mut table, mut rules) = (MachineTable::default(), UpdateRules::default());
    let first = World::new(table.initial());
    let mut graph = StateGraph { worlds: vec![first], ids: HashMap::from([(first, 0)]), parents: vec![0] };
    let (mut edges, mut cut, mut depth, mut level_end) = (Vec::new(), 0, 0, 1);
    let mut at = 0;
    while at < graph.worlds.len() && graph.worlds.len() < limits.max_states {
        if at == level_end {
            (depth, level_end) = (depth + 1, graph.worlds.len());
        }
        let world = graph.worlds[at];
        let mut steps = Steps { limits, table: &mut table, rules: &mut rules, next: Vec::new(), cut: 0 };
        steps.collect(&world);
        cut += steps.cut;
        for (step, next) in steps.next {
            let violated = violated_by_step(&world, &next, &table, &limits);
            let next = next.normalized(&limits);
            let (to, is_new) = graph.add(next, at);
            edges.push((index(to), index(at), step.is_progress));
            let violated = violated.or_else(|| if is_new { violated_by_state(&next, &table, &limits) } else { None });
            if let Some(violated) = violated {
                panic!("{violated}\n{}", graph.path_with(to, at, step, limits, &mut table, &mut rules));
            }
        }
        at += 1;
    }
    let is_complete = at == graph.worlds.len();
    let stuck = |is_goal: &dyn Fn(&World) -> bool, only_progress: bool| {
        let reaches = reaches_goal(&graph.worlds, &edges, is_goal, only_progress);
        reaches.iter().position(|reaches| !reaches)
    };
    if is_complete && let Some(stuck) = stuck(&|world| is_at_rest(world, &table, &limits), true) {
        let path = graph.path(stuck, limits, &mut table, &mut rules);
        panic!("waits for ever although nothing fails\n{path}");
    }
    if is_complete && let Some(stuck) = stuck(&|world| is_finished(world, &table, &limits), false) {
        let path = graph.path(stuck, limits, &mut table, &mut rules);
        panic!("can never finish\n{path}");
    }
    Exploration {
        states: graph.worlds.len(),
        is_complete,
        transitions: edges.len(),
        machine: (table.state_count(), table.transition_count()),
        cut,
        depth,
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("fewer states than that")
}

/// The states so far, each with the state from which it was reached first.
struct StateGraph {
    worlds: Vec<World>,
    ids: HashMap<World, u32>,
    parents: Vec<u32>,
}

impl StateGraph {
    /// Returns the state's number and whether it is new.
    fn add(&mut self, world: World, parent: usize) -> (usize, bool) {
        let id = index(self.worlds.len());
        match self.ids.entry(world) {
            Entry::Occupied(known) => (*known.get() as usize, false),
            Entry::Vacant(new) => {
                new.insert(id);
                self.worlds.push(world);
                self.parents.push(index(parent));
                (id as usize, true)
            }
        }
    }

    /// The shortest path to `from` and one more step.
    fn path_with(
        &self,
        to: usize,
        from: usize,
        last: Step,
        limits: Limits,
        table: &mut MachineTable,
        rules: &mut UpdateRules,
    ) -> String {
        let mut text = self.path(from, limits, table, rules);
        let _ = writeln!(text, "{} ({})\n{}", last.name, last.at, describe(&self.worlds[to], table, &limits));
        text
    }

    /// The shortest path to a state, one line per step.
    fn path(&self, to: usize, limits: Limits, table: &mut MachineTable, rules: &mut UpdateRules) -> String {
        let mut path = vec![to];
        while let Some(at) = path.last().copied().filter(|at| *at != 0) {
            path.push(self.parents[at] as usize);
        }
        path.reverse();
        let mut text = String::new();
        for pair in path.windows(2) {
            let mut steps = Steps { limits, table, rules, next: Vec::new(), cut: 0 };
            steps.collect(&self.worlds[pair[0]]);
            let step = steps.next.iter().find(|(_, next)| next.normalized(&limits) == self.worlds[pair[1]]);
            let step = step.map_or("?".to_owned(), |(step, _)| format!("{} ({})", step.name, step.at));
            let _ = writeln!(text, "{step}");
        }
        let _ = writeln!(text, "{}", describe(&self.worlds[to], table, &limits));
        text
    }
}

fn describe(world: &World, table: &MachineTable, limits: &Limits) -> String {
    let mut text = String::new();
    for tab in &world.tabs[..limits.tabs] {
        let _ = writeln!(text, "  {:?}\n    {tab:?}", table.phase(tab.machine));
    }
    let _ = writeln!(text, "  {:?}", world.storage);
    for order in world.orders.iter().flatten() {
        let _ = writeln!(text, "  {order:?}");
    }
    for attempt in world.attempts.iter().flatten() {
        let _ = writeln!(text, "  {attempt:?}");
    }
    text
}

/// For each state, whether it can reach a goal.
fn reaches_goal(
    worlds: &[World],
    edges: &[(u32, u32, bool)],
    is_goal: &dyn Fn(&World) -> bool,
    only_progress: bool,
) -> Vec<bool> {
    // The edges grouped by their target: one list of sources, and the start of each target's part.
    let mut starts = vec![0_u32; worlds.len() + 1];
    let used = || edges.iter().filter(|(_, _, is_progress)| *is_progress || !only_progress);
    used().for_each(|(to, ..)| starts[*to as usize + 1] += 1);
    (0..worlds.len()).for_each(|at| starts[at + 1] += starts[at]);
    let (mut sources, mut filled) = (vec![0_u32; starts[worlds.len()] as usize], starts.clone());
    for (to, from, _) in used() {
        let place = &mut filled[*to as usize];
        sources[*place as usize] = *from;
        *place += 1;
    }
    let mut reaches: Vec<bool> = worlds.iter().map(is_goal).collect();
    let mut queue: Vec<usize> = (0..worlds.len()).filter(|at| reaches[*at]).collect();
    while let Some(at) = queue.pop() {
        for from in &sources[starts[at] as usize..starts[at + 1] as usize] {
            if !std::mem::replace(&mut reaches[*from as usize], true) {
                queue.push(*from as usize);
            }
        }
    }
    reaches
}
