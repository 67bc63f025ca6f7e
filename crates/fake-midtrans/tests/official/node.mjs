// Midtrans's own Node library against the gateway at BASE; stops at the first thing that is not as documented.
import assert from 'node:assert/strict';
import midtrans from 'midtrans-client';
// The library has no setting for its addresses, so the constants it reads are replaced.
import ApiConfig from 'midtrans-client/lib/apiConfig.js';

const base = process.env.BASE;
ApiConfig.CORE_SANDBOX_BASE_URL = base;
ApiConfig.SNAP_SANDBOX_BASE_URL = `${base}/snap/v1`;

const serverKey = process.env.SERVER_KEY;
const snap = new midtrans.Snap({ isProduction: false, serverKey, clientKey: 'SB-Mid-client-any' });
const core = new midtrans.CoreApi({ isProduction: false, serverKey, clientKey: 'SB-Mid-client-any' });
const order = (order_id, gross_amount = 10000) => ({ transaction_details: { order_id, gross_amount } });
const control = (path, body) => fetch(`${base}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
const code = (expected) => (error) => String(error.httpStatusCode) === expected;

const created = await snap.createTransaction(order('node-1'));
assert.match(created.token, /^[0-9a-f-]{36}$/);
assert.ok(created.redirect_url.startsWith(base));
assert.equal(typeof await snap.createTransactionToken(order('node-2')), 'string');
assert.ok((await snap.createTransactionRedirectUrl(order('node-2'))).includes('/snap/'));

await assert.rejects(snap.createTransaction(order('node-3', 0)), code('400'));
const stranger = new midtrans.Snap({ isProduction: false, serverKey: 'SB-Mid-server-wrong', clientKey: 'x' });
await assert.rejects(stranger.createTransaction(order('node-3')), code('401'));

await assert.rejects(core.transaction.status('node-1'), code('404'));
await control('choose', { order_id: 'node-1', method: 'bca_va' });
const pending = await snap.transaction.status('node-1');
assert.equal(pending.transaction_status, 'pending');
assert.equal((await core.transaction.notification(pending)).order_id, 'node-1');
await assert.rejects(core.transaction.refund('node-1', { amount: 5000 }), code('412'));
assert.equal((await core.transaction.cancel('node-1')).transaction_status, 'cancel');

await control('choose', { order_id: 'node-2', method: 'gopay' });
await control('settle', { order_id: 'node-2' });
const refunded = await core.transaction.refund('node-2', { refund_key: 'r1', amount: 4000, reason: 'test' });
assert.equal(refunded.transaction_status, 'partial_refund');
await assert.rejects(core.transaction.refund('node-2', { refund_key: 'r1', amount: 1 }), code('406'));
await assert.rejects(core.transaction.refund('node-2', { refund_key: 'r2', amount: 9000 }), code('414'));
assert.equal((await core.transaction.refundDirect('node-2', { refund_key: 'r2', amount: 6000 })).transaction_status, 'refund');

await snap.createTransaction(order('node-4'));
await control('choose', { order_id: 'node-4', method: 'indomaret' });
// Its library takes 407 for an answer, not for an error.
assert.equal((await core.transaction.expire('node-4')).status_code, '407');
assert.equal((await core.transaction.status('node-4')).transaction_status, 'expire');

const challenged = '4511111111111117';
for (const order_id of ['node-5', 'node-6', 'node-7']) {
  await snap.createTransaction(order(order_id));
  await control('choose', { order_id, method: 'credit_card', number: challenged });
}
assert.equal((await core.transaction.approve('node-5')).fraud_status, 'accept');
await assert.rejects(core.transaction.approve('node-5'), code('412'));
assert.equal((await core.transaction.deny('node-6')).transaction_status, 'deny');
assert.equal((await core.transaction.cancel('node-7')).transaction_status, 'cancel');
await assert.rejects(core.transaction.expire('node-7'), code('412'));
for (const call of ['approve', 'deny', 'cancel', 'expire', 'refund', 'refundDirect']) {
  await assert.rejects(core.transaction[call]('unknown', {}), code('404'), call);
}

await control('settle', { order_id: 'node-5' });
const chosen = await core.transaction.refund('node-5');
assert.deepEqual([chosen.transaction_status, chosen.refund_amount], ['refund', '10000.00']);
assert.ok(chosen.refund_key && chosen.refund_chargeback_id, 'made up by the gateway');
const known = (await core.transaction.status('node-5')).refunds;
assert.equal(known[0].refund_key, chosen.refund_key);
await assert.rejects(core.transaction.refund('node-5', { refund_key: chosen.refund_key }), code('406'));
await assert.rejects(core.transaction.refund('node-5', { refund_key: 'another' }), code('412'));
assert.equal((await core.transaction.statusb2b('node-5')).transactions.length, 1);

await snap.createTransaction({ ...order('node-8'), credit_card: { type: 'authorize' } });
await control('choose', { order_id: 'node-8', method: 'credit_card', number: '4411111111111118' });
const { transaction_id, transaction_status } = await core.transaction.status('node-8');
assert.equal(transaction_status, 'authorize');
assert.equal((await core.capture({ transaction_id, gross_amount: 9000 })).transaction_status, 'capture');
await assert.rejects(core.capture({ transaction_id, gross_amount: 9000 }), code('412'));

// Its library decides by the code in the body too: some answers come as HTTP 200.
await control('faults', { target: 'status', fault: 'http200' });
await assert.rejects(core.transaction.status('unknown'), code('404'));
console.log('midtrans-client (node): ok');
