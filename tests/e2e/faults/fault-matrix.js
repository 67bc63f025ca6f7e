// The matrix as data: what a customer sees when a fault meets a step, and how it goes on.
// `[what is seen, the way on]`, or why the two cannot meet. What is seen: the phase, and the code where it failed.

/** Every fault, in the words of the table. */
export const FAULTS = {
  'refused': 'nobody listens',
  'reset': 'the work was done, the connection breaks before the answer',
  'hang': 'the work was done, no answer ever comes',
  'drip': 'the answer comes at one byte a second',
  'status 500': 'an error of the server, after the work was done',
  '502 page': 'a proxy answers with HTML, after the work was done',
  'truncated': 'half of the answer, and no more',
  'wrong types': 'every value of the answer has another type',
  'huge': 'eight megabytes, and no end',
  'lie': 'it says paid, and nothing was',
  'clock ahead': 'the clock of the machine is set a day ahead',
  'clock behind': 'the clock of the machine is set a day back',
  'storage full': 'nothing can be written',
  'storage forbidden': 'storage cannot even be named',
  'frozen': 'the tab is frozen meanwhile, and thawed',
  'sleep': 'the machine sleeps for an hour: all connections are gone, all timers overdue',
};

const CALL = 'a callback is a call inside the page; what comes over the network is the popup';
const AT_ONCE = 'storage answers at once, there is no network and no waiting';
const LIES = 'only the popup can: the merchant\'s own word is what "paid" means';
const NOT_KEPT = 'nothing of this step is kept';

const lost = (faults, why) => Object.fromEntries(faults.map((fault) => [fault, why]));
const all = (faults, cell) => Object.fromEntries(faults.map((fault) => [fault, cell]));
const NETWORK = ['refused', 'reset', 'hang', 'drip', 'status 500', '502 page'];
const ANSWER = ['truncated', 'wrong types', 'huge'];
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
    'lie': LIES,
    ...all([...CLOCK, ...AWAY], ['open', 'by itself']),
    ...lost(STORAGE, NOT_KEPT),
  },
  'token': {
    'refused': ['failed token_network', 'retry'],
    'reset': ['failed token_network', 'retry'],
    'hang': ['failed token_timeout', 'retry'],
    'drip': ['failed token_timeout', 'retry'],
    'status 500': ['failed token_broken', 'retry'],
    '502 page': ['failed token_unavailable', 'retry'],
    ...all(ANSWER, ['failed token_bad_answer', 'retry']),
    'lie': LIES,
    // The answer is lost as well: the key that makes the retry the same order is kept in the page itself.
    ...all(STORAGE, ['failed token_network', 'retry']),
    ...all([...CLOCK, ...AWAY], ['open', 'by itself']),
  },
  'popup': {
    ...all(NETWORK.concat(ANSWER), ['open', 'reload']),
    'lie': 'what it says is the callback',
    ...all(CLOCK, ['open', 'by itself']),
    ...all(STORAGE, ['closed', 'retry']),
    ...all(AWAY, ['open', 'by itself']),
  },
  'callback': {
    ...lost(NETWORK.filter((fault) => fault !== 'hang'), CALL),
    'hang': ['open', 'close'],
    ...all(ANSWER, ['paid', 'by itself']),
    'lie': ['confirming', 'paying after all'],
    ...all(CLOCK, ['paid', 'by itself']),
    ...lost(STORAGE, 'what is kept when it comes is asked for in the confirmation'),
    ...all(AWAY, ['paid', 'by itself']),
  },
  'confirm': {
    ...all(NETWORK.concat(ANSWER), ['confirming', 'by itself']),
    'lie': LIES,
    ...all([...CLOCK, ...STORAGE, ...AWAY], ['paid', 'by itself']),
  },
  'events': {
    ...all(NETWORK.concat(ANSWER), ['pending', 'by itself']),
    'lie': LIES,
    ...all([...CLOCK, ...STORAGE, ...AWAY], ['pending', 'by itself']),
  },
  'storage': {
    ...lost(NETWORK, AT_ONCE),
    // What is kept of the checkout is spoiled; the page is loaded again.
    ...all(ANSWER, ['idle', 'retry']),
    'lie': LIES,
    // A day later the token is over, so nobody is offered it: a new order, and the old one stays unpaid.
    'clock ahead': ['idle', 'retry', { orders: 2 }],
    'clock behind': ['closed', 'retry'],
    ...all(STORAGE, ['paid', 'by itself']),
    'frozen': AT_ONCE,
    'sleep': ['closed', 'retry'],
  },
};

/** What stands for the whole where there is little time: every step, every fault. */
const SOME = [
  'token × refused', 'token × reset', 'script × hang', 'token × drip', 'confirm × status 500', 'events × 502 page',
  'confirm × truncated', 'token × wrong types', 'script × huge', 'callback × lie', 'events × clock ahead',
  'storage × clock behind', 'token × storage full', 'storage × storage forbidden', 'popup × frozen', 'confirm × sleep',
];

const faults = Object.keys(FAULTS);
export const CELLS = Object.entries(STEPS).flatMap(([step, row]) => faults.map((fault) => {
  const cell = row[fault];
  const name = `${step} × ${fault}`;
  if (typeof cell === 'string') return { step, fault, name, why: cell };
  if (!Array.isArray(cell)) throw new Error(`the table says nothing about ${name}`);
  const [sees, on, { orders = 1 } = {}] = cell;
  return { step, fault, name, sees, on, orders };
}));

/** The cells that can be, or those of them that stand for all. */
export function cells({ some }) {
  const real = CELLS.filter(({ why }) => !why);
  if (!some) return real;
  const few = real.filter(({ name }) => SOME.includes(name));
  const missing = [...Object.keys(STEPS), ...faults].filter((one) => !few.some(({ step, fault }) => step === one || fault === one));
  if (few.length !== SOME.length || missing.length) throw new Error(`the short matrix leaves out ${missing}, or names what is not`);
  return few;
}
