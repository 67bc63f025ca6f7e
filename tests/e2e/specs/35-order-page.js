import { CARDS, Popup } from '../lib/payment-popup.js';
import { spec } from '../lib/runner.js';

spec('an unpaid order is paid on its own page', async ({ shop, stage }) => {
  const { order_id: id } = await stage.newOrder();
  await shop.open(`/order/${id}`);
  await shop.orderShows('created');
  await shop.pay();
  await new Popup(shop).payByCard(CARDS.accepted);
  await shop.orderShows('paid');
});
