//! Explores the states of a small model, whose state is a plain value.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

/// The steps out of a state, each with a name for error messages.
pub type NextStates<S> = Vec<(String, S)>;

/// Explores all states that are reachable from `initial`. Returns their number.
///
/// # Panics
/// If `violated` returns a text for a state, or if a state cannot reach one that `is_goal` accepts. The message has the
/// shortest path.
pub fn explore_states<S: Clone + Debug + Eq + Hash>(
    initial: S,
    steps: impl Fn(&S) -> NextStates<S>,
    violated: impl Fn(&S) -> Option<String>,
    is_goal: impl Fn(&S) -> bool,
) -> usize {
    let mut states = vec![initial.clone()];
    let mut ids = HashMap::from([(initial, 0_usize)]);
    let mut parents: Vec<(usize, String)> = vec![(0, "start".into())];
    let mut predecessors: Vec<Vec<usize>> = vec![vec![]];
    let mut at = 0;
    while let Some(state) = states.get(at).cloned() {
        if let Some(text) = violated(&state) {
            panic!("{text}\n{}\n{state:#?}", path(&parents, at));
        }
        for (name, next) in steps(&state) {
            let id = *ids.entry(next.clone()).or_insert_with(|| {
                states.push(next);
                parents.push((at, name));
                predecessors.push(vec![]);
                states.len() - 1
            });
            predecessors[id].push(at);
        }
        at += 1;
    }
    let mut reaches: Vec<bool> = states.iter().map(is_goal).collect();
    let mut queue: Vec<usize> = (0..states.len()).filter(|at| reaches[*at]).collect();
    while let Some(at) = queue.pop() {
        for &from in &predecessors[at] {
            if !std::mem::replace(&mut reaches[from], true) {
                queue.push(from);
            }
        }
    }
    if let Some(stuck) = reaches.iter().position(|reaches| !reaches) {
        panic!("can never finish\n{}\n{:#?}", path(&parents, stuck), states[stuck]);
    }
    states.len()
}

fn path(parents: &[(usize, String)], mut at: usize) -> String {
    let mut names = vec![];
    while at != 0 {
        names.push(parents[at].1.as_str());
        at = parents[at].0;
    }
    names.reverse();
    names.join("\n")
}
