// snap.js of a local stand-in of Midtrans Snap. No real money.
//
// Adds one hidden iframe#snap-midtrans and window.snap = { pay, embed, show, hide }.
// Styles are set through element.style only, so a strict style-src of the shop's page does not matter.
(function () {
  'use strict';

  var PAY_THROWS = /* PAY_THROWS */ false;
  var script = document.currentScript || document.querySelector('script[src*="/snap/snap.js"]');
  var origin = new URL(script ? script.src : '/', window.location.href).origin;
  var clientKey = (script && script.getAttribute('data-client-key')) || '';

  // Initial, LoadingInView, PopupInView, EmbedInView
  var state = 'Initial';
  var ready = false;
  var queued = [];
  // What was opened last; kept after closing, for callbacks that come late.
  var current = { number: 0, options: {} };
  var page = { overflow: '' };

  var frame = document.createElement('iframe');
  frame.id = 'snap-midtrans';
  frame.name = 'popup_' + Date.now();
  frame.title = 'Snap';
  frame.src = origin + '/snap/v4/popup?origin_host=' + encodeURIComponent(window.location.origin) +
    '&client_key=' + encodeURIComponent(clientKey) + '#/';
  style(frame, { display: 'none', border: '0', colorScheme: 'light' });

  if (document.body) document.body.appendChild(frame);
  else document.addEventListener('DOMContentLoaded', function () { document.body.appendChild(frame); });

  function style(element, values) {
    Object.keys(values).forEach(function (name) { element.style[name] = values[name]; });
  }

  function send(message) {
    message.snap = true;
    if (ready) frame.contentWindow.postMessage(message, origin);
    else queued.push(message);
  }

  function moveTo(next, caller) {
    var fromInside = state === 'PopupInView' || state === 'EmbedInView';
    if (fromInside && next !== 'Initial') {
      throw new Error('snap.' + caller + ' is not allowed to be called in this state. ' +
        'Invalid state transition from ' + state + ' to ' + next);
    }
    state = next;
  }

  function cover() {
    style(frame, {
      display: 'block', position: 'fixed', top: '0', left: '0', width: '100%', height: '100%',
      minWidth: '0', minHeight: '0', margin: '0', zIndex: '2147483647', background: 'transparent'
    });
    page.overflow = document.documentElement.style.overflow;
    document.documentElement.style.overflow = 'hidden';
    frame.focus();
  }

  function putAway() {
    if (state === 'PopupInView' || state === 'LoadingInView') {
      document.documentElement.style.overflow = page.overflow;
    }
    state = 'Initial';
    style(frame, { display: 'none' });
    if (frame.parentNode !== document.body) place(document.body);
  }

  // Moving an iframe loads it anew, so messages wait until it is ready again.
  function place(parent) {
    ready = false;
    queued = [];
    parent.appendChild(frame);
  }

  function open(token, options, embedded) {
    current = { number: current.number + 1, options: options };
    send({
      type: 'open', number: current.number, token: String(token == null ? '' : token), embedded: embedded,
      options: {
        language: options.language, selectedPaymentType: options.selectedPaymentType,
        uiMode: options.uiMode || options.gopayMode, autoCloseDelay: options.autoCloseDelay,
        enabledPayments: options.enabledPayments, skipOrderSummary: options.skipOrderSummary
      }
    });
  }

  function pay(token, options) {
    if (PAY_THROWS) throw new Error('snap.pay threw, as planned');
    var covered = state === 'LoadingInView';
    moveTo('PopupInView', 'pay');
    if (!covered) cover();
    open(token, options || {}, false);
  }

  function embed(token, options) {
    if (PAY_THROWS) throw new Error('snap.embed threw, as planned');
    options = options || {};
    var container = options.embedId && document.getElementById(options.embedId);
    if (!container) throw new Error('snap.embed needs embedId, the id of an element on the page');
    if (state === 'LoadingInView') putAway();
    moveTo('EmbedInView', 'embed');
    style(frame, {
      display: 'block', position: 'static', width: '100%', height: '100%', minWidth: '320px', minHeight: '560px',
      zIndex: 'auto', background: 'transparent'
    });
    place(container);
    open(token, options, true);
  }

  function show() {
    var covered = state === 'LoadingInView';
    moveTo('LoadingInView', 'show');
    if (!covered) cover();
    send({ type: 'loading' });
  }

  function hide() {
    if (state === 'Initial') return;
    putAway();
    send({ type: 'hide' });
  }

  function settle(data) {
    var options = current.options;
    var code = String(data.result && data.result.status_code);
    var callback = code === '200' ? options.onSuccess : code === '201' ? options.onPending : options.onError;
    if (state === 'PopupInView' || state === 'EmbedInView') putAway();
    if (typeof callback === 'function') callback(data.result);
    else if (data.finish) window.location.assign(data.finish);
  }

  function closed() {
    if (state === 'PopupInView' || state === 'EmbedInView') putAway();
    if (typeof current.options.onClose === 'function') current.options.onClose();
  }

  window.addEventListener('message', function (event) {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    var data = event.data;
    if (!data || data.snap !== true) return;
    if (data.type === 'ready') {
      ready = true;
      queued.splice(0).forEach(send);
    } else if (data.number === current.number) {
      if (data.type === 'result') settle(data);
      else if (data.type === 'close') closed();
    }
  });

  // The popup listens itself; this is for when the focus is still on the shop's page.
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && state === 'PopupInView') send({ type: 'escape' });
  });

  window.snap = { pay: pay, embed: embed, show: show, hide: hide };
})();
