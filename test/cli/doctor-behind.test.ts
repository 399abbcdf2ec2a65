// The doctor and what the variables lead to: the broker and the issuer's keys, sound, spoilt, silent and away.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createListener, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rabbitUrl } from '../support/rabbit.ts';
import { runDoctor } from './run-doctor.ts';

async function doctor(env: Record<string, string>) {
  const startedAt = performance.now();
  const seen = await runDoctor(env);
  expect(seen.said).not.toContain('canary');
  return { ...seen, tookMs: performance.now() - startedAt };
}

/** Somewhere that takes connections; what it does with them is the test's. */
async function listening(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createListener((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const silent = () => listening(() => {});
const brokerAt = (port: number) => ({ AMQP_URL: `amqp://kassa:canary@127.0.0.1:${port}/shop` });
const issuerAt = (port: number, algorithms = '') => ({
  JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
  JWT_ISSUER: 'https://login.example.com/',
  JWT_AUDIENCE: 'kassa',
  JWT_ALGORITHMS: algorithms,
});

test('what is not set is not looked at', async () => {
  const { of } = await doctor({});
  expect([of('AMQP_URL'), of('JWT_JWKS_URL')]).toEqual([[], []]);
});

test('a broker and an issuer that say nothing are not waited for, neither one after the other', async () => {
  const [broker, issuer] = await Promise.all([silent(), silent()]);
  const { about, code, tookMs } = await doctor({ ...brokerAt(broker), ...issuerAt(issuer) });
  expect(about('AMQP_URL').at(-1)).toMatch(/^warning .*connection timed out/);
  expect(about('JWT_JWKS_URL').at(-1)).toMatch(/^WRONG .*timed out/);
  expect(code).toBe(1);
  expect(tookMs).toBeLessThan(9_000);
});

describe('AMQP_URL', () => {
  test('that leads nowhere is a warning: the gateway works without', async () => {
    const { about, code, said } = await doctor(brokerAt(1));
    expect(about('AMQP_URL')).toEqual([
      expect.stringMatching(/^ok .*set/),
      expect.stringMatching(/^warning .*no connection to RabbitMQ: .*ECONNREFUSED/),
    ]);
    expect(said).toContain('-> see host, port, user');
    expect(code).toBe(0);
  });

  test('that leads to something else is a warning', async () => {
    const port = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await doctor(brokerAt(port))).of('AMQP_URL')).toEqual(['ok', 'warning']);
  });
});

describe.skipIf(rabbitUrl === undefined)('AMQP_URL of a RabbitMQ', () => {
  const real = new URL(rabbitUrl ?? 'amqp://127.0.0.1:1');

  test('is let in, and opens no channel: nothing is declared', async () => {
    const sent: Buffer[] = [];
    const port = await listening((socket) => {
      const there = connect(Number(real.port || 5672), real.hostname).on('error', () => {});
      socket.on('data', (bytes) => sent.push(bytes)).pipe(there);
      there.pipe(socket);
    });
    const { of } = await doctor({ AMQP_URL: Object.assign(new URL(real), { host: `127.0.0.1:${port}` }).href });
    expect(of('AMQP_URL')).toEqual(['ok', 'ok']);
    expect(channelsIn(Buffer.concat(sent))).toEqual([0]);
  });

  test.each([
    ['another password', { password: 'canary' }],
    ['a virtual host that is not there', { pathname: '/no-such-host' }],
  ])('with %s is refused', async (_, change) => {
    const { about } = await doctor({ AMQP_URL: Object.assign(new URL(real), change).href });
    expect(about('AMQP_URL').at(-1)).toMatch(/^warning .*no connection to RabbitMQ: /);
  });
});

/** AMQP 0-9-1, 2.3.5: after the header of 8 bytes each frame has a type, a channel, a size, that many bytes and an end. */
function channelsIn(bytes: Buffer): number[] {
  const channels = new Set<number>();
  for (let at = 8; at + 7 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 3))
    channels.add(bytes.readUInt16BE(at + 1));
  return [...channels];
}

const jwk = (key: KeyObject, more = {}) => ({ ...key.export({ format: 'jwk' }), ...more });
const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).publicKey;
const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

describe('JWT_JWKS_URL', () => {
  async function publishing(body: string, status = 200): Promise<number> {
    const server = createServer((_, response) => response.writeHead(status, { location: '/else' }).end(body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }
  const keys = (...published: object[]) => JSON.stringify({ keys: published });

  // biome-ignore format: a table
  test.each<[string, string, string, 'ok' | 'WRONG', RegExp]>([
    // what                             it answers                                            JWT_ALGORITHMS  is     says
    ['a key for one of the algorithms', keys(jwk(rsa(2048), { kid: '1' })),                   '',             'ok',    /publishes 1 keys, usable for RS256$/],
    ['several keys for each',           keys(...[rsa(2048), rsa(2048), ec(), ec()].map((key, n) => jwk(key, { kid: `${n}` }))), '', 'ok', /4 keys, usable for RS256, ES256$/],
    ['a key of another algorithm',      keys(jwk(ec())),                                      'RS256,PS256',  'WRONG', /none of the 1 keys .* for RS256, PS256/],
    ['a key that encrypts',             keys(jwk(rsa(2048), { use: 'enc' })),                 '',             'WRONG', /none of the 1 keys/],
    ['keys that are too short',         keys(jwk(rsa(1024)), jwk(rsa(1024))),                 '',             'WRONG', /none of the 2 keys/],
    ['a private key',                   keys(jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)), '', 'WRONG', /none of the 1 keys/],
    ['a key cut off',                   keys({ kty: 'RSA', e: 'AQAB' }),                      '',             'WRONG', /none of the 1 keys/],
    ['no key',                          keys(),                                               '',             'WRONG', /none of the 0 keys/],
    ['a page',                          '<html>canary</html>',                                '',             'WRONG', /gives no key set: Failed to parse/],
    ['another document',                '{"jwks_uri":"canary"}',                              '',             'WRONG', /gives no key set: JSON Web Key Set malformed/],
  ])('%s', async (_, body, algorithms, status, says) => {
    const { about, code } = await doctor(issuerAt(await publishing(body), algorithms));
    expect(about('JWT_JWKS_URL').at(-1)).toMatch(says);
    expect(about('JWT_JWKS_URL').at(-1)?.startsWith(status)).toBe(true);
    expect(code).toBe(status === 'ok' ? 0 : 1);
  });

  test.each([503, 404, 302])('HTTP %i', async (status) => {
    const { about } = await doctor(issuerAt(await publishing(keys(jwk(rsa(2048))), status)));
    expect(about('JWT_JWKS_URL').at(-1)).toMatch(/^WRONG .*gives no key set: Expected 200/);
  });

  test('nobody there, and a password in the address', async () => {
    expect((await doctor(issuerAt(1))).about('JWT_JWKS_URL').at(-1)).toMatch(/^WRONG .*gives no key set: /);
    const url = `http://kassa:canary@127.0.0.1:${await publishing(keys(jwk(rsa(2048))))}/`;
    const { about } = await doctor({ ...issuerAt(1), JWT_JWKS_URL: url });
    expect(about('JWT_JWKS_URL').at(-1)).toMatch(/^WRONG .*names a user or a password/);
  });
});
