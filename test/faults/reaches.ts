// For each failpoint a short story in which the gateway that its client asks first certainly passes it.
import type { Step } from './plan.ts';

/** By port and method; the order is the client's own, which `sold` leaves paid. */
type Story = (order: number) => readonly Step[];

const create = (order: number, amount = '123.45'): Step => ({ kind: 'create', order, amount, copies: 1 });
const move = (order: number, operation: Extract<Step, { kind: 'move' }>['operation']): Step => ({
  kind: 'move',
  order,
  operation,
});
const wallet = (order: number, act: 'pay' | 'scan'): Step => ({ kind: 'wallet', order, act });
const refund = (order: number, percent = 30, refundNo = 'R0'): Step => ({ kind: 'refund', order, refundNo, percent });
const offered: Story = (order) => [create(order), move(order, 'precreateQrCode')];
const sold: Story = (order) => [...offered(order), wallet(order, 'pay'), move(order, 'syncOrder')];
/** The second one is not sent by what writes it down, but in its turn. */
const twoRefunds: Story = (order) => [
  ...sold(order),
  refund(order),
  refund(order, 30, 'R1'),
  { kind: 'time', ms: 4_000 },
];
const strangers: readonly Step[] = [
  { kind: 'stranger' },
  { kind: 'stranger' },
  { kind: 'stranger' },
  { kind: 'stranger' },
];

const reaches: Readonly<Record<string, Story>> = {
  'orders.insert': (order) => [create(order)],
  'orders.write': offered,
  'orders.markTried': twoRefunds,
  'inbox.record': () => strangers,
  'cases.close': () => [...strangers, { kind: 'close_cases' }],
  // What it is already is not written again.
  'settings.setCasePolicy': () => [
    { kind: 'policy', policy: 'HOLD' },
    { kind: 'policy', policy: 'AUTO_REFUND' },
  ],
  'checks.take': (order) => [create(order), { kind: 'time', ms: 300 }],
  'checks.takeOne': twoRefunds,
  'checks.putBack': twoRefunds,
  'checks.hurry': (order) => [create(order), { kind: 'time', ms: 5_000 }, { kind: 'look', order }],
  'outbox.take': (order) => [create(order)],
  'deliveries.fanOut': offered,
  'deliveries.take': offered,
  'deliveries.finish': offered,
  'sender.send': offered,
  'channel.precreate': offered,
  'channel.pay': (order) => [create(order), { kind: 'scan_code', order }],
  'channel.query': sold,
  'channel.close': (order) => [...offered(order), wallet(order, 'scan'), move(order, 'cancelOrder')],
  // A scanned code that asks for the password, called off.
  'channel.cancel': (order) => [create(order, '8800.71'), { kind: 'scan_code', order }, move(order, 'reverseOrder')],
  'channel.refund': (order) => [...sold(order), refund(order)],
  // A refund whose answer is unknown is asked about ten seconds later.
  'channel.queryRefund': (order) => [
    create(order, '8800.83'),
    move(order, 'precreateQrCode'),
    wallet(order, 'pay'),
    move(order, 'syncOrder'),
    refund(order, 100),
    { kind: 'time', ms: 12_000 },
    refund(order, 100),
  ],
};

/** The story that leads to a failpoint such as `orders.write.after`. */
export function storyOf(failpoint: string, order: number): readonly Step[] {
  const story = reaches[failpoint.replace(/\.(before|after)$/, '')];
  if (story === undefined) throw new Error(`no story in reaches.ts leads to ${failpoint}`);
  return story(order);
}
