// Years of orders, as a shop leaves them behind: most paid, some given back, some never paid, the newest still open.
import { newUuid } from '../../src/ids.ts';

export type End = 'PAID' | 'COMPLETED' | 'REFUNDED' | 'CANCELLED' | 'PENDING';

export interface OldSale {
  readonly id: string;
  readonly paymentId: string;
  readonly number: string;
  readonly amountFen: number;
  readonly end: End;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly storeId: string;
  readonly terminalId: string;
}

const YEARS_MS = 2 * 365 * 24 * 60 * 60_000;
const EXPIRY_MS = 30 * 60_000;
/** The newest may still be paid; nobody looks at them while the bench runs. */
const OPEN_ORDERS = 1_000;
const OPEN_FOR_MS = 24 * 60 * 60_000;
/** Of a hundred orders, those up to here. */
const PAID = 70;
const COMPLETED = 82;
const REFUNDED = 86;

/** The `index`th of `count` orders, the oldest first; two years, evenly, up to the present. */
export function oldSale(index: number, count: number, now: Date): OldSale {
  const createdAt = new Date(now.getTime() - Math.floor(((count - index) / count) * YEARS_MS));
  const end = index >= count - OPEN_ORDERS ? 'PENDING' : endOf((index * 37) % 100);
  return {
    id: newUuid(createdAt),
    paymentId: newUuid(createdAt),
    number: `old-${index}`,
    amountFen: 100 + ((index * 7_919) % 100_000),
    end,
    createdAt,
    expiresAt: new Date(
      (end === 'PENDING' ? now : createdAt).getTime() + (end === 'PENDING' ? OPEN_FOR_MS : EXPIRY_MS),
    ),
    storeId: `store-${index % 40}`,
    terminalId: `till-${index % 160}`,
  };
}

function endOf(percent: number): End {
  if (percent < PAID) return 'PAID';
  if (percent < COMPLETED) return 'COMPLETED';
  return percent < REFUNDED ? 'REFUNDED' : 'CANCELLED';
}

export interface OldEvent {
  readonly type: string;
  readonly status: string;
  readonly afterMs: number;
}

/** What happened to it, step by step. */
export function historyOf(end: End): readonly OldEvent[] {
  return histories[end];
}

const opened: readonly OldEvent[] = [
  { type: 'order.created', status: 'PENDING', afterMs: 0 },
  { type: 'payment.precreated', status: 'PENDING', afterMs: 200 },
];
const paid: readonly OldEvent[] = [...opened, { type: 'payment.succeeded', status: 'PAID', afterMs: 30_000 }];

const histories: Readonly<Record<End, readonly OldEvent[]>> = {
  PENDING: opened.slice(0, 1),
  CANCELLED: [...opened, { type: 'order.cancelled', status: 'CANCELLED', afterMs: EXPIRY_MS }],
  PAID: paid,
  COMPLETED: [...paid, { type: 'order.completed', status: 'COMPLETED', afterMs: 60_000 }],
  REFUNDED: [
    ...paid,
    { type: 'refund.requested', status: 'PAID', afterMs: 3_600_000 },
    { type: 'refund.succeeded', status: 'REFUNDED', afterMs: 3_601_000 },
  ],
};
