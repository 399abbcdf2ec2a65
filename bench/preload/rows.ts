// The rows of an old sale, as COPY reads them. Versions, states and constraints are those of real ones; hashes only have
// their length, and a message is shorter than a real one, because nothing hot reads either.
import { newUuid } from '../../src/ids.ts';
import { historyOf, type OldSale } from './sales.ts';

export interface Owner {
  readonly merchantId: string;
  readonly accountId: string;
}

export const columns = {
  orders:
    'merchant_id, id, account_id, merchant_order_no, content_hash, subject, amount_fen, refunded_fen, status, version, ' +
    'store_id, terminal_id, created_at, expires_at, paid_at, paid_payment_id, last_hash',
  payments:
    'merchant_id, id, order_id, method, status, amount_fen, out_trade_no, trade_no, offer, payable_until, channel_end, ' +
    'refunded_total_fen, created_at, succeeded_at',
  refunds: 'merchant_id, id, order_id, payment_id, refund_no, amount_fen, status, created_at, succeeded_at, tried_at',
  order_events: 'merchant_id, order_id, version, id, type, status, occurred_at, data, evidence_id, prev_hash, hash',
  evidence: 'merchant_id, id, order_id, kind, notify_id, received_at, bytes, verdict',
  notification_ids: 'merchant_id, notify_id, evidence_id',
  checks: 'merchant_id, order_id, due_at, looked_at',
} as const;

export type Table = keyof typeof columns;
/** In an order that the foreign keys allow. */
export const tables = Object.keys(columns) as readonly Table[];

export type Lines = Record<Table, string[]>;

const NONE = '\\N';
const MESSAGE = `\\\\x${'6d'.repeat(200)}`;
const hashOf = (version: number) => String(version).padStart(64, 'a');

export function addRows(lines: Lines, { merchantId, accountId }: Owner, sale: OldSale): void {
  const { id, paymentId, number, amountFen, end, createdAt, expiresAt } = sale;
  const history = historyOf(end);
  const isPaid = end !== 'PENDING' && end !== 'CANCELLED';
  const refundedFen = end === 'REFUNDED' ? amountFen : 0;
  const paidAt = isPaid ? after(createdAt, 30_000) : NONE;
  const evidenceId = isPaid ? newUuid(createdAt) : NONE;
  const amounts = [amountFen, refundedFen];
  lines.orders.push(
    line(
      merchantId,
      id,
      accountId,
      number,
      hashOf(0),
      'Tea and cake 茶',
      ...amounts,
      end,
      history.length,
      sale.storeId,
      sale.terminalId,
      at(createdAt),
      at(expiresAt),
      paidAt,
      isPaid ? paymentId : NONE,
      hashOf(history.length),
    ),
  );
  for (const [index, { type, status, afterMs }] of history.entries()) {
    const version = index + 1;
    const cause = type === 'payment.succeeded' ? evidenceId : NONE;
    const data = JSON.stringify({
      amount: (amountFen / 100).toFixed(2),
      outTradeNo: number,
      paymentStatus: 'SUCCEEDED',
    });
    const when = after(createdAt, afterMs);
    lines.order_events.push(
      line(
        merchantId,
        id,
        version,
        newUuid(createdAt),
        type,
        status,
        when,
        data,
        cause,
        hashOf(index),
        hashOf(version),
      ),
    );
  }
  if (end === 'PENDING') {
    lines.checks.push(line(merchantId, id, at(expiresAt), at(createdAt)));
    return;
  }
  lines.payments.push(
    line(
      merchantId,
      paymentId,
      id,
      'QR_CODE',
      isPaid ? 'SUCCEEDED' : 'CLOSED',
      amountFen,
      number,
      isPaid ? `trade-${number}` : NONE,
      `https://qr.alipay.com/${number}`,
      at(expiresAt),
      isPaid ? NONE : 'closed',
      refundedFen,
      at(createdAt),
      paidAt,
    ),
  );
  if (!isPaid) return;
  lines.evidence.push(line(merchantId, evidenceId, id, 'notification', `n-${number}`, paidAt, MESSAGE, 'applied'));
  lines.notification_ids.push(line(merchantId, `n-${number}`, evidenceId));
  if (end !== 'REFUNDED') return;
  const times = [3_600_000, 3_601_000, 3_600_000].map((ms) => after(createdAt, ms));
  lines.refunds.push(line(merchantId, newUuid(createdAt), id, paymentId, 'r1', amountFen, 'SUCCEEDED', ...times));
}

export function noLines(): Lines {
  return { orders: [], payments: [], refunds: [], order_events: [], evidence: [], notification_ids: [], checks: [] };
}

/** No value holds a tab or a line feed; a backslash stands only where COPY is to read one. */
function line(...values: readonly (string | number)[]): string {
  return values.join('\t');
}

function at(time: Date): string {
  return time.toISOString();
}

function after(time: Date, ms: number): string {
  return new Date(time.getTime() + ms).toISOString();
}
