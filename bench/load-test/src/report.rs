//! Figures: a line of JSON each, then a table, and whether all that had to hold did.

use serde_json::{Value, json};

/// What one measurement came to.
pub struct Report {
    rows: Vec<(String, String, String, bool)>,
}

impl Report {
    pub fn new() -> Self {
        Self { rows: vec![] }
    }

    /// A figure, what it must be, and whether it is.
    pub fn row(&mut self, name: &str, figures: Value, shown: String, must: &str, holds: bool) {
        let mut line = json!({"name": name, "must": must, "holds": holds});
        if let (Some(line), Some(figures)) = (line.as_object_mut(), figures.as_object()) {
            line.extend(figures.clone());
        }
        println!("{line}");
        self.rows.push((name.to_owned(), shown, must.to_owned(), holds));
    }

    /// The table; whether all held.
    pub fn end(self) -> bool {
        println!("\n| | measured | must | |\n|---|---|---|---|");
        for (name, shown, must, holds) in &self.rows {
            println!("| {name} | {shown} | {must} | {} |", if *holds { "holds" } else { "MISSED" });
        }
        self.rows.iter().all(|(.., holds)| *holds)
    }
}

/// What a ratio should reach; and until it does, what it must not fall behind again: measured, and room for noise.
#[derive(Clone, Copy)]
pub struct Goal {
    pub reach: f64,
    pub keep: f64,
}

impl From<f64> for Goal {
    fn from(reach: f64) -> Self {
        Self { reach, keep: reach }
    }
}

/// Figures of two sides, each as often as it was measured.
pub struct Sides {
    gate: bool,
    rows: Vec<Vec<String>>,
    missed: Vec<String>,
    lost: Vec<String>,
}

impl Sides {
    pub fn new(gate: bool) -> Self {
        Self { gate, rows: vec![], missed: vec![], lost: vec![] }
    }

    /// Ours should be this part of theirs, or less.
    pub fn less(&mut self, name: &str, unit: &str, sides: [Vec<f64>; 2], goal: Option<Goal>) {
        self.both(name, unit, &sides, goal.map(|goal| ('≤', goal)), |ratio, goal| ratio <= goal);
    }

    /// Ours should be so many times theirs, or more.
    pub fn more(&mut self, name: &str, unit: &str, sides: [Vec<f64>; 2], goal: Option<Goal>) {
        self.both(name, unit, &sides, goal.map(|goal| ('≥', goal)), |ratio, goal| ratio >= goal);
    }

    /// A figure of one side; only ours has a goal. Nothing where it could not be measured.
    pub fn alone(&mut self, side: &str, name: &str, figure: Option<f64>, at_least: f64) {
        let holds = side != "ours" || figure.is_none_or(|figure| figure >= at_least);
        println!("{}", json!({"name": name, "side": side, "figure": figure, "goal": at_least, "holds": holds}));
        let shown = figure.map_or_else(|| "not measured: no strace".to_owned(), |figure| format!("{figure:.1}"));
        let (ours, peer) = if side == "ours" { (shown, String::new()) } else { (String::new(), shown) };
        self.rows.push(vec![name.to_owned(), ours, peer, String::new(), format!("≥ {at_least}")]);
        if !holds {
            self.missed.push(name.to_owned());
            self.lost.push(name.to_owned());
        }
    }

    fn both(
        &mut self,
        name: &str,
        unit: &str,
        [ours, peer]: &[Vec<f64>; 2],
        goal: Option<(char, Goal)>,
        reached: impl Fn(f64, f64) -> bool,
    ) {
        let (mine, theirs) = (Spread::of(ours), Spread::of(peer));
        let ratio = mine.median / theirs.median;
        let holds = goal.is_none_or(|(_, goal)| reached(ratio, goal.reach));
        let must = goal.map(|(sign, goal)| format!("{sign} {:.2}", goal.reach));
        let line = json!({
            "name": name, "unit": unit, "ours": mine.median, "peer": theirs.median, "ratio": ratio,
            "runs": {"ours": ours, "peer": peer}, "goal": must, "gate": goal.map(|(_, goal)| goal.keep), "holds": holds,
        });
        println!("{line}");
        let must = must.unwrap_or_default();
        self.rows.push(vec![name.to_owned(), mine.show(unit), theirs.show(unit), format!("{ratio:.2}"), must]);
        if !holds {
            self.missed.push(name.to_owned());
        }
        if goal.is_some_and(|(_, goal)| !reached(ratio, goal.reach) && !reached(ratio, goal.keep)) {
            self.lost.push(name.to_owned());
        }
    }

    /// The table; false with a gate and a figure that fell behind what it was.
    pub fn end(self) -> bool {
        println!("\n| | ours | peer | ratio | goal |\n|---|--:|--:|--:|--:|");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
        if !self.missed.is_empty() {
            println!("\nmissed: {}", self.missed.join("; "));
        }
        if !self.lost.is_empty() {
            println!("worse than it was: {}", self.lost.join("; "));
        }
        !self.gate || self.lost.is_empty()
    }
}

/// The middle, and how far it goes either way.
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(runs: &[f64]) -> Self {
        let mut runs = runs.to_vec();
        runs.sort_by(f64::total_cmp);
        let at = |at: usize| runs.get(at).copied().unwrap_or(f64::NAN);
        let middle = runs.len() / 2;
        let median =
            if runs.len().is_multiple_of(2) { (at(middle.wrapping_sub(1)) + at(middle)) / 2.0 } else { at(middle) };
        Self { least: at(0), median, most: at(runs.len().wrapping_sub(1)) }
    }

    fn show(&self, unit: &str) -> String {
        let Self { least, median, most } = self;
        if *median < 10.0 {
            format!("{median:.3} {unit} ({least:.3}–{most:.3})")
        } else {
            format!("{median:.0} {unit} ({least:.0}–{most:.0})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_holds_what_was_reached() {
        for (gate, ratio, passes) in [(true, 0.2, true), (true, 0.3, true), (true, 0.5, false), (false, 0.5, true)] {
            let mut report = Sides::new(gate);
            report.less("cpu", "ms", [vec![ratio], vec![1.0]], Some(Goal { reach: 0.25, keep: 0.42 }));
            assert_eq!(report.missed.is_empty(), ratio <= 0.25, "{ratio}");
            assert_eq!(report.end(), passes, "{gate} {ratio}");
        }
    }
}
