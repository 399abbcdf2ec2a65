// What the till took today by each way of paying, in whole fen.
import type { PaymentMethod } from '../gql/graphql.ts';
import { fenOf } from '../order/amount.ts';
import type { OrderRow } from './today.ts';

/** QR_CODE: the buyer scans us; AUTH_CODE: we scan the buyer; ONLINE: a page of Alipay's, or its app. */
export type MethodGroup = 'QR_CODE' | 'AUTH_CODE' | 'ONLINE';

export interface MethodTotal {
  readonly group: MethodGroup;
  /** Orders that were paid. */
  readonly count: number;
  /** Paid less refunded. */
  readonly fen: bigint;
}

const GROUPS: readonly MethodGroup[] = ['QR_CODE', 'AUTH_CODE', 'ONLINE'];

/** One total for each way by which anything was paid, in a fixed order. */
export function totalsByMethod(rows: readonly OrderRow[]): readonly MethodTotal[] {
  const paid = rows.filter(wasPaid);
  return GROUPS.map((group) =>
    totalOf(
      group,
      paid.filter((row) => groupOf(row) === group),
    ),
  ).filter(({ count }) => count > 0);
}

function totalOf(group: MethodGroup, rows: readonly OrderRow[]): MethodTotal {
  return { group, count: rows.length, fen: takings(rows) };
}

/** What the till took, less what it gave back. */
export function takings(rows: readonly OrderRow[]): bigint {
  return rows.filter(wasPaid).reduce((sum, row) => sum + fenOf(row.amount) - fenOf(row.refundedAmount), 0n);
}

export function wasPaid({ status }: Pick<OrderRow, 'status'>): boolean {
  return status !== 'PENDING' && status !== 'CANCELLED';
}

/** The first payment that succeeded paid the order; any other is a case. */
function groupOf({ payments }: OrderRow): MethodGroup {
  return groupOfMethod(payments.find(({ status }) => status === 'SUCCEEDED')?.method ?? 'QR_CODE');
}

function groupOfMethod(method: PaymentMethod): MethodGroup {
  switch (method) {
    case 'QR_CODE':
    case 'AUTH_CODE':
      return method;
    case 'PAGE':
    case 'WAP':
    case 'APP':
      return 'ONLINE';
  }
}
