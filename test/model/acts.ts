// What a cashier, a buyer, Alipay's staff, the network and time may do, each at any moment.
import fc from 'fast-check';
import { cancelOrder } from '../../src/orders/cancel-order.ts';
import { createOrder } from '../../src/orders/create-order.ts';
import { createRedirectPayment } from '../../src/orders/create-redirect-payment.ts';
import { handOver } from '../../src/orders/hand-over.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import { payByAuthCode } from '../../src/orders/pay-by-auth-code.ts';
import { precreateQrCode } from '../../src/orders/precreate-qr-code.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { reverseOrder } from '../../src/orders/reverse-order.ts';
import { syncOrder } from '../../src/orders/sync-order.ts';
import { aCommand } from '../support/orders.ts';
import { checkClosed } from './books.ts';
import { Crash } from './crash.ts';
import type { World } from './world.ts';

/** Every act there is, by the first word of its name; `clock` and `fault` for the others. */
export const kindsOfAct = [
  ...['create', 'precreate', 'page', 'authCode', 'cancel', 'reverse', 'sync', 'complete', 'ship', 'return', 'refund'],
  ...['scan', 'pay', 'close at Alipay', 'refund elsewhere', 'sale', 'sale by code', 'sale, sent out and back'],
  ...['cancelled while the buyer pays', 'paid too late', 'crash', 'fault', 'clock'],
] as const;

/** One run's share of the world. */
export interface Stage {
  readonly world: World;
  /** The merchantOrderNos of this run. */
  readonly numbers: string[];
  /** Acts that were not waited for. */
  readonly underWay: Promise<unknown>[];
}

export interface Act {
  /** What a person reads of it: `refund(0, R1, 30 %)`. */
  readonly name: string;
  run(stage: Stage): Promise<unknown>;
}

let made = 0;

/** Amounts in fen: ordinary ones, and those at which the sandbox makes a payment or a refund go wrong. */
const amounts = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(1n, 999n, 12_345n, 100_000n) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(71, 72, 73, 74, 75, 76, 77, 78, 79, 80).map((fen) => 880_000n + BigInt(fen)),
  },
);

const one = fc.nat({ max: 2 });

const create = fc.record({ amountFen: amounts, expiresInMinutes: fc.constantFrom(1, 30, 30, 180) }).map(
  ({ amountFen, expiresInMinutes }): Act => ({
    name: `create(${amountFen}, ${expiresInMinutes} min)`,
    async run({ world, numbers }) {
      made += 1;
      const merchantOrderNo = `M-${made}`;
      numbers.push(merchantOrderNo);
      const { merchantId, accountId } = world;
      return createOrder(world.desk, aCommand({ merchantId, accountId, merchantOrderNo, amountFen, expiresInMinutes }));
    },
  }),
);

/** An act on one of the run's orders; on none while there is none. */
function onOrder(name: string, act: (stage: Stage, merchantOrderNo: string) => Promise<unknown>) {
  return one.map(
    (index): Act => ({
      name: `${name}(${index})`,
      async run(stage) {
        const number = stage.numbers[index % Math.max(stage.numbers.length, 1)];
        return number === undefined ? undefined : act(stage, number);
      },
    }),
  );
}

function orderOf({ world }: Pick<Stage, 'world'>, merchantOrderNo: string) {
  return world.desk.orders.find(world.merchantId, { merchantOrderNo });
}

function asked({ world: { merchantId } }: Stage, merchantOrderNo: string) {
  return { merchantId, ref: { merchantOrderNo } };
}

let cancels = 0;

/** Its own words in the order's history tell that it was this call that ended the sale, and not another one meanwhile. */
async function cancel(stage: Stage, merchantOrderNo: string): Promise<void> {
  cancels += 1;
  const reason = `cancel ${cancels}`;
  const since = stage.world.desk.clock.now();
  const ended = await cancelOrder(stage.world.desk, { ...asked(stage, merchantOrderNo), reason });
  if (ended.kind === 'order' && (await wasSaid(stage, ended.order, reason)))
    await checkClosed(stage.world, ended.order, since);
}

async function wasSaid({ world: { database } }: Stage, { merchantId, id }: WholeOrder, note: string): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `select from order_events where merchant_id = $1 and order_id = $2 and type = 'order.cancelled' and data::jsonb ->> 'note' = $3`,
    [merchantId, id, note],
  );
  return rowCount === 1;
}

async function scan(stage: Stage, merchantOrderNo: string): Promise<void> {
  const order = await orderOf(stage, merchantOrderNo);
  const code = order?.payments.findLast(({ method, offer }) => method === 'QR_CODE' && offer !== null)?.offer;
  if (code) await stage.world.sandbox.scan(code).catch(() => undefined);
}

const CASHIER = { credentialId: 'cashier', terminalId: null };

const cashier = [
  onOrder('precreate', (stage, no) => precreateQrCode(stage.world.desk, asked(stage, no))),
  onOrder('precreate', (stage, no) => precreateQrCode(stage.world.desk, asked(stage, no))),
  onOrder('page', (stage, no) =>
    createRedirectPayment(stage.world.desk, { ...asked(stage, no), method: 'PAGE', returnUrl: null, quitUrl: null }),
  ),
  onOrder('authCode', async (stage, no) => {
    const { authCode } = await stage.world.sandbox.authCode();
    return payByAuthCode(stage.world.desk, { ...asked(stage, no), authCode });
  }),
  onOrder('authCode', async (stage, no) => {
    const { authCode } = await stage.world.sandbox.authCode();
    return payByAuthCode(stage.world.desk, { ...asked(stage, no), authCode });
  }),
  onOrder('cancel', cancel),
  onOrder('reverse', (stage, no) => reverseOrder(stage.world.desk, { ...asked(stage, no), reason: null, by: CASHIER })),
  onOrder('sync', (stage, no) => syncOrder(stage.world.desk, asked(stage, no))),
  onOrder('complete', (stage, no) =>
    handOver(stage.world.desk, { ...asked(stage, no), fact: 'completed', reason: null }),
  ),
  onOrder('ship', (stage, no) => handOver(stage.world.desk, { ...asked(stage, no), fact: 'shipped', reason: null })),
  onOrder('return', (stage, no) => handOver(stage.world.desk, { ...asked(stage, no), fact: 'returned', reason: null })),
];

const refund = fc.tuple(one, fc.nat({ max: 2 }), fc.constantFrom(30n, 50n, 100n)).map(
  ([index, number, percent]): Act => ({
    name: `refund(${index}, R${number}, ${percent} %)`,
    async run(stage) {
      const no = stage.numbers[index % Math.max(stage.numbers.length, 1)];
      const order = no && (await stage.world.desk.orders.find(stage.world.merchantId, { merchantOrderNo: no }));
      if (!order || no === undefined) return undefined;
      const amountFen = (order.amountFen * percent) / 100n || 1n;
      return refundOrder(stage.world.desk, {
        ...asked(stage, no),
        refundNo: `R${number}`,
        amountFen,
        reason: null,
        by: CASHIER,
      });
    },
  }),
);

/** The number that a buyer would pay under: the order's newest. */
async function numberOf({ world }: Stage, merchantOrderNo: string): Promise<string> {
  const order = await orderOf({ world }, merchantOrderNo);
  return order?.payments.at(-1)?.outTradeNo ?? merchantOrderNo;
}

/** The sandbox refuses what a buyer can't do at that moment; that is no fault. */
function atAlipay(name: string, act: (stage: Stage, outTradeNo: string) => Promise<unknown>) {
  return onOrder(name, async (stage, no) => act(stage, await numberOf(stage, no)).catch(() => undefined));
}

const buyer = [
  onOrder('scan', scan),
  atAlipay('pay', ({ world }, outTradeNo) => world.sandbox.pay(outTradeNo)),
  atAlipay('pay', ({ world }, outTradeNo) => world.sandbox.pay(outTradeNo)),
  atAlipay('close at Alipay', ({ world }, outTradeNo) => world.sandbox.close(outTradeNo)),
  atAlipay('refund elsewhere', ({ world }, outTradeNo) => world.sandbox.refund(outTradeNo, '0.01')),
];

/** Short stories that chance alone tells too rarely. */
const stories = [
  onOrder('sale', async (stage, no) => {
    await precreateQrCode(stage.world.desk, asked(stage, no));
    await stage.world.sandbox.pay(await numberOf(stage, no)).catch(() => undefined);
  }),
  onOrder('sale by code', async (stage, no) => {
    const { authCode } = await stage.world.sandbox.authCode();
    await payByAuthCode(stage.world.desk, { ...asked(stage, no), authCode });
    await stage.world.sandbox.pay(await numberOf(stage, no)).catch(() => undefined);
  }),
  onOrder('sale, sent out and back', async (stage, no) => {
    await precreateQrCode(stage.world.desk, asked(stage, no));
    await stage.world.sandbox.pay(await numberOf(stage, no)).catch(() => undefined);
    for (const fact of ['shipped', 'returned'] as const)
      await handOver(stage.world.desk, { ...asked(stage, no), fact, reason: null });
  }),
  onOrder('cancelled while the buyer pays', async (stage, no) => {
    await precreateQrCode(stage.world.desk, asked(stage, no));
    await scan(stage, no);
    await cancel(stage, no);
    await stage.world.sandbox.pay(await numberOf(stage, no)).catch(() => undefined);
  }),
  onOrder('paid too late', async (stage, no) => {
    await precreateQrCode(stage.world.desk, asked(stage, no));
    await cancelOrder(stage.world.desk, { ...asked(stage, no), reason: null });
    await stage.world.sandbox.pay(await numberOf(stage, no)).catch(() => undefined);
  }),
];

const methods = ['precreate', 'pay', 'query', 'close', 'cancel', 'refund', 'fastpay.refund.query'];
const kinds = [
  { kind: 'drop' },
  { kind: 'act_then_drop' },
  { kind: 'unknown' },
  { kind: 'unknown', acts: true },
  { kind: 'wrong_sign' },
  { kind: 'http_500', acts: true },
];
const noticeKinds = [
  { kind: 'duplicate', copies: 2 },
  { kind: 'reorder', count: 2 },
  { kind: 'hold' },
  { kind: 'drop' },
  { kind: 'corrupt', way: 'flip' },
];

const network = fc
  .oneof(
    fc
      .tuple(fc.constantFrom(...methods), fc.constantFrom(...kinds))
      .map(([m, f]) => ({ on: `alipay.trade.${m}`, ...f })),
    fc.constantFrom(...noticeKinds).map((fault) => ({ on: 'notify', ...fault })),
  )
  .map((fault): Act => ({ name: JSON.stringify(fault), run: ({ world }) => world.sandbox.fault(fault) }));

const time = fc
  .constantFrom(100, 100, 3_000, 3_000, 11_000, 11_000, 46_000, 61_000, 301_000, 1_801_000)
  .map((ms): Act => ({ name: `${ms} ms`, run: ({ world }) => world.advance(ms) }));

const death = fc
  .record({
    at: fc.constantFrom('call' as const, 'write' as const),
    when: fc.constantFrom('before' as const, 'after' as const),
  })
  .map(
    (crash): Act => ({
      name: `crash ${crash.when} a ${crash.at}`,
      run: async ({ world }) => world.crashes.plan(crash),
    }),
  );

/** Any of them; some are not waited for, so that the next ones race with them. */
const acts: fc.Arbitrary<Act> = fc
  .tuple(
    fc.oneof(
      { weight: 1, arbitrary: create },
      { weight: 9, arbitrary: fc.oneof(...cashier) },
      { weight: 3, arbitrary: refund },
      { weight: 5, arbitrary: fc.oneof(...buyer) },
      { weight: 3, arbitrary: fc.oneof(...stories) },
      { weight: 3, arbitrary: network },
      { weight: 2, arbitrary: death },
      { weight: 4, arbitrary: time },
    ),
    fc.boolean(),
  )
  .map(([act, waits]) => (waits ? survived(act) : besides(survived(act))));

/** Whoever asked a process that died hears nothing. */
function survived(act: Act): Act {
  return {
    name: act.name,
    run: (stage) =>
      act.run(stage).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      }),
  };
}

function besides(act: Act): Act {
  return {
    name: `${act.name}…`,
    async run(stage) {
      stage.underWay.push(act.run(stage));
    },
  };
}

/** A day begins with a sale or two. */
export const days: fc.Arbitrary<readonly Act[]> = fc
  .tuple(fc.array(create, { minLength: 1, maxLength: 2 }), fc.array(acts, { minLength: 4, maxLength: 20, size: 'max' }))
  .map(([sales, rest]) => [...sales, ...rest]);
