// Whether the gateway's books and Alipay's own agree, to the fen, and every order's history is one that can be.
import { expect } from 'vitest';
import { messageReader } from '../../src/alipay/read-message.ts';
import { checkBundle, proofOfPayment } from '../../src/orders/check-bundle.ts';
import { formatAmount, parseAmount, sumFen } from '../../src/orders/money.ts';
import type { OrderStatus, WholeOrder } from '../../src/orders/order.ts';
import { isLive } from '../../src/orders/payment.ts';

import type { OrderStore } from '../../src/orders/ports.ts';
import { findBundle } from '../../src/postgres/bundles.ts';
import type { Database } from '../../src/postgres/database.ts';
import type { LedgerTrade, SandboxClient } from '../support/sandbox-client.ts';

/** Both ledgers: ours and Alipay's. */
export interface Ledgers {
  readonly desk: { readonly orders: Pick<OrderStore, 'find'> };
  readonly database: Pick<Database, 'pool'>;
  readonly sandbox: SandboxClient;
  readonly merchantId: string;
}

const readMessage = messageReader();

/** What is checked of one order once all is quiet. */
export async function checkOrder(world: Ledgers, merchantOrderNo: string): Promise<void> {
  const order = await world.desk.orders.find(world.merchantId, { merchantOrderNo });
  if (order === undefined) throw new Error(`${merchantOrderNo} is gone`);
  const trades = await tradesOf(world, order);
  try {
    checkMoney(order, trades);
    checkStatus(order, trades);
    checkNothingOpen(order);
    await checkHistory(world, order);
    await checkProof(world, order);
  } catch (error) {
    const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? formatAmount(value) : value);
    throw new Error(JSON.stringify({ order, trades }, plain, 1), { cause: error });
  }
}

async function tradesOf({ sandbox }: Ledgers, { payments }: WholeOrder): Promise<LedgerTrade[]> {
  const numbers = [...new Set(payments.map(({ outTradeNo }) => outTradeNo))];
  return (await Promise.all(numbers.map((outTradeNo) => sandbox.trades({ outTradeNo })))).flatMap(
    ({ trades }) => trades,
  );
}

const PAID: readonly string[] = ['TRADE_SUCCESS', 'TRADE_FINISHED'];

/** Alipay keeps for us exactly what we say it does, and has given back exactly what we say. */
function checkMoney(order: WholeOrder, trades: readonly LedgerTrade[]): void {
  const kept = trades.map((trade) => keptFen(trade));
  const succeeded = order.payments.filter(({ status }) => status === 'SUCCEEDED');
  const given = order.refunds.filter(({ status }) => status === 'SUCCEEDED');
  const ours = sumFen(succeeded.map(({ amountFen }) => amountFen)) - sumFen(given.map(({ amountFen }) => amountFen));
  expect(ours).toBe(sumFen(kept));
  const first = order.payments.find(({ id }) => id === order.paidPaymentId);
  const counted = given.filter(({ paymentId }) => paymentId === first?.id);
  expect(order.refundedFen).toBe(sumFen(counted.map(({ amountFen }) => amountFen)));
  expect(order.refundedFen <= order.amountFen).toBe(true);
}

/** What the status promises. Only what is held for somebody to decide, or a refund that Alipay refused, is kept beside it. */
function checkStatus(order: WholeOrder, trades: readonly LedgerTrade[]): void {
  const isPaid = order.paidPaymentId !== null;
  expect(isPaid).toBe(order.status !== 'CANCELLED');
  expect(order.status === 'REFUNDED').toBe(isPaid && order.refundedFen === order.amountFen && !wasReturned(order));
  if (order.refunds.some(({ status }) => status === 'FAILED')) return;
  const held = order.cases.filter(({ state, policy }) => state === 'OPEN' && policy === 'HOLD');
  const decided = trades.filter((trade) => !held.some(({ tradeNo }) => tradeNo === trade.tradeNo));
  const kept = sumFen(decided.map((trade) => keptFen(trade)));
  expect(kept).toBe(isPaid ? order.amountFen - order.refundedFen : 0n);
}

function wasReturned({ status }: WholeOrder): boolean {
  return status === 'RETURNED';
}

/** Nobody can pay a sale that was just cancelled, unless a buyer began after `since`. */
export async function checkClosed(world: Ledgers, order: WholeOrder, since: Date): Promise<void> {
  const trades = await tradesOf(world, order);
  const open = trades.filter(
    ({ status, createdAt }) => status === 'WAIT_BUYER_PAY' && Date.parse(createdAt) < since.getTime(),
  );
  expect(open, 'cancelled here, and still open at Alipay').toEqual([]);
}

function keptFen({ status, amount, refunds, paidAt }: LedgerTrade): bigint {
  if (paidAt === null || (!PAID.includes(status) && status !== 'TRADE_CLOSED')) return 0n;
  if (status === 'TRADE_CLOSED') return 0n;
  return fen(amount) - sumFen(refunds.map((refund) => fen(refund.amount)));
}

function fen(text: string): bigint {
  const read = parseAmount(text);
  if (read === undefined) throw new Error(`${text} is no amount`);
  return read;
}

function checkNothingOpen(order: WholeOrder): void {
  expect(order.payments.filter(isLive)).toEqual([]);
  expect(order.refunds.filter(({ status }) => status === 'PENDING')).toEqual([]);
  expect(order.status).not.toBe('PENDING');
  const waiting = order.cases.filter(({ state, policy }) => state === 'OPEN' && policy !== 'HOLD');
  const failed = new Set(order.refunds.filter(({ status }) => status === 'FAILED').map(({ paymentId }) => paymentId));
  const stuck = waiting.filter(
    ({ tradeNo }) => !failed.has(order.payments.find((one) => one.tradeNo === tradeNo)?.id ?? ''),
  );
  expect(stuck).toEqual([]);
}

/** Where an order may go, by the design rather than by the table that is being tried. */
const STEPS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['PAID', 'CANCELLED'],
  PAID: ['SHIPPING', 'COMPLETED', 'REFUNDED'],
  SHIPPING: ['COMPLETED', 'REFUNDED', 'RETURNED'],
  COMPLETED: ['REFUNDED', 'RETURNED'],
  // Late money that was accepted.
  CANCELLED: ['PAID'],
  REFUNDED: [],
  RETURNED: [],
};

/** What would be exported of it proves it, and the audit would have nothing to say. */
async function checkProof({ database }: Ledgers, { merchantId, id }: WholeOrder): Promise<void> {
  const bundle = await findBundle(database, merchantId, id);
  if (bundle === undefined) throw new Error('the bundle is gone');
  const { faults, proofs, unproved } = checkBundle(bundle, readMessage);
  expect({ faults, unproved }).toEqual({ faults: [], unproved: [] });
  if (bundle.order.paidPaymentId !== null) expect(proofOfPayment(bundle, proofs)).toBeDefined();
}

async function checkHistory({ database, merchantId }: Ledgers, order: WholeOrder): Promise<void> {
  const { rows } = await database.pool.query<{ version: number; status: OrderStatus; prev_hash: string; hash: string }>(
    'select version, status, prev_hash, hash from order_events where merchant_id = $1 and order_id = $2 order by version',
    [merchantId, order.id],
  );
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.at(-1)).toMatchObject({ version: order.version, status: order.status, hash: order.lastHash });
  for (const [index, { status, prev_hash }] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined) continue;
    expect(prev_hash).toBe(before.hash);
    expect([before.status, ...STEPS[before.status]]).toContain(status);
  }
}
