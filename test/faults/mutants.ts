// The guards that the proof stands on, each taken out once: a short day that goes wrong without it, and the words in which
// the checker must say so. A checker that stays green here would prove nothing.
import type { Patch } from './mutant-program.ts';
import type { Episode, Fault, Step, Wrong } from './plan.ts';

export interface Mutant {
  readonly guard: string;
  readonly patches: readonly Patch[];
  /** What is taken out of the database. */
  readonly sql?: string;
  readonly gateways: 1 | 2;
  /** With RabbitMQ; left out where there is none. */
  readonly broker?: boolean;
  readonly day: Episode;
  /** How the checker names it. */
  readonly says: RegExp;
  /** Part of every `npm test`; the others of `npm run chaos -- --mutants`. */
  readonly quick: boolean;
}

const create = (order: number, amount = '9.99', copies = 1): Step => ({ kind: 'create', order, amount, copies });
const precreate = (order: number): Step => ({ kind: 'move', order, operation: 'precreateQrCode' });
const cancel = (order: number): Step => ({ kind: 'move', order, operation: 'cancelOrder' });
const wallet = (order: number, act: 'pay' | 'scan'): Step => ({ kind: 'wallet', order, act });
const refund = (order: number, refundNo: string, percent: number): Step => ({
  kind: 'refund',
  order,
  refundNo,
  percent,
});
const sync = (order: number): Step => ({ kind: 'move', order, operation: 'syncOrder' });
/** The notices that are on their way arrive. */
const moment: Step = { kind: 'time', ms: 100 };
const sold = (order: number): Step[] => [create(order), precreate(order), wallet(order, 'pay'), sync(order)];

const at = (afterSteps: number, what: Wrong): Fault => ({ afterSteps, what });
const failpoint = (place: number, ...points: string[]): Wrong => ({ kind: 'failpoint', place, points });

function day(clients: readonly (readonly Step[])[], faults: readonly Fault[] = [], calm = false): Episode {
  return { seed: 0, clients, faults, calm };
}

const STATEMENTS = 'postgres/statements';
const ON_CONFLICT = 'on conflict (merchant_id, merchant_order_no) do nothing';
const OUTBOX_OF_MADE = 'insert into outbox (merchant_id, order_id, version) select merchant_id, id, version from made';
const OUTBOX_OF_NOTED =
  'insert into outbox (merchant_id, order_id, version) select merchant_id, order_id, version from noted';

/** Two tills cancel one sale in the same moment, each through its own gateway; between reading and writing there is time. */
const race = day(
  [
    [create(0), precreate(0), wallet(0, 'scan'), cancel(0)],
    [create(1), precreate(1), wallet(1, 'scan'), cancel(0)],
  ],
  [0, 1].map((place) => at(0, failpoint(place, ...Array.from({ length: 9 }, () => 'orders.write.before:delay(200)')))),
  true,
);

/** The gateway that the second sale is followed through stands still while the other one changes it several times. */
const behind = day(
  [[create(0), create(1), precreate(1), wallet(1, 'scan'), cancel(1)], []],
  [at(2, { kind: 'freeze', place: 1, ms: 700 })],
);

const versionGuard: readonly Patch[] = [
  { file: `${STATEMENTS}/write-order.ts`, from: 'and version = $3', to: 'and $3::int > 0' },
  { file: `${STATEMENTS}/write-orders.ts`, from: 'and o.version = g.before', to: 'and g.before > 0' },
];

export const mutants: readonly Mutant[] = [
  {
    guard: 'one order a number',
    patches: ['insert-order.ts', 'insert-orders.ts'].map((name) => ({
      file: `${STATEMENTS}/${name}`,
      from: ON_CONFLICT,
      to: '',
    })),
    sql: 'alter table orders drop constraint orders_number_key',
    gateways: 1,
    day: day([[create(0, '9.99', 4)], [create(1, '9.99', 4)]]),
    says: /two orders under one number/,
    quick: true,
  },
  {
    guard: 'the guard on the version',
    patches: versionGuard,
    gateways: 2,
    day: race,
    says: /failed without a cause/,
    quick: true,
  },
  {
    guard: 'the guard on the version, and the key of the events behind it',
    patches: versionGuard,
    sql: 'alter table order_events drop constraint order_events_pkey',
    gateways: 2,
    day: race,
    says: /a version is missing or twice/,
    quick: false,
  },
  {
    guard: "Alipay's signature",
    patches: [
      {
        file: 'alipay/signed-form.ts',
        from: '(one) => verify("sha256", message',
        to: '(one) => true || verify("sha256", message',
      },
    ],
    gateways: 1,
    day: day([[create(0), precreate(0), { kind: 'forge', order: 0 }]]),
    says: /a forged notice of .* was acknowledged/,
    quick: true,
  },
  {
    guard: 'success only after the commit',
    patches: [
      {
        file: 'http/alipay-notify.ts',
        from: 'await needs.hear(notice)',
        to: '(needs.hear(notice).catch(() => {}), { verdict: "applied", reply: "success", orderId: null })',
      },
    ],
    gateways: 1,
    day: day([[create(0), precreate(0), wallet(0, 'pay'), moment]], [at(2, failpoint(0, 'orders.write.before:throw'))]),
    says: /notification .* was acknowledged and is not in the books/,
    quick: true,
  },
  {
    guard: 'the outbox row beside each event',
    patches: [
      { file: `${STATEMENTS}/write-order-parts.ts`, from: OUTBOX_OF_NOTED, to: `${OUTBOX_OF_NOTED} where false` },
    ],
    gateways: 1,
    day: day([sold(0)]),
    says: /an event is not in the feed/,
    quick: true,
  },
  {
    guard: 'the outbox row beside each order',
    patches: ['insert-order.ts', 'insert-orders.ts'].map((name) => ({
      file: `${STATEMENTS}/${name}`,
      from: OUTBOX_OF_MADE,
      to: `${OUTBOX_OF_MADE} where false`,
    })),
    gateways: 1,
    day: day([sold(0)]),
    says: /an event is not in the feed/,
    quick: false,
  },
  {
    guard: 'the order of the events in the feed',
    patches: [
      {
        file: `${STATEMENTS}/take-outbox.ts`,
        from: 'partition by merchant_id order by t.order_id, t.version)',
        to: 'partition by merchant_id order by t.order_id, t.version desc)',
      },
    ],
    gateways: 1,
    // The relay comes late, so that it takes them all at once.
    day: day(
      [[create(0), precreate(0), wallet(0, 'scan'), cancel(0)]],
      [at(0, failpoint(0, 'outbox.take.before:delay(600)'))],
    ),
    says: /before its predecessor/,
    quick: true,
  },
  {
    guard: 'the order of the events that paymentStatus reads',
    patches: [
      {
        file: `${STATEMENTS}/news.ts`,
        from: 'order by e.version limit $4',
        to: 'order by e.version desc limit $4',
      },
    ],
    gateways: 2,
    day: behind,
    says: /paymentStatus of .* saw/,
    quick: false,
  },
  {
    guard: 'the chain of the events',
    patches: [{ file: 'orders/draft.ts', from: 'prevHash: lastHash', to: "prevHash: '0'.repeat(64)" }],
    gateways: 1,
    day: day([sold(0)]),
    says: /the chain of .* breaks at 2/,
    quick: false,
  },
  {
    guard: 'a place in the feed that moves only behind what RabbitMQ has confirmed',
    patches: [
      {
        file: 'news.ts',
        from: 'await broker.publish(events.map(brokerMessage));',
        to: 'broker.publish(events.map(brokerMessage)).catch(() => {});',
      },
    ],
    gateways: 1,
    broker: true,
    day: day([sold(0)], [at(0, { kind: 'wire', place: 0, wire: 'toRabbit', fault: { kind: 'hole' }, ms: 1_500 })]),
    says: /broker's queue of .* saw/,
    quick: false,
  },
  {
    guard: 'the append-only triggers',
    patches: [],
    sql: 'drop trigger order_events_append_only on order_events',
    gateways: 1,
    day: day([[create(0)]]),
    says: /order_events lets itself be rewritten/,
    quick: false,
  },
  {
    guard: 'one number for a refund, however often it is sent',
    patches: [
      {
        file: 'orders/give-back.ts',
        from: 'const { refundNo, amountFen, reason } = refund;',
        to: 'const { amountFen, reason } = refund; const refundNo = refund.refundNo + String(Math.random()).slice(2);',
      },
    ],
    gateways: 1,
    day: day([[...sold(0), refund(0, 'R0', 30)]], [at(4, failpoint(0, 'channel.refund.after:throw'))]),
    says: /that nobody asked for/,
    quick: true,
  },
  {
    guard: 'what is unknown is no failure',
    patches: [
      {
        file: 'alipay/understand.ts',
        from: 'kind: answer.sent ? "unknown" : "not_sent",',
        to: 'kind: "rejected", subCode: "X", message: "X", messageZh: "X",',
      },
    ],
    gateways: 1,
    day: day(
      [[...sold(0), refund(0, 'R0', 100)]],
      [at(4, { kind: 'alipay', fault: { on: 'alipay.trade.refund', kind: 'act_then_drop', count: 2 } })],
    ),
    says: /expected .* to be/i,
    quick: false,
  },
  {
    guard: 'no more is asked back than there is',
    patches: [{ file: 'orders/refund-order.ts', from: 'if (asked.amountFen > refundable)', to: 'if (false)' }],
    sql: 'alter table orders drop constraint orders_refunds_fit_check',
    gateways: 1,
    day: day([[...sold(0), refund(0, 'R0', 50), refund(0, 'R1', 50), refund(0, 'R2', 50)]]),
    says: /fen asked back|was acknowledged as/,
    quick: false,
  },
  {
    guard: 'a notification is judged once',
    patches: [{ file: 'orders/hear-notification.ts', from: 'if (judged)', to: 'if (false)' }],
    sql: 'alter table notification_ids drop constraint notification_ids_pkey',
    gateways: 1,
    day: day([[...sold(0), { kind: 'resend', order: 0 }]]),
    says: /a notification judged twice/,
    quick: false,
  },
  {
    guard: 'the check that ends an order nobody pays',
    patches: ['insert-order.ts', 'insert-orders.ts'].map((name) => ({
      file: `${STATEMENTS}/${name}`,
      from: 'select merchant_id, id, expires_at, created_at from made',
      to: 'select merchant_id, id, expires_at, created_at from made where false',
    })),
    gateways: 1,
    day: day([[create(0)]]),
    says: /PENDING/,
    quick: false,
  },
];
