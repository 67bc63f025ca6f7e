// The fault matrix as data. For each step and fault: the page state during the fault, and the recovery.
// A cell is `[page state, recovery]`, or the reason why the fault cannot occur in the step. The page state is the
// phase, and the code when the phase is `failed`.

/** Every fault, with its description for the table. */
export const FAULTS = {
  'refused': 'the connection is refused',
  'reset': 'the server does the work, and the connection breaks before the response',
  'hang': 'the server does the work and never responds',
  'drip': 'the response arrives at one byte per second',
  'status 500': 'the server does the work and responds with an error',
  '502 page': 'the server does the work, and a proxy responds with an HTML page',
  'truncated': 'the response ends half way',
  'wrong types': 'every value of the response has another type',
  'huge': 'the response has eight megabytes and does not end',
  'false success': 'the callback reports success, and nothing was paid',
  'clock ahead': 'the system clock is set one day ahead',
  'clock behind': 'the system clock is set one day back',
  'storage full': 'every write to storage fails',
  'storage forbidden': 'every access to storage throws',
  'frozen': 'the browser freezes the tab and resumes it later',
  'sleep': 'the machine sleeps for an hour: all connections are lost and all timers are overdue',
};

const IN_PAGE = 'a callback is a call inside the page; only the popup uses the network';
const SYNCHRONOUS = 'storage is synchronous and uses no network';
const NO_HINTS = 'only the popup sends hints; the backend is the source of truth for "paid"';
const NOT_STORED = 'this step stores nothing';

const impossible = (faults, reason) => Object.fromEntries(faults.map((fault) => [fault, reason]));
const all = (faults, cell) => Object.fromEntries(faults.map((fault) => [fault, cell]));
const NETWORK = ['refused', 'reset', 'hang', 'drip', 'status 500', '502 page'];
const RESPONSE = ['truncated', 'wrong types', 'huge'];
const CLOCK = ['clock ahead', 'clock behind'];
const STORAGE = ['storage full', 'storage forbidden'];
const AWAY = ['frozen', 'sleep'];

/** Every step, with all faults. */
export const STEPS = {
  'script': {
    'refused': ['failed script_blocked', 'retry'],
    'reset': ['failed script_blocked', 'hosted'],
    'hang': ['failed script_timeout', 'hosted'],
    'drip': ['failed script_timeout', 'retry'],
    'status 500': ['failed script_blocked', 'hosted'],
    '502 page': ['failed script_blocked', 'retry'],
    'truncated': ['failed script_no_global', 'hosted'],
    'wrong types': ['failed script_no_global', 'retry'],
    'huge': ['failed script_timeout', 'hosted'],
    'false success': NO_HINTS,
    ...all([...CLOCK, ...AWAY], ['open', 'automatic']),
    ...impossible(STORAGE, NOT_STORED),
  },
  'token': {
    'refused': ['failed token_network', 'retry'],
    'reset': ['failed token_network', 'retry'],
    'hang': ['failed token_timeout', 'retry'],
    'drip': ['failed token_timeout', 'retry'],
    'status 500': ['failed token_broken', 'retry'],
    '502 page': ['failed token_unavailable', 'retry'],
    ...all(RESPONSE, ['failed token_bad_answer', 'retry']),
    'false success': NO_HINTS,
    // The response is lost as well. The page keeps the idempotency key in memory, so the retry gets the same order.
    ...all(STORAGE, ['failed token_network', 'retry']),
    ...all([...CLOCK, ...AWAY], ['open', 'automatic']),
  },
  'popup': {
    ...all(NETWORK.concat(RESPONSE), ['open', 'reload']),
    'false success': 'the popup reports success through the callback',
    ...all(CLOCK, ['open', 'automatic']),
    ...all(STORAGE, ['closed', 'retry']),
    ...all(AWAY, ['open', 'automatic']),
  },
  'callback': {
    ...impossible(NETWORK.filter((fault) => fault !== 'hang'), IN_PAGE),
    'hang': ['open', 'close'],
    ...all(RESPONSE, ['paid', 'automatic']),
    'false success': ['confirming', 'later payment'],
    ...all(CLOCK, ['paid', 'automatic']),
    ...impossible(STORAGE, 'the confirmation step covers the storage access of the callback'),
    ...all(AWAY, ['paid', 'automatic']),
  },
  'confirm': {
    ...all(NETWORK.concat(RESPONSE), ['confirming', 'automatic']),
    'false success': NO_HINTS,
    ...all([...CLOCK, ...STORAGE, ...AWAY], ['paid', 'automatic']),
  },
  'events': {
    ...all(NETWORK.concat(RESPONSE), ['pending', 'automatic']),
    'false success': NO_HINTS,
    ...all([...CLOCK, ...STORAGE, ...AWAY], ['pending', 'automatic']),
  },
  'storage': {
    ...impossible(NETWORK, SYNCHRONOUS),
    // The stored checkout is corrupted, then the page is reloaded.
    ...all(RESPONSE, ['idle', 'retry']),
    'false success': NO_HINTS,
    // A day later the token has expired, so the page creates a new order; the old one stays unpaid.
    'clock ahead': ['idle', 'retry', { orders: 2 }],
    'clock behind': ['closed', 'retry'],
    ...all(STORAGE, ['paid', 'automatic']),
    'frozen': SYNCHRONOUS,
    'sleep': ['closed', 'retry'],
  },
};

/** The short matrix: a selection that has every step and every fault at least once. */
const SHORT = [
  'token × refused', 'token × reset', 'script × hang', 'token × drip', 'confirm × status 500', 'events × 502 page',
  'confirm × truncated', 'token × wrong types', 'script × huge', 'callback × false success', 'events × clock ahead',
  'storage × clock behind', 'token × storage full', 'storage × storage forbidden', 'popup × frozen', 'confirm × sleep',
];

const faults = Object.keys(FAULTS);
export const CELLS = Object.entries(STEPS).flatMap(([step, row]) => faults.map((fault) => {
  const cell = row[fault];
  const name = `${step} × ${fault}`;
  if (typeof cell === 'string') return { step, fault, name, impossible: cell };
  if (!Array.isArray(cell)) throw new Error(`the matrix has no entry for ${name}`);
  const [state, recovery, { orders = 1 } = {}] = cell;
  return { step, fault, name, state, recovery, orders };
}));

/** All possible cells, or the short matrix. */
export function cells({ short }) {
  const possible = CELLS.filter((cell) => !cell.impossible);
  if (!short) return possible;
  const selected = possible.filter(({ name }) => SHORT.includes(name));
  const missing = [...Object.keys(STEPS), ...faults].filter((name) => !selected.some(({ step, fault }) => step === name || fault === name));
  if (selected.length !== SHORT.length || missing.length) throw new Error(`the short matrix misses ${missing}, or has an unknown cell`);
  return selected;
}
