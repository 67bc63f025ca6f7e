// Summary statistics.
const sorted = (values) => [...values].sort((a, b) => a - b);

export function quantile(values, q) {
  const all = sorted(values);
  const at = (all.length - 1) * q;
  const low = Math.floor(at);
  return all[low] + (all[Math.min(low + 1, all.length - 1)] - all[low]) * (at - low);
}

export const median = (values) => quantile(values, 0.5);

/** Half of the interquartile range, which a single outlier does not change. */
export const spread = (values) => (quantile(values, 0.75) - quantile(values, 0.25)) / 2;

/** The 95 % confidence interval of the median, by bootstrap with a fixed seed, so the result is reproducible. */
export function bounds(values, times = 1000) {
  let seed = 1;
  const next = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
  const medians = Array.from({ length: times }, () => median(values.map(() => values[Math.floor(next() * values.length)])));
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}

/** The order of one round: A B B A, so that a machine that slows down or speeds up does not favour a side. */
export const abba = (names) => [...names, ...[...names].reverse()];
