// A fake of window.snap. It records its calls, shows a focusable element as the popup, and calls the callbacks on
// request. Its state errors have the same message as those of the real one.

let journal = [];
let behaviour = '';
let popup = null;
let callbacks = {};

const STATE_ERROR = 'snap.pay is not allowed to be called in this state. Invalid state transition from PopupInView to PopupInView';

function record(call, token, options) {
  const names = Object.keys(options).sort();
  const plain = names.filter((name) => typeof options[name] !== 'function');
  const functions = names.filter((name) => typeof options[name] === 'function');
  const values = Object.fromEntries(plain.map((name) => [name, options[name]]));
  journal.push(`${call} ${token} ${JSON.stringify(values)} ${functions.join(',')}`);
}

function open(call, token, options) {
  record(call, token, options);
  if (behaviour === 'throws text') throw 'kaput';
  if (behaviour === 'throws nothing') throw undefined;
  if (behaviour === 'throws error') throw new Error('kaput');
  if (behaviour === 'throws cycle') { const cycle = {}; cycle.cycle = cycle; throw cycle; }
  if (popup) throw new Error(STATE_ERROR);
  popup = document.createElement('div');
  popup.tabIndex = -1;
  (call === 'embed' ? document.getElementById(options.embedId) : document.body).append(popup);
  popup.focus();
  callbacks = options;
  if (behaviour === 'calls back at once') options.onError({ status_code: '406', status_message: ['transaction has been processed'] });
}

globalThis.installSnap = () => {
  globalThis.snap = {
    pay: (token, options = {}) => open('pay', token, options),
    embed: (token, options = {}) => open('embed', token, options),
    show: () => { journal.push('show'); if (behaviour === 'throws error') throw new Error('kaput'); },
    hide: () => {
      if (!popup) throw new Error('snap.hide is not allowed to be called in this state');
      journal.push('hide');
      popup.remove();
      popup = null;
      if (behaviour === 'hide closes') callbacks.onClose?.();
    },
  };
};

export const install = () => globalThis.installSnap();

/** Sets how the fake behaves from now on. */
export function setBehaviour(name) { behaviour = name; }

/** Opens a popup that the component does not know. */
export function openForeignPopup() { open('foreign', '', {}); journal.pop(); }

/** The recorded calls, in order. */
export const calls = () => journal;

export const isShown = () => popup !== null;

/** Calls a callback with a result as JSON, or without one. */
export function callBack(name, json) {
  const callback = callbacks[name];
  if (json === undefined) callback();
  else callback(JSON.parse(json));
}

/** Calls a callback with a symbol, which is no valid result. */
export function callBackWithSymbol(name) { callbacks[name](Symbol('junk')); }

export function reset() {
  popup?.remove();
  [journal, behaviour, popup, callbacks] = [[], '', null, {}];
  delete globalThis.snap;
}
