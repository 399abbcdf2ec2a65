// What the pages tell a browser about themselves, and whom a name in a header makes of a stranger.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pages } from '../../src/http/pages.ts';
import { httpServer } from '../../src/http/server.ts';
import { newLog } from '../../src/log.ts';

let folder: string;
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kassa-pages-'));
  for (const name of ['pos', 'pay', 'return']) await writeFile(join(folder, `${name}.html`), '<!doctype html>');
  app = httpServer(newLog('silent'));
  await pages(app, { webDir: folder, sandboxApiKey: 'kassa_play', returned: async () => undefined });
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['/pos', '/pay/ord_1', '/alipay/return?sign=x'])('%s', (url) => {
  test('is in no frame, loads nothing from elsewhere, runs nothing inline, and tells no address to others', async () => {
    const { statusCode, headers } = await app.inject({ url });
    expect(statusCode).toBe(200);
    const policy = String(headers['content-security-policy']);
    for (const part of ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
  });
});

test.each(['/nothing', '/web/nothing.js', '/alipay/return/view', '/pos/session', '/'])(
  '%s is read as what it says it is',
  async (url) => {
    expect((await app.inject({ url })).headers['x-content-type-options']).toBe('nosniff');
  },
);

describe('the key of the play-money till', () => {
  const asked = (remoteAddress: string, headers: Record<string, string>) =>
    app.inject({ url: '/pos/session', remoteAddress, headers: { host: 'localhost:4000', ...headers } });

  test('is this machine’s', async () => {
    expect((await asked('127.0.0.1', {})).json()).toEqual({ apiKey: 'kassa_play', sandbox: true });
    expect((await asked('::1', { 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
  });

  test.each<[string, string, Record<string, string>]>([
    ['another machine', '10.0.0.9', {}],
    [
      'another machine that says it is this one',
      '10.0.0.9',
      { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' },
    ],
    ['another site', '127.0.0.1', { 'sec-fetch-site': 'cross-site' }],
    ['a name that was bound to this machine', '127.0.0.1', { host: 'evil.example' }],
    ['a host that a header claims', '127.0.0.1', { host: 'evil.example', 'x-forwarded-host': 'localhost' }],
  ])('not for %s', async (_, address, headers) => {
    const { statusCode, body } = await asked(address, headers);
    expect([statusCode, body.includes('kassa_play')]).toEqual([404, false]);
  });
});
