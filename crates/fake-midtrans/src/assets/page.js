// The payment page, in the popup, embedded, or by itself: decides what is shown and how it ends.
import { cardForm } from './card.js';
import { charge, host, loadSession } from './host.js';
import { phoneForm } from './phone.js';
import { texts } from './text.js';
import * as views from './views.js';

const POLL_MS = 1500;
const SUCCESS_SHOWN_MS = 5000;
const NARROW = 600;

const root = document.getElementById('app');
// What is open: { number, token, embedded, options, session }. Answers for an older one are dropped.
let open = null;
let text = texts('id');
// What the X does; null where there is none.
let leave = null;
let timers = [];
// Counts what was shown: an answer to a question from before the last change of view is dropped.
let shown = 0;

function later(ms, work) {
  timers.push(setTimeout(work, ms));
}

function show(session, onClose, ...content) {
  timers.forEach(clearTimeout);
  timers = [];
  shown += 1;
  leave = onClose;
  const canClose = Boolean(onClose) && !open?.embedded;
  document.body.classList.toggle('embedded', Boolean(open?.embedded));
  root.replaceChildren(views.frame(text, session, { canClose, close: () => leave?.() }, ...content));
  (root.querySelector('main input') || root.querySelector('main h1'))?.focus();
}

async function begin(message) {
  const mine = { ...message, options: message.options || {} };
  open = mine;
  text = texts(mine.options.language);
  document.documentElement.lang = mine.options.language === 'en' ? 'en' : 'id';
  const quit = host.mode === 'popup' ? closeWithout : null;
  show(null, quit, views.loading(text));
  try {
    const session = await loadSession(mine.token, mine.options.language || 'id', true);
    if (open !== mine) return;
    mine.faults = session.faults;
    route(session, true);
  } catch (problem) {
    if (open !== mine) return;
    const gone = problem.error === 'session_gone';
    show(null, quit, gone ? views.unavailable() : views.problem(text['error_' + problem.error] || text.error_other));
  }
}

/** Shows what fits the session as the gateway has it now. */
function route(session, opening) {
  open.session = session;
  const paid = session.transaction;
  if (session.processed) return finish(session.processed, session.error_url);
  if (!paid) return chooseOrGo();
  if (paid.settled) return opening ? finish(processed(), session.error_url) : success(paid);
  if (paid.three_ds_url) return threeDs(paid);
  if (paid.pending) return instructions(paid);
  if (paid.status === 'deny' && paid.kind === 'card' && session.declines_left > 0) return opening ? chooseOrGo() : declined();
  if (paid.status === 'expire' && paid.kind === 'card') return chooseOrGo();
  if (paid.status === 'expire') return failure('expired', '', paid);
  failure('failed', paid.kind === 'card' ? text.failed_hint : '', paid);
}

function processed() {
  return { status_code: '406', status_message: ['transaction has been processed'] };
}

function offered() {
  const wanted = open.options.enabledPayments;
  const all = open.session.methods;
  return Array.isArray(wanted) ? all.filter((method) => wanted.includes(method.id)) : all;
}

function chooseOrGo() {
  const list = offered();
  const selected = list.find((method) => method.id === open.options.selectedPaymentType);
  const only = list.length === 1 ? list[0] : null;
  if (list.length === 0) show(open.session, closeWithout, views.noChannels(text));
  else if (selected || only) choose(selected || only);
  else chooseMethod();
}

function chooseMethod(problem) {
  const summary = open.options.skipOrderSummary ? null : views.summary(text, open.session.items);
  show(open.session, closeWithout, problem && views.problem(problem), summary, views.methods(text, offered(), choose));
}

async function choose(method) {
  if (method.kind === 'card') return card();
  if (method.kind === 'ovo') return ovo(method);
  const mine = open;
  show(mine.session, null, views.loading(text));
  try {
    await take({ method: method.id, deeplink: method.kind === 'wallet' && wantsDeeplink() }, mine);
  } catch (problem) {
    if (open === mine) chooseMethod(text['error_' + problem.error] || text.error_other);
  }
}

function wantsDeeplink() {
  const mode = open.options.uiMode;
  return mode === 'deeplink' || (mode !== 'qr' && window.innerWidth < NARROW);
}

function card() {
  const mine = open;
  const several = offered().length > 1;
  show(mine.session, closeWithout,
    several && views.back(text, () => chooseMethod()),
    cardForm(text, (fields) => take({ method: 'credit_card', ...fields }, mine)));
}

function ovo(method) {
  const mine = open;
  const several = offered().length > 1;
  show(mine.session, closeWithout,
    several && views.back(text, () => chooseMethod()),
    phoneForm(text, (fields) => take({ method: method.id, ...fields }, mine)));
}

/** Sends the choice; what the gateway refuses because the session ended is shown as such. */
async function take(choice, mine) {
  let session;
  try {
    session = await charge(mine.token, mine.options.language || 'id', choice);
  } catch (problem) {
    if (open !== mine) return;
    if (problem.error === 'already_processed') return finish(processed(), mine.session.error_url);
    if (problem.error === 'session_gone') return show(null, closeWithout, views.unavailable());
    throw problem;
  }
  if (open === mine) route(session, false);
}

function threeDs(paid) {
  const mine = open;
  show(mine.session, ask, views.threeDs(text, paid.three_ds_url));
  mine.afterBank = refresh;
  function ask() {
    const dialog = views.askClose(text, {
      keep: () => { dialog.remove(); leave = ask; },
      leave: closeWithout
    });
    leave = () => { dialog.remove(); leave = ask; };
    root.querySelector('.sheet').append(dialog);
    dialog.querySelector('button').focus();
  }
  watch(paid);
}

/** Asks until something changed. */
function watch(paid) {
  later(POLL_MS, async () => {
    if (!(await refresh(paid))) watch(paid);
  });
}

/** Looks once; true when the page moved on. */
async function refresh(paid) {
  const mine = open;
  const view = shown;
  const over = () => open !== mine || shown !== view;
  try {
    const session = await loadSession(mine.token, mine.options.language || 'id', false);
    const now = session.transaction;
    if (over()) return true;
    const same = now && paid && now.id === paid.id && now.status === paid.status && now.three_ds_url === paid.three_ds_url;
    if (same) return false;
    route(session, false);
    return true;
  } catch (problem) {
    if (over()) return true;
    if (problem.error !== 'session_gone') return false;
    show(null, closeWithout, views.unavailable());
    return true;
  }
}

function instructions(paid) {
  const done = () => finish(paid.result, paid.finish);
  show(open.session, done, views.instructions(text, paid, { done, check: () => refresh(paid) }));
  const delay = Number(open.options.autoCloseDelay) || 0;
  const counts = paid.kind === 'va' || paid.kind === 'bill' || (paid.kind === 'store' && paid.method === 'indomaret');
  if (delay > 0 && counts) later(delay * 1000, done);
  watch(paid);
}

function success(paid) {
  const done = () => finish(paid.result, paid.finish);
  show(open.session, done, views.ended(text, 'success', '', done));
  later(SUCCESS_SHOWN_MS, done);
}

function failure(kind, hint, paid) {
  const done = () => finish(paid.result, paid.finish_error);
  show(open.session, done, views.ended(text, kind, hint, done));
}

function declined() {
  const several = offered().length > 1;
  show(open.session, closeWithout, views.declined(text, { retry: card, other: several && (() => chooseMethod()) }));
}

/** Ends with a result, once, or as the planned faults have it. */
function finish(result, url) {
  const { number, session, faults = [] } = stop();
  const tell = () => host.result(number, result, url, session.merchant_id);
  if (faults.includes('no_result')) return host.close(number);
  tell();
  if (faults.includes('double_callback')) tell();
  if (faults.includes('close_after_result')) host.close(number);
}

/** Ends before anything was decided. */
function closeWithout() {
  const { number, session, faults = [] } = stop();
  if (host.mode === 'hosted' && session) {
    const url = new URL(session.finish_url);
    url.searchParams.set('order_id', session.order_id);
    url.searchParams.set('status_code', '201');
    url.searchParams.set('transaction_status', 'pending');
    return host.result(number, null, url.href, session.merchant_id);
  }
  host.close(number);
  if (faults.includes('double_close')) host.close(number);
}

function stop() {
  const ended = open || {};
  open = null;
  leave = null;
  timers.forEach(clearTimeout);
  timers = [];
  root.replaceChildren();
  return ended;
}

window.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !open?.embedded) leave?.();
});
window.addEventListener('message', (event) => {
  if (event.origin === window.location.origin && event.data?.snap3ds === 'done') open?.afterBank?.(null);
});
host.listen((message) => {
  if (message.type === 'open') begin(message);
  else if (message.type === 'escape') leave?.();
  else if (message.type === 'loading') show(null, null, views.loading(text));
  else if (message.type === 'hide') {
    const { number, faults = [] } = stop();
    if (faults.includes('close_on_hide')) host.close(number);
  }
});
if (host.mode === 'hosted') {
  const query = new URLSearchParams(window.location.search);
  const options = Object.fromEntries(query);
  options.uiMode = query.get('uiMode') || query.get('gopayMode');
  begin({ number: 0, token: host.token, embedded: false, options });
}
