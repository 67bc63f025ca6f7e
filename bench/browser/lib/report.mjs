// Prints the results as a table and as JSON lines, and selects the missed targets.
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const text = (value, unit) => (value === undefined ? '' : `${NUMBER.format(unit === 'ms' ? Math.round(value * 10) / 10 : value)}${unit ? ` ${unit}` : ''}`);

export function print(rows) {
  const widths = [66, 14, 14, 14, 24, 8, 5];
  const printLine = (cells) => console.log(cells.map((cell, at) => (at ? String(cell).padStart(widths[at]) : String(cell).padEnd(widths[at]))).join(' '));
  printLine(['', 'subject', 'baseline', 'name', 'ratio (95 % bounds)', 'target', 'runs']);
  for (const { name, unit, subject, baseline, against = '', ratio, bounds, target, runs } of rows) {
    const actualRatio = ratio ?? (baseline ? subject / baseline : undefined);
    printLine([name, text(subject, unit), text(baseline, unit), against, `${text(actualRatio)}${bounds ? ` (${bounds.map((bound) => text(bound)).join('–')})` : ''}`, text(target), runs]);
  }
  for (const { name, subject, baseline, ratio, runs, detail, gate, ...more } of rows) {
    console.log(JSON.stringify({ bench: 'browser', name: name.trim(), subject, baseline, ratio: ratio ?? (baseline ? subject / baseline : undefined), runs, ...more }));
  }
}

/** The rows that miss their target by more than noise. Only ratios and counts have a gate, never absolute times. */
export function missedTargets(rows) {
  return rows.filter(({ gate, subject, ratio, bounds, target }) => {
    if (gate === 'ratio') return (bounds?.[0] ?? ratio) > target;
    return gate === 'value' && subject > target;
  });
}
