// A window.snap that writes down how it is called, shows something that takes the focus, and says to its
// callbacks what a test wants. Its state machine complains as the real one does.

let journal = [];
let mode = '';
let shown = null;
let said = {};

const REFUSAL = 'snap.pay is not allowed to be called in this state. Invalid state transition from PopupInView to PopupInView';

function write(call, token, options) {
  const names = Object.keys(options).sort();
  const plain = names.filter((name) => typeof options[name] !== 'function');
  const heard = names.filter((name) => typeof options[name] === 'function');
  const values = Object.fromEntries(plain.map((name) => [name, options[name]]));
  journal.push(`${call} ${token} ${JSON.stringify(values)} ${heard.join(',')}`);
}

function open(call, token, options) {
  write(call, token, options);
  if (mode === 'throws text') throw 'kaput';
  if (mode === 'throws nothing') throw undefined;
  if (mode === 'throws error') throw new Error('kaput');
  if (mode === 'throws cycle') { const it = {}; it.it = it; throw it; }
  if (shown) throw new Error(REFUSAL);
  shown = document.createElement('div');
  shown.tabIndex = -1;
  (call === 'embed' ? document.getElementById(options.embedId) : document.body).append(shown);
  shown.focus();
  said = options;
  if (mode === 'answers at once') options.onError({ status_code: '406', status_message: ['transaction has been processed'] });
}

globalThis.installSnap = () => {
  globalThis.snap = {
    pay: (token, options = {}) => open('pay', token, options),
    embed: (token, options = {}) => open('embed', token, options),
    show: () => { journal.push('show'); if (mode === 'throws error') throw new Error('kaput'); },
    hide: () => {
      if (!shown) throw new Error('snap.hide is not allowed to be called in this state');
      journal.push('hide');
      shown.remove();
      shown = null;
      if (mode === 'hide closes') said.onClose?.();
    },
  };
};

export const install = () => globalThis.installSnap();

/** How snap behaves from now on. */
export function behave(how) { mode = how; }

/** A popup that nobody of ours opened. */
export function strangersPopup() { open('stranger', '', {}); journal.pop(); }

/** Calls, in order. */
export const calls = () => journal;

export const isShown = () => shown !== null;

/** What the popup says: the callback's name and the result as JSON, or nothing. */
export function says(callback, json) {
  const it = said[callback];
  if (json === undefined) it();
  else it(JSON.parse(json));
}

/** What the popup says, of no sensible type. */
export function saysJunk(callback) { said[callback](Symbol('junk')); }

export function reset() {
  shown?.remove();
  [journal, mode, shown, said] = [[], '', null, {}];
  delete globalThis.snap;
}
