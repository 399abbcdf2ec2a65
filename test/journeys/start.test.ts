// The main job: one command brings up PostgreSQL, the sandbox and the gateway; a signal ends them all.
import { expect, test } from 'vitest';
import { type Gateway, isAlive, newDataDir, postgresPid, startGateway } from '../support/gateway.ts';
import { createOrder, newOrder, precreate, readOrder } from '../support/sale.ts';
import { sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

const CLEAN = { code: 0, signal: null };

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** Nothing of a gateway is left: not PostgreSQL, not the sandbox, not its own port. */
async function expectNothingLeft({ url, sandboxUrl, env }: Gateway, postgres: number): Promise<void> {
  await until(
    async () => [isAlive(postgres), await answers(`${url}/healthz`), await answers(`${sandboxUrl}/_sandbox/app`)],
    (left) => !left.includes(true),
  );
  expect(postgresPid(env.DATA_DIR ?? '')).toBeUndefined();
}

function postgresOf({ env }: Gateway): number {
  const pid = postgresPid(env.DATA_DIR ?? '');
  if (pid === undefined) throw new Error('no PostgreSQL lives on the folder');
  return pid;
}

test('first start, clean stop, start again, crash, start again: nothing is lost and nothing left over', async () => {
  const embedded = { DATABASE_URL: '', DATA_DIR: await newDataDir() };
  const first = await startGateway(embedded);
  const box = first.stdout();
  expect(box.match(/┌/g)).toHaveLength(1);
  expect(box).toContain(`${first.url}/pos`);
  expect(box).toContain(`${first.url}/graphql`);
  expect(box).toContain(`Sandbox   ${first.sandboxUrl} `);
  expect(first.apiKey).toMatch(/^[A-Za-z0-9_-]{32,}$/);
  const input = newOrder();
  const order = await createOrder(first, input);
  const { qrCode } = await precreate(first, { id: order.id });

  const postgres = postgresOf(first);
  const askedAt = performance.now();
  first.signal('SIGTERM');
  setTimeout(() => first.signal('SIGTERM'), 20);
  expect(await first.exited).toEqual(CLEAN);
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  await expectNothingLeft(first, postgres);

  const second = await startGateway(embedded);
  expect(second.apiKey).toBe(first.apiKey);
  expect(await readOrder(second, { id: order.id })).toMatchObject({ merchantOrderNo: input.merchantOrderNo });
  expect(await second.kill()).toEqual({ code: null, signal: 'SIGKILL' });

  const third = await startGateway(embedded);
  expect(await readOrder(third, { id: order.id })).toMatchObject({ version: 2, clientToken: order.clientToken });
  expect((await sandboxClient(third).scan(qrCode?.content ?? '')).outTradeNo).toBe(input.merchantOrderNo);
  const last = postgresOf(third);
  third.signal('SIGINT');
  expect(await third.exited).toEqual(CLEAN);
  await expectNothingLeft(third, last);
}, 90_000);

test('two gateways never share a data folder', async () => {
  const embedded = { DATABASE_URL: '', DATA_DIR: await newDataDir() };
  const first = await startGateway(embedded);
  const refusal = await startGateway(embedded).then(() => 'it started', String);
  expect(refusal).toContain('DATA_DIR');
  expect(await readOrder(first, { merchantOrderNo: 'none' })).toBeNull();
});
