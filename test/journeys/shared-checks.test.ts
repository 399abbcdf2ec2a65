// Two gateways on one database look after the same orders: each order is asked about once a gap.
import { expect, test } from 'vitest';
import { handOut, startAlipay } from '../support/alipay-server.ts';
import { type Gateway, newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { alipayEnv } from '../support/notifier.ts';
import { newOrder, sell } from '../support/sale.ts';
import { until } from '../support/until.ts';

const GAP_MS = 1_000;

async function checksOf({ url }: Gateway): Promise<number> {
  const figures = await (await fetch(`${url}/metrics`)).text();
  return Number(/^kassa_checks_total\{task="ask"\} (\d+)$/m.exec(figures)?.[1] ?? 0);
}

test('twelve unpaid orders: both gateways ask, none asks what the other has just asked', async () => {
  const alipay = await startAlipay();
  const askedAt = new Map<string, number[]>();
  alipay.answer = (asked, response) => {
    if (asked.query.get('method') !== 'alipay.trade.query') return handOut(asked, response);
    const number = String(asked.bizContent.out_trade_no);
    askedAt.set(number, [...(askedAt.get(number) ?? []), performance.now()]);
    // So slow that the other gateway looks for work while this one waits.
    setTimeout(() => handOut(asked, response), GAP_MS * 0.6);
  };
  const shared = { ...alipayEnv(alipay.url), DATABASE_URL: await ownDatabase(), API_KEY: newApiKey() };
  const pace = { ...shared, CHECK_INTERVAL_SECONDS: String(GAP_MS / 1_000) };
  const both = await Promise.all([startGateway(pace), startGateway(pace)]);
  const numbers = Array.from({ length: 12 }, () => newOrder().merchantOrderNo);
  for (const merchantOrderNo of numbers) await sell(both[0], newOrder({ merchantOrderNo }));

  const least = () => Math.min(...numbers.map((number) => askedAt.get(number)?.length ?? 0));
  await until(least, (times) => times >= 3, 10_000);
  expect(Math.min(...(await Promise.all(both.map(checksOf))))).toBeGreaterThan(0);
  for (const times of askedAt.values()) {
    const gaps = times.slice(1).map((at, n) => at - (times[n] ?? 0));
    // Half a poll of tolerance: the time of a look is noted before the question reaches Alipay.
    expect(Math.min(...gaps)).toBeGreaterThan(GAP_MS - 125);
  }
  await alipay.close();
});
