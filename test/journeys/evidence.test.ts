// Sell, be paid, export the evidence, and let somebody verify it who has nothing but the file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { type Gateway, newDataDir, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { createOrder, newOrder, precreate, readOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

const EVIDENCE = graphql(`query Evidence($id: ID!) { order(ref: { id: $id }) { status evidence } }`);

interface Bundle {
  readonly messages: readonly { readonly bytes: string }[];
}

let gateway: Gateway;
let folder: string;
let order: Awaited<ReturnType<typeof createOrder>>;

beforeAll(async () => {
  [gateway, folder] = await Promise.all([startGateway({ DATABASE_URL: '' }), newDataDir()]);
  order = await createOrder(gateway, newOrder());
  const { qrCode } = await precreate(gateway, { id: order.id });
  await sandboxClient(gateway).pay(order.merchantOrderNo);
  expect(qrCode).not.toBeNull();
  await until(
    () => readOrder(gateway, { id: order.id }),
    (now) => now?.status === 'PAID',
  );
});

/** As a stranger runs it: another folder, no environment, whatever Node the machine has. */
async function kassa(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await build();
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'kassa.js');
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { PATH: process.env.PATH, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  return { code, output };
}

test('the bundle of a paid order verifies offline; with one byte flipped it does not', async () => {
  const { order: told } = await dataOf(ask(gateway, EVIDENCE, { id: order.id }));
  if (!told?.evidence) throw new Error('no evidence');
  const file = join(folder, 'bundle.json');
  const text = JSON.stringify(told.evidence);
  await writeFile(file, text);
  const { code, output } = await kassa(['verify', file]);
  expect(output).toContain(`Order ${order.id} (${order.merchantOrderNo})`);
  expect(output).toContain('trade_no');
  expect(code).toBe(0);

  const bundle: Bundle = JSON.parse(text);
  const bytes = Buffer.from(bundle.messages[0]?.bytes ?? '', 'base64');
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  const [first, ...rest] = bundle.messages;
  const flipped = { ...bundle, messages: [{ ...first, bytes: bytes.toString('base64') }, ...rest] };
  await writeFile(file, JSON.stringify(flipped));
  expect(await kassa(['verify', file])).toMatchObject({ code: 1, output: expect.stringContaining('has been changed') });
});

test('a buyer with a client token sees the order and no evidence', async () => {
  const { data } = await ask({ ...gateway, apiKey: order.clientToken }, EVIDENCE, { id: order.id });
  expect(data).toEqual({ order: { status: 'PAID', evidence: null } });
});

test('the audit reads the embedded database beside the gateway that runs on it, and after it', async () => {
  const env = { DATA_DIR: gateway.env.DATA_DIR ?? '' };
  const sound = {
    code: 0,
    output: expect.stringMatching(/^Audited 1 orders, \d events, \d messages, 0 notes: everything holds\.\n$/),
  };
  expect(await kassa(['audit'], env)).toEqual(sound);
  await gateway.stop();
  expect(await kassa(['audit'], env)).toEqual(sound);
});

test('exit codes come through, and so does help', async () => {
  expect(await kassa(['help'])).toMatchObject({ code: 0, output: expect.stringContaining('doctor notify') });
  expect(await kassa(['audit', '--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--since') });
  expect(await kassa([])).toMatchObject({ code: 2 });
  expect(await kassa(['fly'])).toMatchObject({ code: 2, output: expect.stringContaining('no command "fly"') });
  expect(await kassa(['audit'], { PORT: 'x' })).toMatchObject({ code: 78, output: expect.stringContaining('PORT') });
});
