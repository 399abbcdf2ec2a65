import { expect, test } from 'vitest';
import { movableClock } from '../../src/sandbox/movable-clock.ts';
import {
  advance,
  control,
  exec,
  type Json,
  newDataDir,
  precreate,
  read,
  receiver,
  sdkFor,
  testSandbox,
  tradeOf,
} from './fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('the clock can be read, and moves forward only', async () => {
  const { url } = await testSandbox();
  const before: Json = await read(url, 'clock');
  expect(before).toEqual({ now: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), offsetMs: 0 });
  const after = await advance(url, HOUR);
  expect(after.offsetMs).toBe(HOUR);
  expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(HOUR);
  expect((await advance(url, MINUTE)).offsetMs).toBe(HOUR + MINUTE);
  for (const advanceMs of [-1, 0.5, 1e12, '5'])
    expect((await control(url, 'clock', { advanceMs })).body.error.code).toBe('BAD_REQUEST');
});

test('sandbox time is what answers and notices say', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  await advance(url, 40 * 24 * HOUR);
  const { outTradeNo } = await precreate(sdk);
  await control(url, 'pay', { outTradeNo });
  const { now } = await read(url, 'clock');
  const { sendPayDate } = await exec(sdk, 'query', { outTradeNo });
  const saidMs = Date.parse(`${sendPayDate.replace(' ', 'T')}+08:00`);
  expect(Math.abs(Date.parse(now) - saidMs)).toBeLessThan(5_000);
});

test('what falls due on the way has happened when the call returns', async () => {
  const { url } = await testSandbox({ timeScale: 1 });
  const sdk = await sdkFor(url);
  await control(url, 'settings', { notifyOn: ['TRADE_SUCCESS', 'TRADE_CLOSED'] });
  const shop = await receiver();
  const { outTradeNo, qrCode } = await precreate(sdk, { notifyUrl: shop.url, biz: { timeout_express: '5m' } });
  await control(url, 'scan', { qrCode });
  await advance(url, 4 * MINUTE);
  expect((await tradeOf(url, outTradeNo)).status).toBe('WAIT_BUYER_PAY');
  await advance(url, MINUTE);
  expect(shop.heard.map(({ form }) => form.trade_status)).toEqual(['TRADE_CLOSED']);
  expect(await tradeOf(url, outTradeNo)).toMatchObject({
    status: 'TRADE_CLOSED',
    notifications: [{ state: 'delivered' }],
  });
});

test('the whole ladder in one move: eight deliveries, each at its time, each answer seen', async () => {
  const { url } = await testSandbox({ timeScale: 1 });
  const shop = await receiver(() => 'fail');
  const { outTradeNo } = await precreate(await sdkFor(url), { notifyUrl: shop.url });
  await control(url, 'pay', { outTradeNo });
  await advance(url, 4 * MINUTE + 30_000);
  expect(shop.heard).toHaveLength(2);
  await advance(url, 25 * HOUR);
  expect(shop.heard).toHaveLength(8);
  const [notice] = (await tradeOf(url, outTradeNo)).notifications;
  expect(notice).toMatchObject({ state: 'given_up', sendings: 8 });
  const at = notice.attempts.map((attempt: Json) => Date.parse(attempt.at));
  const gaps = at.slice(1).map((ms: number, index: number) => Math.round((ms - at[index]) / MINUTE));
  expect(gaps).toEqual([4, 10, 10, 60, 120, 360, 900]);
});

test('an unscanned code runs out, and a paid trade’s window ends', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const unscanned = await precreate(sdk);
  const paid = await precreate(sdk);
  await control(url, 'pay', { outTradeNo: paid.outTradeNo });
  await advance(url, 2 * HOUR);
  expect((await control(url, 'scan', { qrCode: unscanned.qrCode })).body.error.code).toBe('CODE_EXPIRED');
  await advance(url, 365 * 24 * HOUR);
  expect((await tradeOf(url, paid.outTradeNo)).status).toBe('TRADE_FINISHED');
});

test('a shop that reads the clock while it is told does not hold it up', async () => {
  const { url } = await testSandbox({ timeScale: 1 });
  const heard: Promise<Json>[] = [];
  const shop = await receiver(() => {
    heard.push(read(url, 'clock'));
    return 'success';
  });
  const { outTradeNo } = await precreate(await sdkFor(url), { notifyUrl: shop.url });
  await control(url, 'pay', { outTradeNo });
  const moves = await Promise.all([advance(url, MINUTE), advance(url, MINUTE)]);
  expect(moves.map(({ offsetMs }) => offsetMs)).toEqual([MINUTE, 2 * MINUTE]);
  expect(await Promise.all(heard)).toHaveLength(1);
});

test('the offset outlives a restart: time never goes back', async () => {
  const dataDir = newDataDir();
  const first = await testSandbox({ dataDir });
  await advance(first.url, HOUR);
  await first.stop();
  const second = await testSandbox({ dataDir });
  expect((await read(second.url, 'clock')).offsetMs).toBe(HOUR);
});

test('timers ring in order and at their time, also those set on the way', async () => {
  const rung: [string, number][] = [];
  const clock = movableClock({ now: () => 0, after: () => () => {} }, 0);
  const ring = (name: string) => () => void rung.push([name, clock.now()]);
  clock.after(30, ring('late'));
  clock.after(10, () => {
    ring('early')();
    clock.after(5, ring('set on the way'));
    clock.after(500, ring('beyond'));
  });
  const takenBack = clock.after(20, ring('taken back'));
  takenBack();
  await clock.advance(100, async () => {});
  expect(rung).toEqual([
    ['early', 10],
    ['set on the way', 15],
    ['late', 30],
  ]);
  expect(clock.now()).toBe(100);
});
