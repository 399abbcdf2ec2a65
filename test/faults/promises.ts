// Whether what clients and Alipay were told is so: an acknowledgement is a promise.
import type { Pool } from 'pg';
import type { LedgerTrade, SandboxClient } from '../support/sandbox-client.ts';
import { ELSEWHERE } from './acts.ts';
import type { Scene } from './scene.ts';
import type { Told } from './till.ts';
import type { HappenedOrder, Truth } from './truth.ts';

export async function brokenPromises(scene: Scene, truth: Truth): Promise<string[]> {
  const { site, history, scandals } = scene;
  const trades = await tradesOf(site.ground.sandbox, scene);
  return [
    ...scandals,
    ...createsBroken(history, truth),
    ...(await refundsBroken(site.pool, history, truth)),
    ...(await paymentsBroken(site.pool, history)),
    ...(await receiptsBroken(scene, trades)),
    ...(await refundsUnasked(site.pool, trades)),
    ...(scene.episode.calm ? faultsWithoutCause(history) : []),
  ];
}

/** An order that was acknowledged is there, as it was acknowledged, under one id. */
function createsBroken(history: readonly Told[], { orders }: Truth): string[] {
  return ordersMade(history).flatMap(({ id, merchantOrderNo, amount }) => {
    const order = orders.find((one) => one.merchantOrderNo === merchantOrderNo);
    if (order === undefined) return [`order ${merchantOrderNo} was acknowledged and is not there`];
    const asTold = order.typeId === id && fenOf(amount) === order.amountFen;
    return asTold ? [] : [`order ${merchantOrderNo} was acknowledged as ${id} of ${amount}, it is ${said(order)}`];
  });
}

/** A refund that was acknowledged is there, and stays SUCCEEDED once it was. */
async function refundsBroken(pool: Pool, history: readonly Told[], { orders }: Truth): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; refund_no: string; amount_fen: string; status: string }>(
    'select id, refund_no, amount_fen, status from refunds where order_id = any ($1)',
    [orders.map(({ id }) => id)],
  );
  return refundsMade(history).flatMap(({ refundNo, amount, status }) => {
    const same = rows.filter((row) => row.refund_no === refundNo && BigInt(row.amount_fen) === fenOf(amount));
    if (same.length === 0) return [`refund ${refundNo} of ${amount} was acknowledged and is not there`];
    const kept = status !== 'SUCCEEDED' || same.some((row) => row.status === 'SUCCEEDED');
    return kept ? [] : [`refund ${refundNo} of ${amount} was acknowledged as ${status} and is not`];
  });
}

/** Who was told that it is paid has been paid. */
async function paymentsBroken(pool: Pool, history: readonly Told[]): Promise<string[]> {
  const { rows } = await pool.query<{ out_trade_no: string }>(
    `select distinct out_trade_no from payments where status = 'SUCCEEDED'`,
  );
  const paid = new Set(rows.map(({ out_trade_no }) => out_trade_no));
  return history.flatMap(({ heard }) =>
    heard?.__typename === 'Payment' && heard.status === 'SUCCEEDED' && !paid.has(heard.outTradeNo)
      ? [`payment under ${heard.outTradeNo} was acknowledged as paid and is not`]
      : [],
  );
}

interface Notice {
  readonly notifyId: string;
  readonly attempts?: readonly { readonly result: string }[];
}

/** Alipay heard `success` only for what is in the books; `unknown_order` never. */
async function receiptsBroken({ site: { pool } }: Scene, trades: readonly LedgerTrade[]): Promise<string[]> {
  const taken = trades.flatMap(({ notifications }) => notifications.filter(isTaken).map(({ notifyId }) => notifyId));
  const { rows } = await pool.query<{ id: string }>(
    'select n.id from unnest($1::text[]) n (id) where not exists (select from notification_ids i where i.notify_id = n.id)',
    [taken],
  );
  return rows.map(({ id }) => `notification ${id} was acknowledged and is not in the books`);
}

/** Each refund that Alipay made was asked for, under that number and of that amount. */
async function refundsUnasked(pool: Pool, trades: readonly LedgerTrade[]): Promise<string[]> {
  const { rows } = await pool.query<{ data: string }>(`select data from order_events where type = 'refund.requested'`);
  const asked = new Set(
    rows.map(({ data }) => {
      const { refundNo, amount, outTradeNo }: Record<string, string> = JSON.parse(data);
      return `${outTradeNo} ${refundNo} ${amount}`;
    }),
  );
  return trades.flatMap(({ outTradeNo, cancelAction, refunds }) =>
    refunds
      .filter(({ outRequestNo }) => cancelAction !== 'refund' && !outRequestNo.startsWith(ELSEWHERE))
      .filter(({ outRequestNo, amount }) => !asked.has(`${outTradeNo} ${outRequestNo} ${amount}`))
      .map(
        ({ outRequestNo, amount }) =>
          `Alipay gave back ${amount} of ${outTradeNo} under ${outRequestNo} that nobody asked for`,
      ),
  );
}

function isTaken({ attempts }: Notice): boolean {
  return attempts?.some(({ result }) => result === 'success') ?? false;
}

async function tradesOf(sandbox: SandboxClient, { site, numberOf, episode, strangers }: Scene): Promise<LedgerTrade[]> {
  const { rows } = await site.pool.query<{ out_trade_no: string }>(
    `select distinct p.out_trade_no from payments p join orders o on o.id = p.order_id where o.merchant_order_no = any ($1)`,
    [episode.clients.map((_, order) => numberOf(order))],
  );
  const numbers = [...rows.map(({ out_trade_no }) => out_trade_no), ...strangers];
  return (await Promise.all(numbers.map((outTradeNo) => sandbox.trades({ outTradeNo })))).flatMap(
    ({ trades }) => trades,
  );
}

/** Where nothing went wrong nobody is shown an unexpected fault, and nobody asks twice. */
function faultsWithoutCause(history: readonly Told[]): string[] {
  return history.flatMap(({ operation, faults }) =>
    faults.length === 0 ? [] : [`${operation} failed without a cause: ${faults[0]}`],
  );
}

function ordersMade(history: readonly Told[]) {
  return history.flatMap(({ operation, heard }) =>
    operation === 'createOrder' && heard?.__typename === 'Order' ? [heard] : [],
  );
}

function refundsMade(history: readonly Told[]) {
  return history.flatMap(({ heard }) => (heard?.__typename === 'Refund' ? [heard] : []));
}

function fenOf(amount: string): bigint {
  return BigInt(Math.round(Number(amount) * 100));
}

function said({ typeId, amountFen, status }: HappenedOrder): string {
  return `${typeId} of ${amountFen} fen, ${status}`;
}
