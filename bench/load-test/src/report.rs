//! Prints the results as JSON lines and as a table, and reports whether all targets hold.

use serde_json::{Value, json};

/// The results of the load test.
pub struct Report {
    rows: Vec<(String, String, String, bool)>,
}

impl Report {
    pub fn new() -> Self {
        Self { rows: vec![] }
    }

    /// Adds a result with its target, and whether it holds.
    pub fn row(&mut self, name: &str, figures: Value, shown: String, target: &str, holds: bool) {
        let mut line = json!({"name": name, "target": target, "holds": holds});
        if let (Some(line), Some(figures)) = (line.as_object_mut(), figures.as_object()) {
            line.extend(figures.clone());
        }
        println!("{line}");
        self.rows.push((name.to_owned(), shown, target.to_owned(), holds));
    }

    /// Prints the table and returns whether all targets hold.
    pub fn end(self) -> bool {
        println!("\n| | measured | target | |\n|---|---|---|---|");
        for (name, shown, target, holds) in &self.rows {
            println!("| {name} | {shown} | {target} | {} |", if *holds { "holds" } else { "MISSED" });
        }
        self.rows.iter().all(|(.., holds)| *holds)
    }
}

/// The target of a ratio, and the gate: the measured ratio with a margin for noise, which it must not fall behind.
#[derive(Clone, Copy)]
pub struct Goal {
    pub target: f64,
    pub gate: f64,
}

impl From<f64> for Goal {
    fn from(target: f64) -> Self {
        Self { target, gate: target }
    }
}

/// The results of the subject and the baseline, one value per run.
pub struct Comparison {
    gate: bool,
    rows: Vec<Vec<String>>,
    missed: Vec<String>,
    regressions: Vec<String>,
}

impl Comparison {
    pub fn new(gate: bool) -> Self {
        Self { gate, rows: vec![], missed: vec![], regressions: vec![] }
    }

    /// Adds a result whose ratio subject / baseline should be the target or less.
    pub fn at_most(&mut self, name: &str, unit: &str, sides: [Vec<f64>; 2], goal: Option<Goal>) {
        self.both(name, unit, &sides, goal.map(|goal| ('≤', goal)), |ratio, goal| ratio <= goal);
    }

    /// Adds a result whose ratio subject / baseline should be the target or more.
    pub fn at_least(&mut self, name: &str, unit: &str, sides: [Vec<f64>; 2], goal: Option<Goal>) {
        self.both(name, unit, &sides, goal.map(|goal| ('≥', goal)), |ratio, goal| ratio >= goal);
    }

    /// Adds a result of one side. Only the subject has a target. `None` means that it could not be measured.
    pub fn one_side(&mut self, side: &str, name: &str, figure: Option<f64>, at_least: f64) {
        let holds = side != "subject" || figure.is_none_or(|figure| figure >= at_least);
        println!("{}", json!({"name": name, "side": side, "figure": figure, "goal": at_least, "holds": holds}));
        let shown = figure.map_or_else(|| "not measured: no strace".to_owned(), |figure| format!("{figure:.1}"));
        let (subject, baseline) = if side == "subject" { (shown, String::new()) } else { (String::new(), shown) };
        self.rows.push(vec![name.to_owned(), subject, baseline, String::new(), format!("≥ {at_least}")]);
        if !holds {
            self.missed.push(name.to_owned());
            self.regressions.push(name.to_owned());
        }
    }

    fn both(
        &mut self,
        name: &str,
        unit: &str,
        [subject, baseline]: &[Vec<f64>; 2],
        goal: Option<(char, Goal)>,
        reached: impl Fn(f64, f64) -> bool,
    ) {
        let (subject_spread, baseline_spread) = (Spread::of(subject), Spread::of(baseline));
        let ratio = subject_spread.median / baseline_spread.median;
        let holds = goal.is_none_or(|(_, goal)| reached(ratio, goal.target));
        let target = goal.map(|(sign, goal)| format!("{sign} {:.2}", goal.target));
        let line = json!({
            "name": name, "unit": unit, "subject": subject_spread.median, "baseline": baseline_spread.median,
            "ratio": ratio, "runs": {"subject": subject, "baseline": baseline}, "goal": target,
            "gate": goal.map(|(_, goal)| goal.gate), "holds": holds,
        });
        println!("{line}");
        self.rows.push(vec![
            name.to_owned(),
            subject_spread.show(unit),
            baseline_spread.show(unit),
            format!("{ratio:.2}"),
            target.unwrap_or_default(),
        ]);
        if !holds {
            self.missed.push(name.to_owned());
        }
        if goal.is_some_and(|(_, goal)| !reached(ratio, goal.target) && !reached(ratio, goal.gate)) {
            self.regressions.push(name.to_owned());
        }
    }

    /// Prints the table. Returns false when the gate is on and a result regressed.
    pub fn end(self) -> bool {
        println!("\n| | subject | baseline | ratio | goal |\n|---|--:|--:|--:|--:|");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
        if !self.missed.is_empty() {
            println!("\nmissed: {}", self.missed.join("; "));
        }
        if !self.regressions.is_empty() {
            println!("regressed: {}", self.regressions.join("; "));
        }
        !self.gate || self.regressions.is_empty()
    }
}

/// The median, minimum and maximum of several runs.
struct Spread {
    min: f64,
    median: f64,
    max: f64,
}

impl Spread {
    fn of(runs: &[f64]) -> Self {
        let mut runs = runs.to_vec();
        runs.sort_by(f64::total_cmp);
        let at = |at: usize| runs.get(at).copied().unwrap_or(f64::NAN);
        let middle = runs.len() / 2;
        let median =
            if runs.len().is_multiple_of(2) { (at(middle.wrapping_sub(1)) + at(middle)) / 2.0 } else { at(middle) };
        Self { min: at(0), median, max: at(runs.len().wrapping_sub(1)) }
    }

    fn show(&self, unit: &str) -> String {
        let Self { min, median, max } = self;
        if *median < 10.0 {
            format!("{median:.3} {unit} ({min:.3}–{max:.3})")
        } else {
            format!("{median:.0} {unit} ({min:.0}–{max:.0})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_fails_only_on_a_regression() {
        for (gate, ratio, passes) in [(true, 0.2, true), (true, 0.3, true), (true, 0.5, false), (false, 0.5, true)] {
            let mut report = Comparison::new(gate);
            report.at_most("cpu", "ms", [vec![ratio], vec![1.0]], Some(Goal { target: 0.25, gate: 0.42 }));
            assert_eq!(report.missed.is_empty(), ratio <= 0.25, "{ratio}");
            assert_eq!(report.end(), passes, "{gate} {ratio}");
        }
    }
}
