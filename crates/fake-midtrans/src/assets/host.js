// Whoever shows this page: a shop's page around the popup, or the browser itself for the hosted page.

const { mode, originHost, clientKey, token } = document.body.dataset;

export const host = {
  mode,
  token,
  /** The popup is opened by the shop's page, and by nothing else. */
  listen(handle) {
    if (mode !== 'popup') return;
    window.addEventListener('message', (event) => {
      const fromShop = event.source === window.parent && event.origin === originHost;
      if (fromShop && event.data && event.data.snap === true) handle(event.data);
    });
    tell({ type: 'ready' });
  },
  /** Ends with a result: callbacks in a popup, the finish URL on the hosted page. */
  result(number, result, finish, merchantId) {
    if (mode === 'popup') tell({ type: 'result', number, result, finish });
    else window.location.assign(withMerchant(finish, merchantId));
  },
  /** Ends without one. */
  close(number) {
    if (mode === 'popup') tell({ type: 'close', number });
  }
};

function tell(message) {
  window.parent.postMessage({ snap: true, ...message }, originHost);
}

function withMerchant(finish, merchantId) {
  const url = new URL(finish);
  url.searchParams.set('merchant_id', merchantId);
  return url.href;
}

/** Asks the gateway; throws { error } with the gateway's name of what went wrong. */
async function ask(path, language, parameters, init) {
  const query = new URLSearchParams({ language, ...parameters });
  if (mode === 'popup') query.set('client_key', clientKey);
  let response;
  try {
    response = await fetch(`/snap/v4/api/sessions/${encodeURIComponent(path[0])}${path[1]}?${query}`, init);
  } catch {
    throw { error: 'network' };
  }
  let body;
  try {
    body = await response.json();
  } catch {
    throw { error: 'other' };
  }
  if (!response.ok) throw { error: body.error || 'other' };
  return body;
}

export function loadSession(sessionToken, language, opening) {
  return ask([sessionToken, ''], language, opening ? { opening: 'true' } : {});
}

export function charge(sessionToken, language, choice) {
  return ask([sessionToken, '/charge'], language, {}, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(choice)
  });
}
