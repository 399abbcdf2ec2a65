// The environment names another app: the orders of the one before are not lost, and whoever squats on the new one's ids gives way.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatBeijingTime } from '../../src/alipay/beijing-time.ts';
import { type FakeGateway, QUERY, says, signedAnswer } from '../alipay/fake-gateway.ts';
import { APP_ID, alipay, app, bare, pem, SELLER_ID } from '../alipay/keys.ts';
import { notice } from '../alipay/notice.ts';
import { runCommand } from '../cli/run-command.ts';
import { handOut, startAlipay } from '../support/alipay-server.ts';
import { counter } from '../support/counter.ts';
import {
  type Env,
  type Gateway,
  newApiKey,
  newDataDir,
  ownDatabase,
  runProgram,
  startGateway,
} from '../support/gateway.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { newOrder, sell, theOrder } from '../support/sale.ts';
import { until } from '../support/until.ts';

const NEXT = { ALI_APP_ID: '2021000000000055', ALI_SELLER_ID: '2088000000000055' };
const SQUATTED = { ALI_APP_ID: '2021000000000077', ALI_SELLER_ID: '2088000000000077' };

let server: FakeGateway;
let env: Env;
let files: string[];
let gateway: Gateway;

const kassa = (command: string, ...args: string[]) => runCommand(command, args, { ...env, ...NEXT });
const addFor = (merchant: string, appId: string, sellerId: string) =>
  kassa('apps add', '--merchant', merchant, '--app-id', appId, '--seller-id', sellerId, ...files);

beforeAll(async () => {
  server = await startAlipay();
  const database = { DATABASE_URL: await ownDatabase(), API_KEY: newApiKey(), SECRET_KEY: newApiKey() };
  env = { ...alipayEnv(server.url), ...database };
  const folder = await newDataDir();
  await writeFile(join(folder, 'private.pem'), bare(app.privateKey, 'pkcs8'));
  await writeFile(join(folder, 'alipay.pem'), pem(alipay.publicKey, 'spki'));
  files = ['--private-key-file', join(folder, 'private.pem'), '--alipay-public-key-file', join(folder, 'alipay.pem')];
});
afterAll(() => server?.close());

test('orders of the app before are asked about and heard of again once the operator has given it keys', async () => {
  const before = await startGateway(env);
  const [asked, heard] = [newOrder(), newOrder()];
  for (const order of [asked, heard]) await sell(before, order);
  await before.stop();
  gateway = await startGateway({ ...env, ...NEXT });
  const till = counter(gateway);
  const { id } = await theOrder(gateway, asked.merchantOrderNo);
  const sync = () => till.move('syncOrder', id);
  const tell = () => notify(gateway, notice(paidFields(heard.merchantOrderNo, '8.88')));
  await expect(sync()).rejects.toThrow('GraphQL errors');
  expect((await tell()).body).toBe('failure');

  const owner = /^(mer_\w+)/.exec((await kassa('merchants list')).said)?.[1] ?? '';
  expect(await addFor(owner, APP_ID, SELLER_ID)).toMatchObject({ code: 0, said: expect.stringContaining('suspended') });
  server.answer = (call, response) => {
    const { out_trade_no } = call.bizContent;
    const isTheirs = call.query.get('app_id') === APP_ID && out_trade_no === asked.merchantOrderNo;
    if (!isTheirs) return handOut(call, response);
    const paid = { trade_status: 'TRADE_SUCCESS', send_pay_date: formatBeijingTime(new Date()) };
    const trade = { code: '10000', msg: 'Success', out_trade_no, trade_no: '2026112322001400000000000077' };
    says(signedAnswer(QUERY, { ...trade, total_amount: '8.88', ...paid }))(call, response);
  };
  await until(tell, ({ body }) => body === 'success');
  expect(await theOrder(gateway, heard.merchantOrderNo)).toMatchObject({ status: 'PAID' });
  expect(await sync()).toMatchObject({ __typename: 'Order', status: 'PAID' });

  // New orders go where they went.
  server.asked.length = 0;
  await sell(gateway, newOrder());
  expect(server.asked.map(({ query }) => query.get('app_id'))).toEqual([NEXT.ALI_APP_ID]);
}, 120_000);

test('a start whose app id or seller another merchant has claimed names the command that gives them free', async () => {
  const shop = /mer_\w+/.exec((await kassa('merchants create', 'squatter')).said)?.[0] ?? '';
  await addFor(shop, SQUATTED.ALI_APP_ID, SQUATTED.ALI_SELLER_ID);
  const remedy = `npx kassa apps remove ${SQUATTED.ALI_APP_ID} gives it free`;
  for (const claimed of [
    SQUATTED,
    { ...NEXT, ALI_APP_ID: '2021000000000099', ALI_SELLER_ID: SQUATTED.ALI_SELLER_ID },
  ]) {
    const run = await runProgram({ ...gateway.env, ...claimed });
    expect((await run.exited).code).toBe(78);
    expect(run.stderr()).toContain(remedy);
  }
  expect((await kassa('apps suspend', SQUATTED.ALI_APP_ID)).code).toBe(0);
  await tenSecondsLater();
  expect(await kassa('apps remove', SQUATTED.ALI_APP_ID)).toMatchObject({ code: 0 });
  await gateway.stop();
  const next = await startGateway({ ...env, ...SQUATTED });
  expect(await sell(next, newOrder())).toMatchObject({ precreateQrCode: { __typename: 'Payment' } });
}, 120_000);

async function tenSecondsLater() {
  const client = new Client(env.DATABASE_URL);
  await client.connect();
  await client.query(`update apps set changed_at = changed_at - interval '11 seconds'`).finally(() => client.end());
}
