// The gateway behind a transaction pooler, with one direct connection to listen on.
import { expect, onTestFinished, test } from 'vitest';
import { counter, isQuiet } from '../support/counter.ts';
import { ownDatabase, startGateway } from '../support/gateway.ts';
import { openPooler } from '../support/pooler.ts';
import { follow } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';

test('a sale, its notification, a subscription and a refund: no session is anybody’s', async () => {
  const direct = await ownDatabase();
  const pooler = await openPooler(direct);
  onTestFinished(() => pooler.close());
  const gateway = await startGateway({ DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: direct });
  const [till, alipay] = [counter(gateway), sandboxClient(gateway)];

  const { id, merchantOrderNo } = await till.open();
  const { qrCode } = await till.qrCode(id);
  const feed = follow(gateway, { orderId: id, after: 0 });
  await alipay.scan(qrCode?.content ?? '');
  await alipay.pay(merchantOrderNo);
  expect((await feed.count(3)).at(-1)).toMatchObject({ type: 'payment.succeeded', status: 'PAID' });
  await till.refund(id, 'R', '1.00');
  expect(await till.becomes(id, isQuiet)).toMatchObject({ refundedAmount: '1.00' });
  expect(feed.versions()).toEqual([1, 2, 3, 4, 5]);
  feed.stop();

  expect(Math.min(...pooler.served)).toBeGreaterThan(5);
  expect(pooler.simple.filter((sql) => /^\s*(set|listen|select pg_advisory_lock)/i.test(sql))).toEqual([]);
  await gateway.stop();
});
