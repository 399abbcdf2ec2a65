import type { Bundle, BundleRefund } from './bundle.ts';
import type { Fault } from './check-bundle.ts';
import type { OrderEvent } from './event.ts';
import { type Fen, formatAmount, sumFen } from './money.ts';

type Data = Readonly<Record<string, unknown>>;

/** The order, its payments and its refunds agree with one another and with what the events say, to the fen. */
export function checkFigures(bundle: Bundle): readonly Fault[] {
  return [...checkOpening(bundle), ...checkPayments(bundle), ...checkRefunds(bundle)];
}

function checkOpening({ order, events: [first] }: Bundle): Fault[] {
  const said = dataOf(first);
  const wrong = [
    ['amount', said.amount, formatAmount(order.amountFen)],
    ['merchantOrderNo', said.merchantOrderNo, order.merchantOrderNo],
    ['subject', said.subject, order.subject],
  ].filter(([, event, shown]) => event !== shown);
  return wrong.map(([name]) => ({ part: 'order', problem: `has another ${name} than its first event` }));
}

function checkPayments({ order, payments, events }: Bundle): Fault[] {
  const faults: Fault[] = [];
  for (const { id, amountFen } of payments)
    if (amountFen !== order.amountFen)
      faults.push({ part: `payment ${id}`, problem: 'has another amount than its order' });
  const paid = payments.find(({ id }) => id === order.paidPaymentId);
  const needsPayment = order.status !== 'PENDING' && order.status !== 'CANCELLED';
  if (needsPayment && paid?.status !== 'SUCCEEDED')
    faults.push({ part: 'order', problem: `is ${order.status} without a payment that succeeded` });
  for (const event of events.filter(({ type }) => type === 'payment.succeeded')) {
    const { outTradeNo, tradeNo } = dataOf(event);
    const payment = payments.find((one) => one.outTradeNo === outTradeNo && one.tradeNo === tradeNo);
    if (payment?.status !== 'SUCCEEDED')
      faults.push({ part: `event ${event.version} (${event.type})`, problem: 'tells of a payment that is not there' });
  }
  return faults;
}

function checkRefunds({ order, payments, refunds, events }: Bundle): Fault[] {
  const done = refunds.filter(({ status }) => status === 'SUCCEEDED');
  const told = events.filter(({ type }) => type === 'refund.succeeded').map(toldRefund);
  const key = ({ refundNo, amount }: Told) => `${refundNo} of ${amount}`;
  const shown = done.map(({ refundNo, amountFen }) => key({ refundNo, amount: formatAmount(amountFen) })).sort();
  const faults: Fault[] = refunds
    .filter(({ paymentId }) => !payments.some(({ id }) => id === paymentId))
    .map(({ refundNo }) => ({ part: `refund ${refundNo}`, problem: 'is of a payment that is not there' }));
  if (shown.join('\n') !== told.map(key).sort().join('\n'))
    faults.push({ part: 'refunds', problem: 'are not those that the events tell of' });
  const refundedFen = sumOf(done.filter(({ paymentId }) => paymentId === order.paidPaymentId));
  if (refundedFen !== order.refundedFen)
    faults.push({
      part: 'order',
      problem: `says ${formatAmount(order.refundedFen)} was given back, its refunds come to ${formatAmount(refundedFen)}`,
    });
  if (order.refundedFen > order.amountFen || (order.status === 'REFUNDED' && order.refundedFen !== order.amountFen))
    faults.push({ part: 'order', problem: `is ${order.status} with ${formatAmount(order.refundedFen)} given back` });
  return faults;
}

interface Told {
  readonly refundNo: unknown;
  readonly amount: unknown;
}

function toldRefund(event: OrderEvent): Told {
  const { refundNo, amount } = dataOf(event);
  return { refundNo, amount };
}

function sumOf(refunds: readonly BundleRefund[]): Fen {
  return sumFen(refunds.map(({ amountFen }) => amountFen));
}

/** What an event says; nothing when its text is no object, which its hash tells. */
export function dataOf(event: OrderEvent | undefined): Data {
  try {
    const data: unknown = JSON.parse(event?.data ?? '');
    return typeof data === 'object' && data !== null ? { ...data } : {};
  } catch {
    return {};
  }
}
