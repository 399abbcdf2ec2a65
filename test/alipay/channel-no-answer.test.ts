import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlipayChannel, alipayChannel } from '../../src/alipay/channel.ts';
import { type FakeGateway, fakeGateway, PRECREATE, QUERY, says, signedAnswer } from './fake-gateway.ts';
import { accountFor } from './keys.ts';
import { REQUEST } from './payment-request.ts';

const ok = { code: '10000', msg: 'Success', out_trade_no: 'order-1' };
const QR = 'https://qr.alipay.com/bax00000000000000001';
const offered = { ...ok, qr_code: QR };

let gateway: FakeGateway;
let channel: AlipayChannel;

beforeAll(async () => {
  gateway = await fakeGateway();
  channel = alipayChannel({
    account: accountFor(gateway.url),
    notifyUrl: 'https://shop.example/alipay/notify',
    limits: { totalTimeoutMs: 5_000 },
  });
});
beforeEach(() => {
  gateway.asked.length = 0;
});
afterAll(async () => {
  await channel.disconnect();
  await gateway.close();
});

const precreate = (text: string | Buffer) => {
  gateway.answer = says(text);
  return channel.precreate(REQUEST);
};

describe('answers that are none', () => {
  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['HTML', '<html>busy</html>'],
    ['half an answer', signedAnswer(PRECREATE, offered).slice(0, 40)],
    ['another method’s answer', signedAnswer(QUERY, offered)],
    ['an array', '[]'],
    ['null', 'null'],
    ['a node that is text', `{"${PRECREATE}":"code"}`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a signed code without meaning', signedAnswer(PRECREATE, { ...offered, code: '99999' })],
    ['a signed node without code', signedAnswer(PRECREATE, { qr_code: QR })],
    ['more than the limit', signedAnswer(PRECREATE, { ...offered, more: 'x'.repeat(300_000) })],
  ])('%s: unknown', async (_, text) => expect(await precreate(text)).toMatchObject({ kind: 'unknown' }));

  test.each([500, 502, 404, 204])('HTTP %i: unknown', async (status) => {
    gateway.answer = (_, response) => response.writeHead(status).end();
    expect(await channel.precreate(REQUEST)).toMatchObject({ kind: 'unknown' });
  });

  test('a redirect is not followed', async () => {
    gateway.answer = (_, response) => response.writeHead(307, { location: `${gateway.url}?elsewhere=1` }).end();
    expect(await channel.precreate(REQUEST)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/redirect/),
    });
    expect(gateway.asked).toHaveLength(1);
  });

  test('a packed answer is not unpacked', async () => {
    gateway.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(100));
    expect(await channel.precreate(REQUEST)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/encoded/),
    });
  });

  test('an answer larger than the limit ends the connection at once', async () => {
    let closed: Promise<unknown> | undefined;
    gateway.answer = (_, response) => {
      closed ??= once(response, 'close');
      response.writeHead(200).write(Buffer.alloc(300_000, ' '));
    };
    expect(await channel.precreate(REQUEST)).toMatchObject({ kind: 'unknown' });
    await closed;
  });
});
