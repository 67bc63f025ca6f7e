//! The walk itself: every state once, every step out of it, and then back again from where it may end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

use super::rules::{at_rest, broken, ended, forbidden};
use super::shop::Rules;
use super::steps::{Step, Steps};
use super::tab::Table;
use super::world::{Limits, World};

/// What was walked through.
#[derive(Debug, Clone, Copy)]
pub struct Walked {
    /// States of tabs, shop and gateway together.
    pub states: usize,
    /// Whether these are all. If not, only what must hold in each of them was looked at, not whether all can end.
    pub whole: bool,
    /// Steps between them.
    pub transitions: usize,
    /// States of the page's machine alone, and events that it heard in them.
    pub flows: (usize, usize),
    /// Steps that would have left the limits.
    pub cut: u64,
    /// The longest way that was the shortest to a state.
    pub depth: usize,
}

/// Walks through everything within the limits.
///
/// # Panics
/// When something does not hold; with the way that leads there.
#[must_use]
pub fn walk(limits: Limits) -> Walked {
    let (mut table, mut rules) = (Table::default(), Rules::default());
    let first = World::new(table.fresh());
    let mut found = Found { worlds: vec![first], ids: HashMap::from([(first, 0)]), from: vec![0] };
    let (mut edges, mut cut, mut depth, mut level) = (Vec::new(), 0, 0, 1);
    let mut at = 0;
    while at < found.worlds.len() && found.worlds.len() < limits.most {
        if at == level {
            (depth, level) = (depth + 1, found.worlds.len());
        }
        let world = found.worlds[at];
        let mut steps = Steps { limits, table: &mut table, rules: &mut rules, next: Vec::new(), cut: 0 };
        steps.from(&world);
        cut += steps.cut;
        for (step, next) in steps.next {
            let why = forbidden(&world, &next, &table, &limits);
            let next = next.sorted(&limits);
            let (to, new) = found.add(next, at);
            edges.push((index(to), index(at), step.by_itself));
            let why = why.or_else(|| if new { broken(&next, &table, &limits) } else { None });
            if let Some(why) = why {
                panic!("{why}\n{}", found.way(to, at, step, limits, &mut table, &mut rules));
            }
        }
        at += 1;
    }
    let whole = at == found.worlds.len();
    let stuck = |good: &dyn Fn(&World) -> bool, by_itself: bool| {
        let reached = back_from(&found.worlds, &edges, good, by_itself);
        reached.iter().position(|reached| !reached)
    };
    if whole && let Some(stuck) = stuck(&|world| at_rest(world, &table, &limits), true) {
        let way = found.way_to(stuck, limits, &mut table, &mut rules);
        panic!("waits for ever, though nothing fails\n{way}");
    }
    if whole && let Some(stuck) = stuck(&|world| ended(world, &table, &limits), false) {
        let way = found.way_to(stuck, limits, &mut table, &mut rules);
        panic!("can never end\n{way}");
    }
    Walked {
        states: found.worlds.len(),
        whole,
        transitions: edges.len(),
        flows: (table.len(), table.moves()),
        cut,
        depth,
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("fewer states than that")
}

struct Found {
    worlds: Vec<World>,
    ids: HashMap<World, u32>,
    from: Vec<u32>,
}

impl Found {
    fn add(&mut self, world: World, from: usize) -> (usize, bool) {
        let id = index(self.worlds.len());
        match self.ids.entry(world) {
            Entry::Occupied(known) => (*known.get() as usize, false),
            Entry::Vacant(new) => {
                new.insert(id);
                self.worlds.push(world);
                self.from.push(index(from));
                (id as usize, true)
            }
        }
    }

    fn way(&self, to: usize, from: usize, last: Step, limits: Limits, table: &mut Table, rules: &mut Rules) -> String {
        let mut text = self.way_to(from, limits, table, rules);
        let _ = writeln!(text, "{} ({})\n{}", last.what, last.at, shown(&self.worlds[to], table, &limits));
        text
    }

    /// The shortest way to a state, a step a line.
    fn way_to(&self, to: usize, limits: Limits, table: &mut Table, rules: &mut Rules) -> String {
        let mut way = vec![to];
        while let Some(at) = way.last().copied().filter(|at| *at != 0) {
            way.push(self.from[at] as usize);
        }
        way.reverse();
        let mut text = String::new();
        for pair in way.windows(2) {
            let mut steps = Steps { limits, table, rules, next: Vec::new(), cut: 0 };
            steps.from(&self.worlds[pair[0]]);
            let step = steps.next.iter().find(|(_, next)| next.sorted(&limits) == self.worlds[pair[1]]);
            let step = step.map_or("?".to_owned(), |(step, _)| format!("{} ({})", step.what, step.at));
            let _ = writeln!(text, "{step}");
        }
        let _ = writeln!(text, "{}", shown(&self.worlds[to], table, &limits));
        text
    }
}

fn shown(world: &World, table: &Table, limits: &Limits) -> String {
    let mut text = String::new();
    for tab in &world.tabs[..limits.tabs] {
        let _ = writeln!(text, "  {:?}\n    {tab:?}", table.phase(tab.flow));
    }
    let _ = writeln!(text, "  {:?}", world.storage);
    for order in world.orders.iter().flatten() {
        let _ = writeln!(text, "  {order:?}");
    }
    for page in world.pages.iter().flatten() {
        let _ = writeln!(text, "  {page:?}");
    }
    text
}

/// From which states a good one can be reached.
fn back_from(
    worlds: &[World],
    edges: &[(u32, u32, bool)],
    good: &dyn Fn(&World) -> bool,
    by_itself: bool,
) -> Vec<bool> {
    // Edges by where they lead, as one list with the place of each state's first.
    let mut first = vec![0_u32; worlds.len() + 1];
    let used = || edges.iter().filter(|(_, _, own)| *own || !by_itself);
    used().for_each(|(to, ..)| first[*to as usize + 1] += 1);
    (0..worlds.len()).for_each(|at| first[at + 1] += first[at]);
    let (mut sources, mut filled) = (vec![0_u32; first[worlds.len()] as usize], first.clone());
    for (to, from, _) in used() {
        let place = &mut filled[*to as usize];
        sources[*place as usize] = *from;
        *place += 1;
    }
    let mut reached: Vec<bool> = worlds.iter().map(good).collect();
    let mut queue: Vec<usize> = (0..worlds.len()).filter(|at| reached[*at]).collect();
    while let Some(at) = queue.pop() {
        for from in &sources[first[at] as usize..first[at + 1] as usize] {
            if !std::mem::replace(&mut reached[*from as usize], true) {
                queue.push(*from as usize);
            }
        }
    }
    reached
}
