// What the clients of an episode do: tills over GraphQL, buyers in the wallet, forgers at the notification route.
import { readAccount } from '../../src/alipay/account.ts';
import { alipayChannel } from '../../src/alipay/channel.ts';
import { toTypeId } from '../../src/ids.ts';
import { readOrder } from '../support/sale.ts';
import type { Step } from './plan.ts';
import { doorsFor, type Scene, tillFor } from './scene.ts';

/** Does one step. What a buyer can't do at that moment the sandbox refuses: that is no fault. */
export async function act(scene: Scene, client: number, step: Step): Promise<void> {
  const till = tillFor(scene, client);
  switch (step.kind) {
    case 'create':
      return create(scene, client, step);
    case 'create_other':
      return void (await till.say('createOrder', { ...orderInput(scene, step.order, '77.77'), subject: 'another' }));
    case 'move':
      return void (await till.say(step.operation, moveInput(scene, step)));
    case 'scan_code': {
      const { authCode } = await scene.site.ground.sandbox.authCode();
      return void (await till.say('payByAuthCode', { order: ref(scene, step.order), authCode }));
    }
    case 'refund': {
      const { order, refundNo, percent } = step;
      const amount = shareOf(amountOf(scene, order), percent);
      return void (await till.say('refundOrder', { order: ref(scene, order), refundNo, amount }));
    }
    case 'policy':
      return void (await till.say('setCasePolicy', step.policy));
    case 'wallet':
      return atAlipay(scene, step);
    case 'resend':
      return resend(scene, step.order);
    case 'forge':
      return forge(scene, step.order);
    case 'close_cases':
      return closeCases(scene, client);
    case 'stranger':
      return paidByStranger(scene);
    case 'time':
      return void (await scene.site.ground.sandbox.advance(step.ms));
    case 'look': {
      const [door] = doorsFor(scene, client);
      if (door !== undefined) await readOrder(door, ref(scene, step.order)).catch(() => null);
    }
  }
}

function ref(scene: Scene, order: number) {
  return { merchantOrderNo: scene.numberOf(order) };
}

function orderInput(scene: Scene, order: number, amount: string) {
  return { merchantOrderNo: scene.numberOf(order), amount, subject: 'tea' };
}

async function create(scene: Scene, client: number, { order, amount, copies }: Extract<Step, { kind: 'create' }>) {
  const input = orderInput(scene, order, amount);
  const all = Array.from({ length: copies }, (_, copy) => tillFor(scene, client + copy).say('createOrder', input));
  for (const { heard } of await Promise.all(all))
    if (heard?.__typename === 'Order') for (const observer of scene.observers) observer.watch(heard.id);
}

function moveInput(scene: Scene, { order, operation }: Extract<Step, { kind: 'move' }>) {
  const more = operation === 'createRedirectPayment' ? { method: 'PAGE' } : {};
  return { order: ref(scene, order), ...more };
}

/** What its order was made with, as its client knows. */
function amountOf({ episode }: Scene, order: number): string {
  const made = episode.clients.flat().find((step) => step.kind === 'create' && step.order === order);
  return made?.kind === 'create' ? made.amount : '1.00';
}

/** In whole fen, at least one. */
export function shareOf(amount: string, percent: number): string {
  const fen = Math.max(1, Math.floor((Math.round(Number(amount) * 100) * percent) / 100));
  return (fen / 100).toFixed(2);
}

/** How refunds that the seller's staff make on Alipay's own site are called here. */
export const ELSEWHERE = 'ELSE-';

/** Every payment of an order that a till has been told of, the newest last. */
function paymentsOf({ history, numberOf }: Scene, order: number) {
  const number = `"${numberOf(order)}"`;
  return history.flatMap(({ heard, input }) =>
    heard?.__typename === 'Payment' && JSON.stringify(input).includes(number) ? [heard] : [],
  );
}

/** The number that a buyer would pay under: the newest that a till has been told. */
function outTradeNoOf(scene: Scene, order: number): string {
  return paymentsOf(scene, order).at(-1)?.outTradeNo ?? scene.numberOf(order);
}

async function atAlipay(scene: Scene, { order, act: what }: Extract<Step, { kind: 'wallet' }>): Promise<void> {
  const { sandbox } = scene.site.ground;
  const outTradeNo = outTradeNoOf(scene, order);
  const done = {
    pay: () => sandbox.pay(outTradeNo),
    scan: () => sandbox.scan(codeOf(scene, order)),
    close: () => sandbox.close(outTradeNo),
    refund: () => sandbox.refund(outTradeNo, '0.01', { outRequestNo: `${ELSEWHERE}${scene.history.length}` }),
  };
  await done[what]().catch(() => undefined);
}

function codeOf(scene: Scene, order: number): string {
  const shown = paymentsOf(scene, order).findLast(({ qrCode }) => qrCode !== null);
  return shown?.qrCode?.content ?? 'http://127.0.0.1/none';
}

async function resend(scene: Scene, order: number): Promise<void> {
  const { sandbox, sandboxUrl } = scene.site.ground;
  const { trades } = await sandbox.trades({ outTradeNo: outTradeNoOf(scene, order) });
  for (const { notifyId } of trades.flatMap(({ notifications }) => notifications))
    await fetch(`${sandboxUrl}/_sandbox/notifications/resend`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ notifyId }),
    });
}

/** Everything is right about it but who signed it. */
async function forge(scene: Scene, order: number): Promise<void> {
  const { appId, sellerId } = scene.site.ground.app;
  const number = scene.numberOf(order);
  const fields = {
    app_id: appId,
    seller_id: sellerId,
    out_trade_no: number,
    trade_no: `2026000000000000${Math.floor(performance.now() * 1000)}`,
    total_amount: amountOf(scene, order),
    trade_status: 'TRADE_SUCCESS',
    notify_id: `forged-${number}-${performance.now()}`,
    notify_type: 'trade_status_sync',
    notify_time: '2026-11-26 12:00:00',
    gmt_create: '2026-11-26 12:00:00',
    charset: 'utf-8',
    version: '1.0',
    sign_type: 'RSA2',
    sign: Buffer.alloc(256, 7).toString('base64'),
  };
  const reply = await fetch(scene.site.notifyUrl, { method: 'POST', body: new URLSearchParams(fields) }).then(
    (response) => response.text(),
    () => 'nothing',
  );
  if (reply === 'success') scene.scandals.push(`a forged notice of ${number} was acknowledged`);
}

/** Somebody pays under a number that we don't know, with our own app: money that belongs to no order. */
async function paidByStranger(scene: Scene): Promise<void> {
  const { ground, notifyUrl } = scene.site;
  const { sandbox, sandboxUrl, app } = ground;
  const { appPrivateKey: privateKey, alipayPublicKey: publicKey } = app;
  const account = readAccount({ ...app, gateway: `${sandboxUrl}/gateway.do`, privateKey, publicKey });
  const channel = alipayChannel({ account, notifyUrl, now: () => new Date(Date.now() + ground.aheadMs()) });
  const { authCode } = await sandbox.authCode();
  const outTradeNo = `${scene.numberOf(9)}-${scene.strangers.length}`;
  scene.strangers.push(outTradeNo);
  await channel.pay({
    ...STRANGER,
    outTradeNo,
    authCode,
    expiresAt: new Date(Date.now() + ground.aheadMs() + 600_000),
  });
  await channel.disconnect();
}

/** Money of strangers has been settled elsewhere. */
async function closeCases(scene: Scene, client: number): Promise<void> {
  const { rows } = await scene.site.pool
    .query<{ id: string }>(`select id from cases where order_id is null and state = 'OPEN' limit 3`)
    .catch(() => ({ rows: [] }));
  for (const { id } of rows)
    await tillFor(scene, client).say('resolveCase', { caseId: toTypeId('case', id), decision: 'CLOSE' });
}

const STRANGER = {
  amountFen: 123n,
  subject: 'nobody knows',
  body: null,
  storeId: null,
  terminalId: null,
  operatorId: null,
};
