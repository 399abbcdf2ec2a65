// Whatever is asked for, refunded elsewhere, lost, heard late or twice: once nothing is in doubt, the order's sums
// are Alipay's own, and its history is one that can be.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REFUND_SPACING_MS } from '../../src/orders/agenda.ts';
import { cancelOrder } from '../../src/orders/cancel-order.ts';
import { hashOf, type OrderEvent } from '../../src/orders/event.ts';
import { handOver } from '../../src/orders/hand-over.ts';
import { sumFen } from '../../src/orders/money.ts';
import { type OrderStatus, orderLife, type WholeOrder } from '../../src/orders/order.ts';
import { isLive } from '../../src/orders/payment.ts';
import type { Refund } from '../../src/orders/refund.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { reverseOrder } from '../../src/orders/reverse-order.ts';
import { anOrder, aPayment } from '../support/orders.ts';
import { type Fault, OneTrade } from './one-trade.ts';
import { aShop } from './shop.ts';

function aDay() {
  const shop = aShop({}, anOrder({ payments: [aPayment()] }));
  const trade = new OneTrade();
  Object.assign(shop.channel, trade.channel());
  return { ...shop, trade };
}

type Day = ReturnType<typeof aDay>;
interface Step {
  readonly name: string;
  run(day: Day): unknown;
}

const fen = fc.constantFrom(1n, 200n, 300n, 500n, 999n);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ name: 'pay', run: ({ trade }) => trade.pay() }) },
  fc.constant<Step>({ name: 'scan', run: ({ trade }) => trade.scan() }),
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('R-1', 'R-2', 'R-3', 'R-4'), fen).map(
      ([refundNo, amountFen]): Step => ({
        name: `refund ${refundNo} ${amountFen}`,
        run: ({ desk, asked }) => refundOrder(desk, { ...asked, refundNo, amountFen, reason: null }),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fen, fc.boolean()).map(
      ([amount, isNamed]): Step => ({
        name: `elsewhere ${amount}${isNamed ? '' : ' unnamed'}`,
        run: ({ trade }) => trade.giveBackThere(amount, isNamed),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.nat({ max: 9 }).map(
      (index): Step => ({
        name: `notice ${index}`,
        run: ({ trade, hear }) => {
          const notice = trade.notices[index % Math.max(trade.notices.length, 1)];
          return notice && hear(notice);
        },
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<Fault>('lost', 'answer lost', 'balance short')
      .map((fault): Step => ({ name: fault, run: ({ trade }) => trade.faults.push(fault) })),
  },
  { weight: 4, arbitrary: fc.constant<Step>({ name: 'look', run: ({ look }) => look() }) },
  { weight: 2, arbitrary: fc.constant<Step>({ name: '4 s', run: ({ clock }) => clock.forward(4_000) }) },
  fc.constant<Step>({ name: 'cancel', run: ({ desk, asked }) => cancelOrder(desk, { ...asked, reason: null }) }),
  fc.constant<Step>({ name: 'reverse', run: ({ desk, asked }) => reverseOrder(desk, { ...asked, reason: null }) }),
  fc
    .constantFrom('shipped', 'completed', 'returned')
    .map((fact): Step => ({ name: fact, run: ({ desk, asked }) => handOver(desk, { ...asked, fact, reason: null }) })),
);

/** Some steps are not waited for, so that the next ones race with them. */
const days = fc.array(fc.tuple(steps, fc.boolean()), { minLength: 3, maxLength: 25 });

test('the order’s sums are Alipay’s own once nothing is in doubt', async () => {
  await fc.assert(
    fc.asyncProperty(days, async (plan) => {
      const day = aDay();
      const underWay: unknown[] = [];
      for (const [step, waits] of plan) {
        const work = step.run(day);
        if (waits) await work;
        else underWay.push(work);
        soundMoney(day.order());
      }
      await Promise.all(underWay);
      await endOf(day);
      soundMoney(day.order());
      agree(day);
      soundHistory(day.store.events);
    }),
    { numRuns: 1_500, reporter: told },
  );
});

/** No more faults; every notice arrives in the end, the last one first; everything due is done. */
async function endOf({ trade, hear, settle }: Day): Promise<void> {
  trade.faults.length = 0;
  await settle();
  for (const notice of [...trade.notices].reverse()) await hear(notice);
  await settle();
  for (const notice of trade.notices) await hear(notice);
  await settle();
}

function soundMoney(order: WholeOrder): void {
  const paid = order.refunds.filter(
    ({ paymentId, status }) => paymentId === order.paidPaymentId && status === 'SUCCEEDED',
  );
  expect(order.refundedFen).toBe(sumFen(paid.map(({ amountFen }) => amountFen)));
  expect(order.refundedFen).toBeLessThanOrEqual(order.amountFen);
  expect(order.status === 'REFUNDED' && order.refundedFen !== order.amountFen).toBe(false);
}

function agree({ order, trade }: Day): void {
  const { payments, refunds, cases, status } = order();
  const given = refunds.filter((refund) => refund.status === 'SUCCEEDED');
  expect(sumFen(given.map(({ amountFen }) => amountFen))).toBe(trade.totalFen);
  expect(payments.some((payment) => payment.status === 'SUCCEEDED')).toBe(trade.state === 'paid');
  expect(payments.filter(isLive)).toEqual([]);
  expect(refunds.filter((refund) => refund.status === 'PENDING')).toEqual([]);
  expect(status).not.toBe('PENDING');
  // Late money is wholly given back, unless a refund of it failed and waits for a person.
  const failed = refunds.some((refund) => refund.status === 'FAILED');
  if (!failed) expect(cases.filter(({ state }) => state === 'OPEN')).toEqual([]);
  spaced(refunds);
}

function spaced(refunds: readonly Refund[]): void {
  const sentMs = refunds.flatMap(({ triedAt }) => triedAt?.getTime() ?? []).toSorted((one, other) => one - other);
  for (const [index, ms] of sentMs.slice(1).entries())
    expect(ms - (sentMs[index] ?? 0)).toBeGreaterThanOrEqual(REFUND_SPACING_MS);
}

function soundHistory(events: readonly OrderEvent[]): void {
  let before: { status: OrderStatus; version: number; hash: string } = {
    status: 'PENDING',
    version: 1,
    hash: '0'.repeat(64),
  };
  for (const event of events) {
    expect(event).toMatchObject({ version: before.version + 1, prevHash: before.hash, hash: hashOf(event) });
    const reachable: readonly string[] = Object.values(orderLife[before.status]);
    expect([before.status, ...reachable]).toContain(event.status);
    before = event;
  }
}

/** Says the day as a story. */
function told(details: fc.RunDetails<[[Step, boolean][]]>): void {
  if (!details.failed) return;
  const story = details.counterexample?.[0].map(([{ name }, waits]) => (waits ? name : `${name} …`)).join(' · ');
  throw new Error(`seed ${details.seed}: ${story}`, { cause: details.errorInstance });
}
