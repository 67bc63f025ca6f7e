// The bank's page is done: the payment page around it asks the gateway how it went.
window.parent.postMessage({ snap3ds: 'done' }, window.location.origin);
