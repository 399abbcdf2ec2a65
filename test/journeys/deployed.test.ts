// What goes to a server is the build alone: it runs where there are no packages, under a Node of the server's own.
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { newDataDir, startGateway } from '../support/gateway.ts';
import { newOrder, sell, theOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

/** All that a server needs beside Node and a database. */
const MOST_MB = 20;

test('the build sells and verifies in a folder of its own, without packages', async () => {
  const folder = join(await newDataDir(), 'kassa');
  const isNeeded = (path: string) => basename(path) !== '.compiled';
  cpSync(await build(), folder, { recursive: true, dereference: true, filter: isNeeded });
  expect(megabytesIn(folder)).toBeLessThan(MOST_MB);

  const gateway = await startGateway({}, join(folder, 'main.js'));
  const input = newOrder();
  const { precreateQrCode } = await sell(gateway, input);
  const buyer = sandboxClient(gateway);
  await buyer.scan(precreateQrCode.qrCode?.content ?? '');
  await buyer.pay(input.merchantOrderNo);
  await until(
    () => theOrder(gateway, input.merchantOrderNo),
    ({ status }) => status === 'PAID',
  );
  expect((await fetch(`${gateway.url}/pos`)).status).toBe(200);

  const env = { PATH: process.env.PATH, ...gateway.env };
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'cli', 'main.js'), 'audit'], { env });
  expect(stdout).toMatch(/1 order/);
});

function megabytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => statSync(join(folder, path)));
  return files.reduce((bytes, file) => bytes + (file.isFile() ? file.size : 0), 0) / 1_000_000;
}
