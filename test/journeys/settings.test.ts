// What each variable takes is test/config.test.ts's matter; here is what the program makes of a wrong one.
// A wrong setting ends the start with exit code 78 and a message that names the variable and shows no secret.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  complete,
  type Env,
  newApiKey,
  newDataDir,
  ownDatabase,
  runProgram,
  startGateway,
} from '../support/gateway.ts';
import { alipayEnv } from '../support/notifier.ts';
import { createOrder, newOrder } from '../support/sale.ts';

const NOWHERE = 'postgres://kassa:canary-password@127.0.0.1:1/kassa';
const ALI = alipayEnv('http://127.0.0.1:1/gateway.do');
/** Refused before anything is touched: no database is needed. */
const BASE: Env = { DATABASE_URL: NOWHERE, HOST: 'localhost', DATA_DIR: '/nonexistent', API_KEY: newApiKey() };

function without(env: Env, name: string): Env {
  return Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
}

async function refusal(env: Env): Promise<string> {
  const run = await runProgram(env);
  const { code } = await run.exited;
  const said = run.stdout() + run.stderr();
  expect(code, said).toBe(78);
  expect(run.stdout()).toBe('');
  for (const secret of ['canary', env.API_KEY, env.ALI_PRIVATE_KEY, env.SECRET_KEY])
    if (secret !== undefined) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/^\s+at /m);
  return said;
}

describe.concurrent('refused at the start', () => {
  test.each<[string, Env, string]>([
    ['a port in words', { ...BASE, PORT: 'http' }, 'PORT'],
    ['a short API key', { ...BASE, API_KEY: 'canary-too-short' }, 'API_KEY'],
    ['a short secret', { ...BASE, SECRET_KEY: 'canary' }, 'SECRET_KEY'],
    ['no Alipay public key', without({ ...BASE, ...ALI }, 'ALI_PUBLIC_KEY'), 'ALI_PUBLIC_KEY'],
    ['a private key of garbage', { ...BASE, ...ALI, ALI_PRIVATE_KEY: 'canary' }, 'ALI_PRIVATE_KEY'],
    ['a file that is missing', { ...BASE, SECRET_KEY_FILE: '/nonexistent/key' }, 'SECRET_KEY_FILE'],
    ['production on play money', { ...BASE, NODE_ENV: 'production' }, 'ALI_APP_ID'],
    ['a database that is not there', { ...BASE, ...ALI, PORT: '39999' }, 'DATABASE_URL'],
  ])(
    '%s',
    async (_, env, variable) => {
      expect(await refusal(env)).toContain(variable);
    },
    60_000,
  );
});

test('a port that is taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, 'localhost', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const env = await complete({ ...ALI, PORT: port });
  expect(await refusal(env)).toMatch(new RegExp(`PORT .*${port}`));
  await new Promise((resolve) => taken.close(resolve));
});

test('no API key and none in the database', async () => {
  const env = without(await complete(ALI), 'API_KEY');
  expect(await refusal(env)).toContain('API_KEY');
});

test('every value may come from a file; a given key is not shown; a trailing line break is no part of it', async () => {
  const folder = await newDataDir();
  const values = { API_KEY: newApiKey(), SECRET_KEY: newApiKey(), DATABASE_URL: await ownDatabase() };
  const files = Object.entries(values).map(async ([name, value]): Promise<[string, string]> => {
    await writeFile(join(folder, name), `${value}\n`);
    return [`${name}_FILE`, join(folder, name)];
  });
  const gateway = await startGateway({
    ...ALI,
    ...Object.fromEntries(await Promise.all(files)),
    API_KEY: '',
    DATABASE_URL: '',
  });
  expect((await createOrder({ ...gateway, apiKey: values.API_KEY }, newOrder())).__typename).toBe('Order');
  expect(gateway.stdout() + gateway.stderr()).not.toContain(values.API_KEY);
  expect(gateway.stdout()).not.toContain('API key');
});
