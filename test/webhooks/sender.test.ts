// The road outside, over real sockets: to a checked address, once, bounded.
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Resolve } from '../../src/webhooks/resolve.ts';
import { type ClosableSender, type SenderNeeds, webhookSender } from '../../src/webhooks/sender.ts';
import { type Answer, type Receiver, startReceiver, status } from '../support/receiver.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const HUGE = Buffer.alloc(8_000_000, 'x');
const PACKED = gzipSync(HUGE);
const [cert, key] = [fixture('shop.crt'), fixture('shop.key')];

let shop: Receiver;
let safe: Receiver;
const senders: ClosableSender[] = [];

beforeAll(async () => {
  [shop, safe] = await Promise.all([startReceiver(), startReceiver({ cert, key })]);
});

beforeEach(() => {
  for (const one of [shop, safe]) {
    one.answer = status(200);
    one.received.length = 0;
  }
});

afterAll(() => {
  for (const sender of senders) sender.close();
});

const nobody: Resolve = async () => {
  throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
};
const always =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses;

/** A header every 20 ms, and no end of them. */
function drip({ socket }: ServerResponse): void {
  socket?.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => socket?.writable && socket.write('x: y\r\n'), 20);
  socket?.once('close', () => clearInterval(timer));
}

function senderWith(needs: Partial<SenderNeeds> = {}): ClosableSender {
  const sender = webhookSender({ resolve: nobody, rules: { local: true }, timeoutMs: 3_000, ...needs });
  senders.push(sender);
  return sender;
}

const send = (url: string, needs: Partial<SenderNeeds> = {}) =>
  senderWith(needs).send({
    url,
    headers: { 'content-type': 'application/json', 'webhook-id': 'evt_1' },
    body: '{"茶":1}',
  });

describe('an answer', () => {
  test('the body goes as it is, and the answer’s status and beginning come back', async () => {
    const sent = await send(`${shop.url}?shop=1`);
    expect(sent).toEqual({
      kind: 'answered',
      statusCode: 200,
      answer: 'answer 200',
      retryAfter: null,
      latencyMs: expect.any(Number),
    });
    expect(shop.received).toMatchObject([
      { path: '/hooks?shop=1', body: '{"茶":1}', headers: { 'webhook-id': 'evt_1', host: `127.0.0.1:${shop.port}` } },
    ]);
  });

  test('a redirect is an answer, never followed', async () => {
    const inside = await startReceiver();
    shop.answer = status(302, { location: inside.url });
    expect(await send(shop.url)).toMatchObject({ kind: 'answered', statusCode: 302 });
    expect(inside.connections()).toBe(0);
  });

  test('Retry-After comes along', async () => {
    shop.answer = status(429, { 'retry-after': '7' });
    expect(await send(shop.url)).toMatchObject({ statusCode: 429, retryAfter: '7' });
  });

  // biome-ignore format: a table
  test.each<[string, Answer, string | RegExp]>([
    ['of 8 MB is cut at 1024 bytes',   (_, response) => response.end(HUGE),              'x'.repeat(1_024)],
    ['that never ends is cut by time',   (_, response) => void response.write('so far'),                             'so far'],
    ['that breaks off is kept so far',   (_, response) => void response.write('so far', () => response.destroy()),  'so far'],
    ['that is no text does no harm',     (_, response) => response.end(Buffer.from([97, 0, 27, 255, 98, 10])),      'a\ufffd\ufffd\ufffdb\n'],
    ['that is packed stays packed',      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(PACKED), /^.{1,1024}$/s],
    ['without a body is empty',          (_, response) => response.writeHead(204).end(),                            ''],
  ])('%s', async (_, answer, kept) => {
    shop.answer = answer;
    const sent = await send(shop.url, { timeoutMs: 1_000 });
    expect(sent).toMatchObject({ kind: 'answered', answer: typeof kept === 'string' ? kept : expect.stringMatching(kept) });
  });

  test('no more of an answer is read than is kept', async () => {
    shop.answer = (_, response) => {
      const endless = new Readable({ read: () => void endless.push('x'.repeat(65_536)) });
      pipeline(endless, response, () => undefined);
    };
    const sent = await send(shop.url, { timeoutMs: 8_000 });
    expect(sent).toMatchObject({ statusCode: 200, answer: 'x'.repeat(1_024) });
    expect(sent.kind === 'answered' && sent.latencyMs).toBeLessThan(4_000);
  });

  test('each message has a connection of its own, closed behind it', async () => {
    const before = shop.connections();
    const sender = senderWith();
    for (const body of ['1', '2', '3']) await sender.send({ url: shop.url, headers: {}, body });
    expect(shop.connections() - before).toBe(3);
    expect(shop.received.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
  });
});

describe('no answer', () => {
  test.each<[string, Answer]>([
    ['nothing is said', () => undefined],
    ['headers drip', (_, response) => drip(response)],
  ])('%s: over when the time is over', async (_, answer) => {
    shop.answer = answer;
    const sent = await send(shop.url, { timeoutMs: 300 });
    expect(sent).toMatchObject({ kind: 'unanswered', reason: 'no answer within 0.3 s' });
    expect(sent.kind === 'unanswered' && sent.latencyMs).toBeLessThan(2_000);
  });

  test('a name server that does not answer is part of the time', async () => {
    const stuck: Resolve = () => new Promise(() => {});
    const sent = await send('http://shop.test/', { resolve: stuck, timeoutMs: 100 });
    expect(sent).toMatchObject({ kind: 'unanswered', reason: 'no answer within 0.1 s' });
    expect(sent.kind === 'unanswered' && sent.latencyMs).toBeLessThan(5_000);
  });

  test.each<[string, Answer]>([
    ['the connection broke', (_, response) => response.destroy()],
    ['the answer is not HTTP', (_, { socket }) => void socket?.end('SSH-2.0-OpenSSH_9.6\r\n')],
    [
      'the headers of the answer are too long',
      (_, { socket }) => void socket?.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
    ],
  ])('%s', async (reason, answer) => {
    shop.answer = answer;
    expect(await send(shop.url)).toMatchObject({ kind: 'unanswered', reason });
  });

  test('nobody listens, or the name has no address', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ reason: 'the connection was refused' });
    expect(await send('http://nowhere.test/')).toMatchObject({ reason: 'the host name has no address' });
  });

  test('when we stop, what is on its way is abandoned, and nothing new goes', async () => {
    shop.answer = () => undefined;
    const sender = senderWith({ timeoutMs: 60_000 });
    const sending = sender.send({ url: shop.url, headers: {}, body: '{}' });
    await expect.poll(() => shop.received.length).toBe(1);
    sender.close();
    expect(await sending).toEqual({ kind: 'abandoned' });
    expect(await sender.send({ url: shop.url, headers: {}, body: '{}' })).toEqual({ kind: 'abandoned' });
    expect(shop.received).toHaveLength(1);
  });
});

describe('the address', () => {
  test('what is checked is what is connected to: a second answer is never asked for', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const rebinding: Resolve = async () => [answers.shift() ?? ''];
    expect(await send(`http://shop.test:${shop.port}/`, { resolve: rebinding })).toMatchObject({ statusCode: 200 });
    expect(answers).toEqual(['10.0.0.1']);
  });

  test('a name that was public when the endpoint was made, and is 127.0.0.1 now, is not connected to', async () => {
    const answers = ['93.184.215.14', '127.0.0.1'];
    const rebinding: Resolve = async () => [answers.shift() ?? ''];
    const sender = senderWith({ resolve: rebinding, rules: { local: false } });
    expect(await sender.refusalOf('https://shop.test/')).toBeUndefined();
    const sent = await sender.send({ url: 'https://shop.test/', headers: {}, body: '{}' });
    expect(sent).toMatchObject({
      kind: 'unanswered',
      reason: expect.stringMatching(/127\.0\.0\.1: that is no public address/),
    });
  });

  test.each([
    ['one of several is inside', always('93.184.215.14', '10.0.0.1')],
    ['it is mapped', always('::ffff:127.0.0.1')],
    ['it is IPv6 loopback', always('::1')],
    ['it is metadata', always('169.254.169.254')],
  ])('refused at creation and at each attempt: %s', async (_, resolve) => {
    const sender = senderWith({ resolve, rules: { local: false } });
    expect(await sender.refusalOf('https://shop.test/')).toMatch(/no public address/);
    expect(await sender.send({ url: 'https://shop.test/', headers: {}, body: '{}' })).toMatchObject({
      kind: 'unanswered',
      reason: expect.stringMatching(/no public address/),
    });
  });

  test.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'http://shop.test/',
    'https://shop.test:6379/',
    'https://a:b@shop.test/',
  ])('a URL that got into the database all the same is not posted to: %s', async (url) => {
    const sent = await send(url, { resolve: always('93.184.215.14'), rules: { local: false } });
    expect(sent).toMatchObject({ kind: 'unanswered', reason: expect.stringMatching(/^the URL must /) });
  });

  test('a name without an address may be taken: it may get one', async () => {
    expect(await senderWith({ rules: { local: false } }).refusalOf('https://soon.test/')).toBeUndefined();
  });
});

describe('TLS', () => {
  const resolve = always('127.0.0.1');

  test('a certificate for the host name is needed, not for the address', async () => {
    expect(await send(safe.url, { resolve, ca: cert.toString() })).toMatchObject({ statusCode: 200 });
    const other = safe.url.replace('shop.test', 'other.test');
    expect(await send(other, { resolve, ca: cert.toString() })).toMatchObject({
      reason: 'TLS: the certificate is for another host name',
    });
    expect(safe.received).toHaveLength(1);
  });

  test('a certificate that nobody vouches for is refused', async () => {
    expect(await send(safe.url, { resolve })).toMatchObject({ reason: 'TLS: the certificate is signed by itself' });
    expect(safe.received).toEqual([]);
  });
});
