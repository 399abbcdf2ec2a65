// A great many spoilt notifications: none is believed that says anything else than a genuine one, none is a fault of ours,
// and memory does not grow. `npm run fuzz -- --notifications 1000000` for a long run.
import { setImmediate as breathe } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { readNotification } from '../../src/alipay/notification.ts';
import { accountFor, onlyApp } from '../alipay/keys.ts';
import { randomOf } from '../faults/random.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { alipayEnv, paidFields } from '../support/notifier.ts';
import { createOrder, newOrder, precreate, theOrder } from '../support/sale.ts';
import { readRun, rssOf, Tally, tell } from './figures.ts';
import { genuineNotices, meaningOf, mutantOf, type Posted } from './mutants.ts';

const RUN = readRun('NOTIFICATIONS', 10_000);
/** One in so many goes over a real connection to a whole gateway too. */
const HTTP_SHARE = 100;
const AT_A_TIME = 8;
/** In MiB: past the first tenth, when everything is warm. */
const MAY_GROW = 96;

let gateway: Gateway;

beforeAll(async () => {
  const { url, close } = await startAlipay();
  gateway = await startGateway({ ...alipayEnv(url), LOG_LEVEL: 'fatal' });
  return close;
});

test(`${RUN.count} in process (seed ${RUN.seed})`, async () => {
  const findApp = onlyApp(accountFor('http://127.0.0.1:1/gateway.do'));
  const [random, tally] = [randomOf(RUN.seed), new Tally()];
  const genuine = genuineNotices().map((posted) => ({
    ...posted,
    told: readNotification(posted.body, posted.contentType, findApp),
  }));
  const first = genuine[0] as (typeof genuine)[number];
  const meant = new Map(genuine.map(({ body, told }) => [meaningOf(body), told]));
  const startedAt = performance.now();
  let warm = 0;
  for (let n = 0; n < RUN.count; n += 1) {
    const { body, contentType } = mutantOf(random, genuine[random.nat(genuine.length)] ?? first);
    const told = readNotification(body, contentType, findApp);
    const why = told.kind === 'unverified' ? told.reason : told.kind;
    tally.add(why);
    // Nothing is believed of an app that is nobody's here, signed or not.
    if (told.kind !== 'unverified' && told.kind !== 'foreign_app') {
      const same = meant.get(meaningOf(body));
      expect([n, body.toString('latin1'), told]).toEqual([n, body.toString('latin1'), same]);
    }
    if (n % 1_000 === 0) await breathe();
    if (n === Math.floor(RUN.count / 10)) warm = rssOf(process.pid);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const end = rssOf(process.pid);
  tell(
    RUN,
    `notifications: ${RUN.count} in ${seconds.toFixed(1)} s, ${Math.round(RUN.count / seconds)}/s; RSS ${warm} to ${end} MiB`,
  );
  tell(RUN, `  ${tally}`);
  expect(end - warm).toBeLessThan(MAY_GROW);
  // It must not be that nothing of them is ever read: some only spell the same in another way.
  expect(tally.of('verified')).toBeGreaterThan(RUN.count / 200);
}, 3_600_000);

test(`${Math.ceil(RUN.count / HTTP_SHARE)} at a gateway`, async () => {
  const { id, merchantOrderNo } = await createOrder(gateway, newOrder());
  await precreate(gateway, { id });
  const genuine = genuineNotices(paidFields(merchantOrderNo, '8.88')).filter((_, place) => place === 0 || place > 3);
  const meant = new Set(genuine.map(({ body }) => meaningOf(body)));
  const [random, tally] = [randomOf(RUN.seed + 1), new Tally()];
  const [startedAt, before] = [performance.now(), rssOf(gateway.pid)];
  let left = Math.ceil(RUN.count / HTTP_SHARE);
  const first = genuine[0] as Posted;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (left > 0) {
        left -= 1;
        const posted = mutantOf(random, genuine[random.nat(genuine.length)] ?? first);
        const { status, said } = await post(posted);
        tally.add(`${status} ${said}`);
        if (status >= 500 || (said === 'success' && !meant.has(meaningOf(posted.body))))
          throw new Error(`${status} ${said} for ${posted.contentType}\n${posted.body.toString('latin1')}`);
      }
    }),
  );
  const [seconds, after] = [(performance.now() - startedAt) / 1_000, rssOf(gateway.pid)];
  tell(RUN, `over HTTP: ${tally} in ${seconds.toFixed(1)} s; RSS of the gateway ${before} to ${after} MiB`);
  expect(after - before).toBeLessThan(MAY_GROW);
  // Among so few there may be none that only spells the same in another way.
  expect(await post(first)).toEqual({ status: 200, said: 'success' });
  const { status, events } = await theOrder(gateway, merchantOrderNo);
  expect([status, events.map(({ type }) => type)]).toEqual([
    'PAID',
    ['order.created', 'payment.precreated', 'payment.succeeded'],
  ]);
}, 3_600_000);

/** A connection that is refused while it still sends may break off: that is an answer, too. */
async function post({ body, contentType }: Posted): Promise<{ status: number; said: string }> {
  try {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const response = await fetch(`${gateway.url}/alipay/notify`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    return { status: response.status, said: await response.text() };
  } catch (error) {
    return { status: 0, said: error instanceof Error ? error.message : 'cut' };
  }
}
