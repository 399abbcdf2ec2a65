// What an episode is made of: plain data, all of it from the seed.
import { failpointNames } from '../../src/failpoints.ts';
import { type Random, randomOf } from './random.ts';
import { storyOf } from './reaches.ts';
import type { WireFault } from './tcp-proxy.ts';

/** What somebody does about the order of a number. */
export type Step =
  | { readonly kind: 'create'; readonly order: number; readonly amount: string; readonly copies: number }
  | { readonly kind: 'create_other'; readonly order: number }
  | { readonly kind: 'wallet'; readonly order: number; readonly act: 'pay' | 'scan' | 'close' | 'refund' }
  | { readonly kind: 'resend'; readonly order: number }
  | { readonly kind: 'forge'; readonly order: number }
  | { readonly kind: 'scan_code'; readonly order: number }
  | { readonly kind: 'refund'; readonly order: number; readonly refundNo: string; readonly percent: number }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'close_cases' }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'policy'; readonly policy: 'ACCEPT' | 'AUTO_REFUND' | 'HOLD' }
  | { readonly kind: 'look'; readonly order: number }
  | { readonly kind: 'move'; readonly order: number; readonly operation: Operation };

const OPERATIONS = [
  'precreateQrCode',
  'createRedirectPayment',
  'cancelOrder',
  'reverseOrder',
  'syncOrder',
  'shipOrder',
  'completeOrder',
  'returnOrder',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What goes wrong, when so many steps have begun. */
export interface Fault {
  readonly afterSteps: number;
  readonly what: Wrong;
}

export type Wrong =
  | {
      readonly kind: 'failpoint';
      readonly place: number;
      readonly points: readonly string[];
      readonly killAfterMs?: number;
    }
  | { readonly kind: 'kill'; readonly place: number }
  | { readonly kind: 'freeze'; readonly place: number; readonly ms: number }
  | { readonly kind: 'postgres'; readonly how: 'immediate' | 'kill' }
  | {
      readonly kind: 'wire';
      readonly place: number;
      readonly wire: WireName;
      readonly fault: WireFault | 'reset';
      readonly ms: number;
    }
  | { readonly kind: 'alipay'; readonly fault: Readonly<Record<string, unknown>> };

export type WireName = 'toPostgres' | 'toAlipay' | 'fromAlipay' | 'toRabbit';

export interface Episode {
  readonly seed: number;
  /** Each client does its steps one after the other, all clients at once. */
  readonly clients: readonly (readonly Step[])[];
  readonly faults: readonly Fault[];
  /** Nothing goes wrong but that things take longer: no client may be shown a fault. */
  readonly calm: boolean;
}

/** Amounts: ordinary ones, and those at which the sandbox makes payments and refunds go wrong. */
const AMOUNTS = ['0.01', '9.99', '123.45', '1000.00', '8800.71', '8800.72', '8800.73', '8800.75', '8800.78'] as const;
const ORDERS = 5;
const CLIENTS = 5;

export interface Wanted {
  /** A failpoint at which a gateway dies, which a client of that gateway leads it to at once. */
  readonly kill?: string;
  /** Or the other one, if it comes there first. */
  readonly either?: boolean;
  readonly calm?: boolean;
  /** The ways to RabbitMQ break too. */
  readonly broker?: boolean;
}

export function planEpisode(
  seed: number,
  { kill, either = false, calm = false, broker = false }: Wanted = {},
): Episode {
  const random = randomOf(seed);
  const usual = Array.from({ length: CLIENTS }, (_, client) => planClient(random, client));
  const steps = usual.flat().length;
  const wrong = Array.from({ length: 2 + random.nat(2) }, () => ({
    afterSteps: random.nat(steps),
    what: planWrong(random),
  }));
  if (calm) return { seed, clients: usual, faults: [], calm };
  for (const place of broker ? [0, 1] : [])
    wrong.push({ afterSteps: random.nat(steps), what: planCut(random, { place, wire: 'toRabbit' }) });
  if (kill === undefined) return { seed, clients: usual, faults: wrong, calm };
  const leader = random.nat(CLIENTS);
  const clients = usual.map((sale, client) => (client === leader ? storyOf(kill, leader) : sale));
  const places = either ? [0, 1] : [leader % 2];
  const deaths = places.map(
    (place): Fault => ({ afterSteps: 0, what: { kind: 'failpoint', place, points: [`${kill}:kill`] } }),
  );
  return { seed, clients, faults: [...deaths, ...wrong.filter(({ what }) => what.kind !== 'failpoint')], calm };
}

/** A client begins with a sale of its own and then gets in the others' way. */
function planClient(random: Random, client: number): Step[] {
  const amount = random.pick(AMOUNTS);
  const copies = random.chance(30) ? 2 + random.nat(3) : 1;
  const sale: Step[] = [{ kind: 'create', order: client, amount, copies }, ...random.weighted(COLLECTING)(client)];
  const rest = Array.from({ length: 3 + random.nat(5) }, () => planStep(random, random.nat(ORDERS)));
  return [...sale, ...rest];
}

const COLLECTING: readonly (readonly [number, (order: number) => Step[]])[] = [
  [
    6,
    (order) => [
      { kind: 'move', order, operation: 'precreateQrCode' },
      { kind: 'wallet', order, act: 'pay' },
    ],
  ],
  [
    2,
    (order) => [
      { kind: 'move', order, operation: 'createRedirectPayment' },
      { kind: 'wallet', order, act: 'pay' },
    ],
  ],
  [
    2,
    (order) => [
      { kind: 'move', order, operation: 'precreateQrCode' },
      { kind: 'wallet', order, act: 'scan' },
      { kind: 'move', order, operation: 'cancelOrder' },
    ],
  ],
  [3, (order) => [{ kind: 'scan_code', order }]],
];

function planStep(random: Random, order: number): Step {
  return random.weighted<Step>([
    [4, { kind: 'wallet', order, act: 'pay' }],
    [1, { kind: 'wallet', order, act: 'scan' }],
    [1, { kind: 'wallet', order, act: 'close' }],
    [1, { kind: 'wallet', order, act: 'refund' }],
    [2, { kind: 'resend', order }],
    [1, { kind: 'forge', order }],
    [1, { kind: 'create_other', order }],
    [2, { kind: 'scan_code', order }],
    [6, { kind: 'refund', order, refundNo: `R${random.nat(3)}`, percent: random.pick([30, 50, 100]) }],
    [1, { kind: 'stranger' }],
    [1, { kind: 'close_cases' }],
    [1, { kind: 'policy', policy: random.pick(['ACCEPT', 'AUTO_REFUND', 'AUTO_REFUND', 'HOLD']) }],
    [2, { kind: 'look', order }],
    [1, { kind: 'time', ms: random.pick([100, 3_000, 11_000, 46_000]) }],
    [10, { kind: 'move', order, operation: random.pick(OPERATIONS) }],
  ]);
}

const METHODS = ['precreate', 'pay', 'query', 'close', 'cancel', 'refund', 'fastpay.refund.query'] as const;
type SandboxFault = Readonly<Record<string, unknown>>;
const CALL_FAULTS: readonly [SandboxFault, ...SandboxFault[]] = [
  { kind: 'drop' },
  { kind: 'act_then_drop' },
  { kind: 'delay', delayMs: 150, when: 'after' },
  { kind: 'unknown', acts: true },
  { kind: 'unknown' },
  { kind: 'wrong_sign' },
  { kind: 'http_500', acts: true },
];
const NOTICE_FAULTS: readonly [SandboxFault, ...SandboxFault[]] = [
  { kind: 'duplicate', copies: 3 },
  { kind: 'reorder', count: 2 },
  { kind: 'hold' },
  { kind: 'drop' },
  { kind: 'corrupt', way: 'flip' },
];

function planWrong(random: Random): Wrong {
  const place = random.nat(2);
  const point = () => failpointNames[random.nat(failpointNames.length)] ?? '';
  return random.weighted<() => Wrong>([
    [
      3,
      () => ({ kind: 'failpoint', place, points: [`${point()}:throw`, `${point()}:delay(${20 + random.nat(150)})`] }),
    ],
    [1, () => ({ kind: 'failpoint', place, points: [`${point()}:hang`], killAfterMs: 200 })],
    [1, () => ({ kind: 'kill', place })],
    [1, () => ({ kind: 'freeze', place, ms: 50 + random.nat(200) })],
    [1, () => ({ kind: 'postgres', how: random.pick(['immediate', 'kill']) })],
    [5, () => planWire(random, place)],
    [4, () => ({ kind: 'alipay', fault: { on: `alipay.trade.${random.pick(METHODS)}`, ...random.pick(CALL_FAULTS) } })],
    [3, () => ({ kind: 'alipay', fault: { on: 'notify', ...random.pick(NOTICE_FAULTS) } })],
  ])();
}

function planWire(random: Random, place: number): Wrong {
  return planCut(random, { place, wire: random.pick(['toPostgres', 'toPostgres', 'toAlipay', 'fromAlipay']) });
}

function planCut(random: Random, on: { readonly place: number; readonly wire: WireName }): Wrong {
  const fault = random.pick<WireFault | 'reset'>([
    'reset',
    { kind: 'refuse' },
    { kind: 'hole' },
    { kind: 'cut_answer' },
    { kind: 'cut_after', bytes: random.nat(400) },
    { kind: 'delay', ms: 5 + random.nat(40) },
  ]);
  return { kind: 'wire', ...on, fault, ms: 20 + random.nat(150) };
}
