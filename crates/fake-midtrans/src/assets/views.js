// What the page shows. Each function returns elements and decides nothing.
import { h, rupiah } from './dom.js';
import { UNAVAILABLE } from './text.js';

export function frame(text, session, { canClose, close }, ...content) {
  const amount = session && h('div', { class: 'sum' },
    h('span', { class: 'label' }, text.total),
    h('strong', { testid: 'amount' }, rupiah(session.gross_amount)),
    h('span', { class: 'order', testid: 'order-id' }, `${text.order} ${session.order_id}`));
  return h('div', { class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': 'Snap', testid: 'popup' },
    h('header', {},
      h('span', { class: 'mark' }, text.simulation),
      canClose && h('button', { class: 'x', type: 'button', testid: 'close', 'aria-label': text.close, onclick: close }, '×')),
    amount,
    h('main', {}, ...content));
}

export function loading(text) {
  return h('div', { class: 'state', role: 'status', testid: 'loading' }, h('div', { class: 'spinner' }), h('p', {}, text.loading));
}

export function unavailable() {
  return h('div', { class: 'state', testid: 'unavailable', role: 'alert' }, h('div', { class: 'icon bad' }, '!'), h('p', {}, UNAVAILABLE));
}

export function noChannels(text) {
  return h('div', { class: 'state', testid: 'no-channels', role: 'alert' }, h('div', { class: 'icon bad' }, '!'), h('p', {}, text.no_channels));
}

export function methods(text, list, choose) {
  return h('section', {},
    h('h1', { tabindex: '-1' }, text.choose),
    h('ul', { class: 'methods' }, list.map((method) =>
      h('li', {}, h('button', { type: 'button', testid: 'method-' + method.id, onclick: () => choose(method) },
        h('span', { class: 'logo ' + method.kind, 'aria-hidden': 'true' }),
        h('span', {}, text['label_' + method.id] || method.label),
        h('span', { class: 'chevron', 'aria-hidden': 'true' }, '›'))))));
}

export function summary(text, items) {
  if (!Array.isArray(items) || items.length === 0) return null;
  return h('details', { class: 'summary', testid: 'summary' },
    h('summary', {}, text.details),
    h('ul', {}, items.map((item) => h('li', {},
      h('span', {}, `${item.quantity} × `, h('bdi', {}, item.name)), h('span', {}, rupiah(item.price * item.quantity))))));
}

export function back(text, go) {
  return h('button', { class: 'quiet back', type: 'button', testid: 'back', onclick: go }, '‹ ' + text.back);
}

export function problem(message) {
  return h('p', { class: 'error', role: 'alert', testid: 'problem' }, message);
}

export function threeDs(text, url) {
  return h('section', { class: 'bank' }, h('h1', { tabindex: '-1' }, text.three_ds),
    h('iframe', { class: 'iframe-3ds', testid: 'three-ds', title: text.three_ds, src: url }));
}

function code(text, label, testid, value) {
  const button = h('button', { class: 'quiet', type: 'button', testid: 'copy' }, text.copy);
  button.addEventListener('click', async () => {
    // A page inside another often may not write to the clipboard; then the number is selected instead.
    try {
      await navigator.clipboard.writeText(value);
      button.textContent = text.copied;
    } catch {
      window.getSelection().selectAllChildren(shown);
    }
  });
  const shown = h('output', { testid }, value);
  return h('div', { class: 'code' }, h('span', { class: 'label' }, label), shown, button);
}

const SHOWN = {
  va: (text, t) => [h('p', {}, text.how_va), code(text, `${t.label} · ${text.va}`, 'va-number', t.number)],
  bill: (text, t) => [h('p', {}, text.how_bill), code(text, text.biller, 'biller-code', t.biller_code), code(text, text.bill, 'bill-key', t.number)],
  store: (text, t) => [h('p', {}, text.how_store), code(text, `${t.label} · ${text.store}`, 'payment-code', t.number)],
  deeplink: (text, t) => [h('p', {}, text.how_deeplink),
    h('a', { class: 'primary', href: t.simulator_url, target: '_blank', rel: 'opener', testid: 'open-app' }, text.open_app)],
  ovo: (text) => [h('p', {}, text.how_ovo)],
  card: (text, t) => [h('p', {}, t.status === 'capture' ? text.how_challenge : text.how_card_pending)]
};
const qr = (text, t) => [h('p', {}, text.how_qr),
  h('img', { class: 'qr', src: t.qr_url, alt: 'QR ' + t.label, width: 240, height: 240, testid: 'qr' })];

export function instructions(text, transaction, { check, done }) {
  const show = SHOWN[transaction.kind] || qr;
  const outside = transaction.kind !== 'card';
  const told = h('p', { class: 'hint', role: 'status', testid: 'still-pending', hidden: true }, text.still_pending);
  return h('section', { testid: 'pending', class: 'pending' },
    h('h1', { tabindex: '-1' }, text.pending),
    ...show(text, transaction),
    outside && h('p', { class: 'hint' }, `${text.before} ${transaction.expires_at} WIB`),
    told,
    outside && h('button', { class: 'primary', type: 'button', testid: 'check-status', onclick: async () => { told.hidden = await check(); } }, text.check),
    h('button', { class: 'quiet', type: 'button', testid: 'done', onclick: done }, text.to_shop),
    outside && transaction.kind !== 'deeplink' && transaction.kind !== 'ovo' &&
      h('a', { class: 'quiet', href: transaction.simulator_url, target: '_blank', rel: 'opener', testid: 'simulator-link' }, text.simulator));
}

export function ended(text, kind, hint, done) {
  const good = kind === 'success';
  return h('section', { class: 'state', testid: kind, role: 'status' },
    h('div', { class: good ? 'icon good' : 'icon bad' }, good ? '✓' : '!'),
    h('h1', { tabindex: '-1' }, text[kind]),
    hint && h('p', {}, hint),
    h('button', { class: 'primary', type: 'button', testid: 'done', onclick: done }, text.to_shop));
}

export function declined(text, { retry, other }) {
  return h('section', { class: 'state', testid: 'declined', role: 'alert' },
    h('div', { class: 'icon bad' }, '!'),
    h('h1', { tabindex: '-1' }, text.declined),
    h('p', {}, text.declined_hint),
    h('button', { class: 'primary', type: 'button', testid: 'retry', onclick: retry }, text.retry),
    other && h('button', { class: 'quiet', type: 'button', testid: 'other-method', onclick: other }, text.other_method));
}

export function askClose(text, { keep, leave }) {
  return h('div', { class: 'ask', role: 'alertdialog', 'aria-label': text.ask_close },
    h('p', {}, text.ask_close),
    h('button', { class: 'primary', type: 'button', testid: 'close-keep', onclick: keep }, text.keep),
    h('button', { class: 'quiet', type: 'button', testid: 'close-confirm', onclick: leave }, text.leave));
}
