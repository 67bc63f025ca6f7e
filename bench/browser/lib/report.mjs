// The figures: a table for people, a line of JSON each for programs, and what of it is a failure.
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const text = (value, unit) => (value === undefined ? '' : `${NUMBER.format(unit === 'ms' ? Math.round(value * 10) / 10 : value)}${unit ? ` ${unit}` : ''}`);

export function print(rows) {
  const widths = [66, 14, 14, 14, 24, 8, 5];
  const line = (cells) => console.log(cells.map((cell, at) => (at ? String(cell).padStart(widths[at]) : String(cell).padEnd(widths[at]))).join(' '));
  line(['', 'ours', 'peer', 'against', 'ratio (95 % bounds)', 'must', 'runs']);
  for (const { name, unit, ours, peer, against = '', ratio, bounds, must, runs } of rows) {
    const over = ratio ?? (peer ? ours / peer : undefined);
    line([name, text(ours, unit), text(peer, unit), against, `${text(over)}${bounds ? ` (${bounds.map((one) => text(one)).join('–')})` : ''}`, text(must), runs]);
  }
  for (const { name, ours, peer, ratio, runs, detail, gate, ...more } of rows) {
    console.log(JSON.stringify({ bench: 'browser', name: name.trim(), ours, peer, ratio: ratio ?? (peer ? ours / peer : undefined), runs, ...more }));
  }
}

/** What misses its target by more than noise. Times are never compared with a clock, only sides with each other. */
export function missed(rows) {
  return rows.filter(({ gate, ours, ratio, bounds, must }) => {
    if (gate === 'ratio') return (bounds?.[0] ?? ratio) > must;
    return gate === 'value' && ours > must;
  });
}
