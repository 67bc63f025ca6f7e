// Client of the local gateway's control API: faults, and actions of customers and banks. The API is documented in the
// README of crates/fake-midtrans.

export const FAULTS = {
  'snap.js': {
    'blocked': { target: 'snap_js', fault: 'reset', times: 0 },
    '5 s delay': { target: 'snap_js', fault: 'delay', ms: 5000, times: 0 },
    'no window.snap': { target: 'snap_js', fault: 'no_global', times: 0 },
    'throws on load': { target: 'snap_js', fault: 'script_throws', times: 0 },
    'snap.pay throws': { target: 'snap_js', fault: 'pay_throws', times: 0 },
  },
  'Token request': {
    '503 twice': { target: 'token', fault: 'status', status: 503, times: 2 },
    '503 always': { target: 'token', fault: 'status', status: 503, times: 0 },
    '401: key rejected': { target: 'token', fault: 'status', status: 401, times: 0 },
    'no response': { target: 'token', fault: 'hang', times: 0 },
    'response lost': { target: 'token', fault: 'lost_answer' },
    '4 s delay': { target: 'token', fault: 'delay', ms: 4000, times: 0 },
  },
  'Popup': {
    'payment page down': { target: 'popup', fault: 'html502', times: 0 },
    'only onClose': { target: 'callback', fault: 'no_result' },
    'onClose after the result': { target: 'callback', fault: 'close_after_result' },
    'every callback twice': { target: 'callback', fault: 'double_callback' },
    'onClose twice': { target: 'callback', fault: 'double_close' },
  },
  'Notifications': {
    'lost': { target: 'notification', fault: 'drop', times: 0 },
    'held': { target: 'notification', fault: 'hold', times: 0 },
    '1 min late': { target: 'notification', fault: 'late', seconds: 60 },
    'forged as paid': { target: 'notification', fault: 'forge' },
    'sent three times': { target: 'notification', fault: 'duplicate', copies: 2 },
  },
  'Gateway': {
    'status lags behind': { target: 'status', fault: 'lag', changes: 1, times: 0 },
    'gateway down': { target: 'gateway', fault: 'reset', times: 0 },
  },
};

/** Label, path and further parameters of each action on the latest order. */
export const ACTIONS = [
  ['pay', 'pay'], ['deny', 'deny'], ['expire', 'expire'], ['cancel', 'cancel'], ['refund', 'refund'], ['chargeback', 'chargeback'],
  ['resend notification', 'notifications/resend'], ['send forged notification', 'notifications/resend', { forged: true }],
  ['release held notifications', 'notifications/release'],
];
export const TIMES = [['+ 15 min', 900], ['+ 1 day', 86_400]];

export class Gateway {
  constructor(origin) { this.origin = origin; }

  /** Returns the JSON of the response, or null when it is empty. Throws the gateway's own error message. */
  async control(method, path, body) {
    const response = await fetch(`${this.origin}/control/${path}`, { method, body: body && JSON.stringify(body) });
    const text = await response.text();
    const result = text ? JSON.parse(text) : null;
    if (!response.ok) throw new Error(result?.error ?? `status ${response.status}`);
    return result;
  }

  /** The id of the order's latest payment attempt. */
  async latest(order) {
    const attempts = await this.control('GET', `orders?prefix=${encodeURIComponent(order)}`);
    return attempts.at(-1)?.order_id ?? order;
  }
}
