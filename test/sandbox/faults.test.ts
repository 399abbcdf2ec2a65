import { expect, test } from 'vitest';
import { control, newNumber, precreate, type Received, read, receiver, sdkFor, testSandbox, until } from './fixture.ts';
import { isSigned, rawCall } from './raw-call.ts';

async function broken(fault: object) {
  const { url } = await testSandbox();
  const set = await control(url, 'faults', fault);
  expect(set.status).toBe(200);
  const biz = { out_trade_no: newNumber(), total_amount: '1.00', subject: '茶' };
  const call = () => rawCall(url, { biz });
  const orders = async () => (await read(url, 'orders')).total;
  return { url, call, orders };
}

const on = 'alipay.trade.precreate';

test.each([
  ['drop', 0],
  ['act_then_drop', 1],
])('%s: the connection dies; orders made: %i', async (kind, made) => {
  const { call, orders } = await broken({ on, kind });
  await expect(call()).rejects.toThrow();
  expect(await orders()).toBe(made);
  expect((await call()).node.code).toBe('10000');
});

test.each([
  [{}, 0],
  [{ acts: true }, 1],
])('an unknown result, %j: orders made: %i', async (more, made) => {
  const { url, call, orders } = await broken({ on, kind: 'unknown', ...more });
  const answer = await call();
  expect(answer.node).toMatchObject({ code: '20000', sub_code: 'isp.unknow-error' });
  expect(await isSigned(url, answer)).toBe(true);
  expect(await orders()).toBe(made);
});

test('a wrong signature, then none, then a right one', async () => {
  const { url, call } = await broken({ on: '*', kind: 'wrong_sign' });
  await control(url, 'faults', { on, kind: 'no_sign' });
  const wrong = await call();
  expect(wrong.json.sign).toHaveLength(344);
  expect(await isSigned(url, wrong)).toBe(false);
  expect((await call()).json).not.toHaveProperty('sign');
  expect(await isSigned(url, await call())).toBe(true);
});

test('an answer of one’s own, as often as asked and only for the method and number it names', async () => {
  const { url, call } = await broken({ on, kind: 'answer', code: '40004', subCode: 'ACQ.TRADE_HAS_CLOSE', count: 2 });
  const refused = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_HAS_CLOSE', sub_msg: '交易已经关闭' };
  expect((await rawCall(url, { method: 'alipay.trade.query', biz: { out_trade_no: 'X' } })).node.sub_code).toBe(
    'ACQ.TRADE_NOT_EXIST',
  );
  expect((await call()).node).toEqual(refused);
  expect(await read(url, 'faults')).toMatchObject({ faults: [{ id: 1, on, kind: 'answer', left: 1 }] });
  expect((await call()).node).toEqual(refused);
  expect((await call()).node.code).toBe('10000');
  await control(url, 'faults', { on, kind: 'unknown', outTradeNo: 'ELSE' });
  expect((await call()).node.code).toBe('10000');
});

test('a delay after acting: the trade can be paid while the caller still waits', async () => {
  const { url, orders } = await broken({ on, kind: 'delay', delayMs: 300, when: 'after' });
  const outTradeNo = newNumber();
  const started = Date.now();
  const slow = rawCall(url, { biz: { out_trade_no: outTradeNo, total_amount: '1.00', subject: '茶' } });
  await until(orders, (made) => made === 1);
  expect((await control(url, 'pay', { outTradeNo })).body.status).toBe('TRADE_SUCCESS');
  expect((await slow).node.code).toBe('10000');
  expect(Date.now() - started).toBeGreaterThanOrEqual(295);
});

test('an HTTP 500 is no Alipay answer at all', async () => {
  const { call, orders } = await broken({ on, kind: 'http_500' });
  await expect(call()).rejects.toThrow(/JSON/);
  expect(await orders()).toBe(0);
});

async function paid(...faults: object[]) {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const shop = await receiver();
  for (const fault of faults) await control(url, 'faults', { on: 'notify', ...fault });
  const sale = async () => {
    const { outTradeNo } = await precreate(sdk, { notifyUrl: shop.url });
    await control(url, 'pay', { outTradeNo });
    return outTradeNo;
  };
  return { url, sdk, shop, sale };
}

test('duplicate: the same notice several times at once', async () => {
  const { shop, sale } = await paid({ kind: 'duplicate', copies: 4 });
  await sale();
  await until(
    () => shop.heard.length,
    (count) => count === 5,
  );
  expect(new Set(shop.heard.map(({ form }) => form.notify_id)).size).toBe(1);
});

test('reorder: collected, then sent last first', async () => {
  const { shop, sale } = await paid({ kind: 'reorder', count: 3 });
  const numbers = [await sale(), await sale(), await sale()];
  await until(
    () => shop.heard.length,
    (count) => count === 3,
  );
  expect(shop.heard.map(({ form }) => form.out_trade_no)).toEqual(numbers.reverse());
});

test('hold: nothing leaves before the release', async () => {
  const { url, shop, sale } = await paid({ kind: 'hold' });
  const held = await sale();
  const free = await sale();
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  expect(shop.heard[0]?.form.out_trade_no).toBe(free);
  expect((await control(url, 'notifications/release', {})).body).toEqual({ released: 1 });
  await until(
    () => shop.heard.length,
    (count) => count === 2,
  );
  expect(shop.heard[1]?.form.out_trade_no).toBe(held);
});

test.each(['flip', 'wrong_sign'])('corrupt by %s: the signature does not fit', async (way) => {
  const { sdk, shop, sale } = await paid({ kind: 'corrupt', way });
  await sale();
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  const { form } = shop.heard[0] as Received;
  expect(sdk.checkNotifySignV2(form)).toBe(false);
  expect(form.total_amount).toBe(way === 'flip' ? '88.81' : '88.80');
});

test('drop: that sending never happens, the ladder goes on', async () => {
  const { url, shop, sale } = await paid({ kind: 'drop' });
  await sale();
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  const look = async () => (await read(url, 'trades')).trades[0].notifications[0];
  const notice = await until(look, ({ state }) => state === 'delivered');
  expect(notice.attempts.map(({ result }: { result: string }) => result)).toEqual(['dropped', 'success']);
});

test('a delivered notice can be sent again by hand', async () => {
  const { url, shop, sale } = await paid();
  await sale();
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  const notifyId = shop.heard[0]?.form.notify_id;
  expect((await control(url, 'notifications/resend', { notifyId })).body).toEqual({ resent: notifyId });
  expect(shop.heard).toHaveLength(2);
  expect((await control(url, 'notifications/resend', { notifyId: 'none' })).status).toBe(404);
});

test('DELETE takes all faults back and lets go of what they held', async () => {
  const { url, shop, sale } = await paid({ kind: 'hold' }, { kind: 'drop', count: 5, outTradeNo: 'ELSE' });
  await sale();
  await until(
    () => read(url, 'faults'),
    ({ faults }) => faults.length === 1,
  );
  expect(await (await fetch(`${url}/_sandbox/faults`, { method: 'DELETE' })).json()).toEqual({
    faults: [],
    released: 1,
  });
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
});
