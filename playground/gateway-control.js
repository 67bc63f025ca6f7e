// The local gateway's control API: what goes wrong, and what customers and banks do. Its manual is the README of
// crates/fake-midtrans.

export const FAULTS = {
  'snap.js': {
    blocked: { target: 'snap_js', fault: 'reset', times: 0 },
    'slow, 5 s': { target: 'snap_js', fault: 'delay', ms: 5000, times: 0 },
    'no window.snap': { target: 'snap_js', fault: 'no_global', times: 0 },
    'it throws': { target: 'snap_js', fault: 'script_throws', times: 0 },
    'snap.pay throws': { target: 'snap_js', fault: 'pay_throws', times: 0 },
  },
  'the token': {
    '503 twice': { target: 'token', fault: 'status', status: 503, times: 2 },
    'always 503': { target: 'token', fault: 'status', status: 503, times: 0 },
    'the key is refused': { target: 'token', fault: 'status', status: 401, times: 0 },
    'no answer': { target: 'token', fault: 'hang', times: 0 },
    'the answer is lost': { target: 'token', fault: 'lost_answer' },
    'slow, 4 s': { target: 'token', fault: 'delay', ms: 4000, times: 0 },
  },
  'the popup': {
    'its page is down': { target: 'popup', fault: 'html502', times: 0 },
    'only onClose': { target: 'callback', fault: 'no_result' },
    'onClose after the result': { target: 'callback', fault: 'close_after_result' },
    'every callback twice': { target: 'callback', fault: 'double_callback' },
    'onClose twice': { target: 'callback', fault: 'double_close' },
  },
  'the notification': {
    'lost': { target: 'notification', fault: 'drop', times: 0 },
    'held back': { target: 'notification', fault: 'hold', times: 0 },
    'a minute late': { target: 'notification', fault: 'late', seconds: 60 },
    'forged, says paid': { target: 'notification', fault: 'forge' },
    'three times': { target: 'notification', fault: 'duplicate', copies: 2 },
  },
  'everything': {
    'the status lags': { target: 'status', fault: 'lag', changes: 1, times: 0 },
    'Midtrans is down': { target: 'gateway', fault: 'reset', times: 0 },
  },
};

/** What is said on the button, the path, and what goes along with the order. */
export const OTHERS = [
  ['pay', 'pay'], ['deny', 'deny'], ['expire', 'expire'], ['cancel', 'cancel'], ['refund', 'refund'], ['chargeback', 'chargeback'],
  ['notify again', 'notifications/resend'], ['a forged notification', 'notifications/resend', { forged: true }],
  ['release held ones', 'notifications/release'],
];
export const TIMES = [['+ 15 min', 900], ['+ 1 day', 86_400]];

export class Gateway {
  constructor(origin) { this.origin = origin; }

  /** Answers what it says as JSON, null for nothing; throws its own words. */
  async control(method, path, body) {
    const answer = await fetch(`${this.origin}/control/${path}`, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    const said = text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Error(said?.error ?? `it answers ${answer.status}`);
    return said;
  }

  /** An order's attempts at payment have ids of their own; the latest one is meant. */
  async latest(order) {
    const attempts = await this.control('GET', `orders?prefix=${encodeURIComponent(order)}`);
    return attempts.at(-1)?.order_id ?? order;
  }
}
