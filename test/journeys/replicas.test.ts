// Two gateways on one database, and what a frontend sees when its own one dies.
import { expect, test } from 'vitest';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, follow, newOrder, precreate, readOrder } from '../support/sale.ts';

async function twoGateways(): Promise<{ near: Gateway; far: Gateway; again(): Promise<Gateway> }> {
  const { url } = await startAlipay();
  const shared = { ...alipayEnv(url), DATABASE_URL: await ownDatabase(), API_KEY: newApiKey() };
  const [near, far] = await Promise.all([startGateway(shared), startGateway(shared)]);
  return { near, far, again: () => startGateway(near.env) };
}

test('a notification to one reaches the subscriber of the other, through a crash and a drain', async () => {
  const { near, far, again } = await twoGateways();
  const order = await createOrder(near, newOrder());
  await precreate(far, { id: order.id });
  expect(await readOrder(far, { id: order.id })).toMatchObject({ version: 2, clientToken: order.clientToken });

  const feed = follow(near, { orderId: order.id, after: 0 });
  await feed.count(2);
  const paid = paidFields(order.merchantOrderNo, '8.88');
  const toldAt = performance.now();
  expect((await notify(far, notice(paid))).body).toBe('success');
  await feed.count(3);
  expect(performance.now() - toldAt).toBeLessThan(1_000);

  await near.kill();
  expect((await feed.ended).kind).toBe('closed');
  const refunded = {
    ...paid,
    notify_id: 'r1',
    refund_fee: '3.00',
    gmt_refund: '2026-11-23 11:00:00',
    out_biz_no: 'R1',
  };
  expect((await notify(far, notice(refunded))).body).toBe('success');

  const back = await again();
  const resumed = follow(back, { orderId: order.id, after: feed.versions().at(-1) ?? 0 });
  await resumed.count(1);
  expect((await notify(far, notice(refunded))).body).toBe('success');
  const more = { ...refunded, notify_id: 'r2', refund_fee: '4.00', out_biz_no: 'R2' };
  expect((await notify(far, notice(more))).body).toBe('success');
  await resumed.count(2);
  expect([...feed.versions(), ...resumed.versions()]).toEqual([1, 2, 3, 4, 5]);

  expect(await back.stop()).toEqual({ code: 0, signal: null });
  expect(await resumed.ended).toEqual({ kind: 'closed', code: 1001 });
});

test('fifty notifications over two gateways are one event', async () => {
  const { near, far } = await twoGateways();
  const input = newOrder();
  const orders = await Promise.all(Array.from({ length: 20 }, (_, n) => createOrder(n % 2 ? near : far, input)));
  expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  const body = notice(paidFields(input.merchantOrderNo, '8.88'));
  const replies = await Promise.all(Array.from({ length: 50 }, (_, n) => notify(n % 2 ? near : far, body)));
  expect(new Set(replies.map((reply) => reply.body))).toEqual(new Set(['success']));
  expect((await readOrder(far, { merchantOrderNo: input.merchantOrderNo }))?.events).toHaveLength(2);
});
