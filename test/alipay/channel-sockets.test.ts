import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type AlipayChannel, alipayChannel, type FinishedCall } from '../../src/alipay/channel.ts';
import { fakeGateway, QUERY, says, signedAnswer } from './fake-gateway.ts';
import { accountFor } from './keys.ts';

const LIMITS = { connectTimeoutMs: 300, totalTimeoutMs: 600, failures: 5, halfOpenAfterMs: 200 };
const WAITING = signedAnswer(QUERY, {
  code: '10000',
  out_trade_no: 'order-1',
  trade_no: '1',
  total_amount: '8.88',
  trade_status: 'WAIT_BUYER_PAY',
});
const HTTP = `HTTP/1.1 200 OK\r\ncontent-length: ${WAITING.length}\r\n\r\n${WAITING}`;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A bare TCP server; `handle` gets each connection. */
async function listen(
  handle: (socket: Socket) => void,
  port = 0,
): Promise<{ url: string; port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    handle(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${bound}/gateway.do`, port: bound, server };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function channelTo(
  url: string,
  limits: Partial<typeof LIMITS> = {},
  onCall?: (call: FinishedCall) => void,
): AlipayChannel {
  const channel = alipayChannel({
    account: accountFor(url),
    notifyUrl: 'https://shop.example/n',
    limits: { ...LIMITS, ...limits },
    ...(onCall && { onCall }),
  });
  cleanups.push(() => channel.disconnect());
  return channel;
}

describe('nothing was sent', () => {
  test('connection refused', async () => {
    const channel = channelTo(`http://127.0.0.1:${await freePort()}/gateway.do`);
    expect(await channel.query('order-1')).toEqual({ kind: 'not_sent', reason: 'ECONNREFUSED' });
  });

  test('a name that does not resolve', async () => {
    expect(await channelTo('http://nowhere.invalid/gateway.do').query('order-1')).toMatchObject({ kind: 'not_sent' });
  });

  test('TLS that fails', async () => {
    const { url } = await listen((socket) => socket.end('HTTP/1.1 400 no TLS here\r\n\r\n'));
    expect(await channelTo(url.replace('http:', 'https:')).query('order-1')).toMatchObject({ kind: 'not_sent' });
  });

  test('TLS that never answers', async () => {
    const seen: Buffer[] = [];
    const { url } = await listen((socket) => socket.on('data', (bytes) => seen.push(bytes)));
    const limits = { totalTimeoutMs: 3_000 };
    expect(await channelTo(url.replace('http:', 'https:'), limits).query('order-1')).toMatchObject({
      kind: 'not_sent',
    });
    expect(Buffer.concat(seen).toString('latin1')).not.toContain('order-1');
  });
});

test('a connection that takes longer than the whole call may: not sent, then or later', async () => {
  const { url } = await listen((socket) => socket.resume());
  const channel = channelTo(url.replace('http:', 'https:'), { connectTimeoutMs: 3_000, totalTimeoutMs: 300 });
  const startedAt = performance.now();
  expect(await channel.query('order-1')).toEqual({ kind: 'not_sent', reason: 'no whole answer within 300 ms' });
  expect(performance.now() - startedAt).toBeLessThan(2_500);
});

describe('something may have happened', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['reset on the request', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closed on the request', (socket) => socket.once('data', () => socket.end())],
    ['silence', (socket) => socket.resume()],
    [
      'half an answer, then a reset',
      (socket) => socket.once('data', () => socket.write(HTTP.slice(0, -20), () => socket.resetAndDestroy())),
    ],
    ['half an answer, then silence', (socket) => socket.once('data', () => socket.write(HTTP.slice(0, -20)))],
    ['an answer that drips', drip],
    ['no HTTP', (socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))],
  ])('%s', async (_, handle) => {
    const { url } = await listen(handle);
    const startedAt = performance.now();
    expect(await channelTo(url).query('order-1')).toMatchObject({ kind: 'unknown' });
    expect(performance.now() - startedAt).toBeLessThan(LIMITS.totalTimeoutMs + 1_500);
  });

  test('cut while sending, and refused when tried again', async () => {
    const { url, server } = await listen((socket) => {
      socket.once('data', () => {
        server.close();
        socket.resetAndDestroy();
      });
    });
    expect(await channelTo(url).query('order-1')).toMatchObject({ kind: 'unknown' });
  });

  test('an answer later than our patience is not waited for, one within it is taken', async () => {
    const late = await listen((socket) => socket.once('data', () => setTimeout(() => socket.end(HTTP), 1_000).unref()));
    expect(await channelTo(late.url).query('order-1')).toMatchObject({ kind: 'unknown' });
    const slow = await listen((socket) => socket.once('data', () => setTimeout(() => socket.end(HTTP), 200)));
    expect(await channelTo(slow.url).query('order-1')).toMatchObject({ kind: 'accepted' });
  });
});

/** Headers at once, then a byte of the body every now and then: no gap is long, the whole is. */
function drip(socket: Socket): void {
  let at = HTTP.indexOf('\r\n\r\n') + 5;
  socket.once('data', () => {
    socket.write(HTTP.slice(0, at));
    const timer = setInterval(() => socket.write(HTTP.slice(at, ++at)), 50);
    socket.once('close', () => clearInterval(timer));
  });
}

describe('the breaker', () => {
  test('opens on an Alipay that is not there, then tries one call, then closes', async () => {
    const port = await freePort();
    const outcomes: string[] = [];
    const channel = channelTo(`http://127.0.0.1:${port}/gateway.do`, {}, ({ outcome }) => outcomes.push(outcome));
    for (let i = 0; i < 5; i += 1) expect(await channel.query('order-1')).toMatchObject({ reason: 'ECONNREFUSED' });
    expect(await channel.query('order-1')).toEqual({ kind: 'not_sent', reason: 'Alipay cannot be reached' });
    expect(outcomes).toEqual(Array(6).fill('not_sent'));

    let connections = 0;
    await listen((socket) => {
      connections += 1;
      socket.on('data', () => socket.write(HTTP));
    }, port);
    expect(await channel.query('order-1')).toMatchObject({ kind: 'not_sent' });
    expect(connections).toBe(0);
    await vi.waitFor(async () => expect(await channel.query('order-1')).toMatchObject({ kind: 'accepted' }), 5_000);
    expect(await channel.query('order-1')).toMatchObject({ kind: 'accepted' });
  });

  test('opens on silence; while a call tries, the others hear so at once', async () => {
    let heard = 0;
    const { url } = await listen((socket) => socket.on('data', () => (heard += 1)));
    const channel = channelTo(url, { totalTimeoutMs: 300, halfOpenAfterMs: 50 });
    const first = await Promise.all(Array.from({ length: 5 }, () => channel.query('order-1')));
    expect(first.map(({ kind }) => kind)).toEqual(Array(5).fill('unknown'));
    await vi.waitFor(
      async () => {
        let tried = false;
        const trying = channel.query('order-1').finally(() => {
          tried = true;
        });
        expect(await channel.query('order-1')).toMatchObject({
          kind: 'not_sent',
          reason: expect.stringMatching(/trying/),
        });
        expect(tried).toBe(false);
        expect(await trying).toMatchObject({ kind: 'unknown' });
      },
      { timeout: 5_000 },
    );
    expect(heard).toBe(6);
  });

  test('stays closed on refusals, 20000 and HTTP errors', async () => {
    const gateway = await fakeGateway();
    cleanups.push(() => gateway.close());
    const channel = channelTo(gateway.url);
    const texts = ['40004', '20000', '40005'].map((code) => signedAnswer(QUERY, { code }));
    for (let i = 0; i < 21; i += 1) {
      gateway.answer = says(texts[i % 3] ?? '');
      await channel.query('order-1');
    }
    gateway.answer = (_, response) => response.writeHead(502).end();
    for (let i = 0; i < 7; i += 1) await channel.query('order-1');
    expect(gateway.asked).toHaveLength(28);
  });

  test('never more than so many calls at once', async () => {
    const { url } = await listen((socket) => socket.resume());
    const channel = alipayChannel({
      account: accountFor(url),
      notifyUrl: 'https://shop.example/n',
      limits: { ...LIMITS, maxConcurrent: 2 },
    });
    cleanups.push(() => channel.disconnect());
    const kinds = (await Promise.all([1, 2, 3].map(() => channel.query('order-1')))).map(({ kind }) => kind);
    expect(kinds).toEqual(['unknown', 'unknown', 'not_sent']);
  });
});

test.each(['America/Los_Angeles', 'Asia/Shanghai'])('Beijing time on the wire from a process in %s', async (TZ) => {
  const gateway = await fakeGateway();
  cleanups.push(() => gateway.close());
  const program = new URL('call-once.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, gateway.url], { env: { TZ }, stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(gateway.asked[0]?.query.get('timestamp')).toBe('2026-03-08 18:30:00');
  expect(gateway.asked[0]?.bizContent.time_expire).toBe('2026-03-08 19:00:00');
});
