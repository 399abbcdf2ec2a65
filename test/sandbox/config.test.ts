import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BadSetting, readConfig } from '../../src/sandbox/config.ts';
import { newDataDir } from './fixture.ts';

test('without any variable it listens on this machine, on port 4001', () => {
  expect(readConfig({})).toEqual({ port: 4001, host: '127.0.0.1', dataDir: '.data', publicUrl: null, timeScale: 1 });
});

test('each variable may come from a file; an empty one counts as unset', () => {
  const path = join(newDataDir(), 'port');
  writeFileSync(path, '4711\n');
  const env = { SANDBOX_PORT: '', SANDBOX_PORT_FILE: path, SANDBOX_PUBLIC_URL: 'https://pay.example/sandbox/' };
  expect(readConfig(env)).toMatchObject({ port: 4711, publicUrl: 'https://pay.example/sandbox' });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['a port too high', { SANDBOX_PORT: '65536' }, /^SANDBOX_PORT is "65536"; it must be/],
  ['a host of no kind', { SANDBOX_HOST: 'a b' }, /^SANDBOX_HOST is "a b"; it must be/],
  ['a public URL of no kind', { SANDBOX_PUBLIC_URL: 'phone' }, /^SANDBOX_PUBLIC_URL is "phone"; it must be/],
  ['a public URL with a query', { SANDBOX_PUBLIC_URL: 'http://a/?b' }, /^SANDBOX_PUBLIC_URL is/],
  ['no time at all', { SANDBOX_TIME_SCALE: '0' }, /^SANDBOX_TIME_SCALE is "0"; it must be/],
  ['a file nobody finds', { SANDBOX_PORT_FILE: '/none' }, /^SANDBOX_PORT_FILE is "\/none", which cannot be read/],
  ['a value and a file', { SANDBOX_PORT: '1', SANDBOX_PORT_FILE: '/none' }, /^Set SANDBOX_PORT or SANDBOX_PORT_FILE/],
])('%s is refused in one line', (_what, env, message) => {
  expect(() => readConfig(env)).toThrow(BadSetting);
  expect(() => readConfig(env)).toThrow(message);
});
