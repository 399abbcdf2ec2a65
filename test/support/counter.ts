// Everything a till can ask of the gateway about one order, and the order with all that belongs to it.
import { type Answer, ask, askAs, type Door, dataOf, type Variables } from './graphql-client.ts';
import { createOrder, type EventView, newOrder, type OrderView, type PaymentView } from './sale.ts';
import { until } from './until.ts';

export interface FailureView {
  readonly subCode: string | null;
  readonly message: string;
  readonly messageZh: string;
}

export interface Collected extends PaymentView {
  readonly redirectUrl: string | null;
  readonly orderString: string | null;
  readonly failure: FailureView | null;
}

export interface RefundView {
  readonly id: string;
  readonly refundNo: string;
  readonly amount: string;
  readonly status: string;
  readonly failure: FailureView | null;
}

export interface CaseView {
  readonly id: string;
  readonly kind: string;
  readonly amount: string;
  readonly policy: string;
  readonly state: string;
  readonly nextAction: string;
  readonly note: string | null;
}

export interface Sale {
  readonly id: string;
  readonly merchantOrderNo: string;
  readonly status: string;
  readonly version: number;
  readonly refundedAmount: string;
  readonly expiresAt: string;
  readonly clientToken: string;
  readonly payments: readonly Collected[];
  readonly refunds: readonly RefundView[];
  readonly cases: readonly CaseView[];
  readonly events: readonly EventView[];
}

/** A member of a result union: the thing itself or a refusal. */
export type Said<Thing> = { readonly __typename: string } & Thing & {
    readonly code?: string;
    readonly message?: string;
    readonly field?: string;
    readonly from?: string;
    readonly to?: string;
    readonly allowed?: readonly string[];
    readonly refundable?: string;
    readonly subCode?: string;
  };

const FAILURE = 'failure { subCode message messageZh }';
const PAYMENT = `id method status amount outTradeNo tradeNo redirectUrl orderString ${FAILURE} succeededAt
  qrCode { content svg expiresAt }`;
const REFUND = `id refundNo amount status ${FAILURE}`;
export const CASE = 'id kind amount policy state nextAction note';
const ORDER = `id merchantOrderNo status version refundedAmount expiresAt clientToken payments { ${PAYMENT} }
  refunds { ${REFUND} } cases { ${CASE} } events { id version type status occurredAt }`;
const REFUSED = `... on ErrorResult { code message } ... on InvalidInput { field }`;
const MOVED = `__typename ... on Order { ${ORDER} } ${REFUSED} ... on IllegalTransition { from to allowed }
  ... on PaymentRejected { subCode }`;
const COLLECTED = `__typename ... on Payment { ${PAYMENT} } ${REFUSED} ... on PaymentRejected { subCode }`;

/** Every mutation about an order, by name: the type of its input and what it answers. */
export const MUTATIONS: Readonly<Record<string, { readonly input: string; readonly answer: string }>> = {
  precreateQrCode: { input: 'PrecreateQrCodeInput', answer: COLLECTED },
  payByAuthCode: { input: 'PayByAuthCodeInput', answer: COLLECTED },
  createRedirectPayment: { input: 'CreateRedirectPaymentInput', answer: COLLECTED },
  refundOrder: {
    input: 'RefundOrderInput',
    answer: `__typename ... on Refund { ${REFUND} } ${REFUSED} ... on IllegalTransition { from to allowed }
      ... on RefundExceedsPaid { refundable }`,
  },
  resolveCase: { input: 'ResolveCaseInput', answer: `__typename ... on Case { ${CASE} } ${REFUSED}` },
  ...Object.fromEntries(
    ['syncOrder', 'cancelOrder', 'reverseOrder', 'shipOrder', 'completeOrder', 'returnOrder'].map((name) => [
      name,
      { input: 'OrderActionInput', answer: MOVED },
    ]),
  ),
};

export function mutationOf(name: string): string {
  const { input, answer } = MUTATIONS[name] ?? { input: '', answer: '' };
  return `mutation ($input: ${input}!) { ${name}(input: $input) { ${answer} } }`;
}

export type Moving = 'syncOrder' | 'cancelOrder' | 'reverseOrder' | 'shipOrder' | 'completeOrder' | 'returnOrder';

export interface Counter {
  /** Makes an order of this amount and answers it. */
  open(more?: Variables): Promise<OrderView>;
  /** Asks any mutation about an order. */
  say<Thing>(name: string, input: Variables): Promise<Said<Thing>>;
  /** The answer as it comes, for whoever holds this credential. */
  sayAs(credential: string, name: string, input: Variables): Promise<Answer<Variables>>;
  qrCode(id: string): Promise<Said<Collected>>;
  scanned(id: string, authCode: string): Promise<Said<Collected>>;
  redirect(id: string, more: Variables): Promise<Said<Collected>>;
  move(name: Moving, id: string, reason?: string): Promise<Said<Sale>>;
  refund(id: string, refundNo: string, amount: string): Promise<Said<RefundView>>;
  sale(id: string): Promise<Sale>;
  /** Waits until the order is so. */
  becomes(id: string, isSo: (sale: Sale) => boolean, withinMs?: number): Promise<Sale>;
}

export function counter(door: Door): Counter {
  const say = async <Thing>(name: string, input: Variables): Promise<Said<Thing>> => {
    const data = await dataOf(ask<Record<string, Said<Thing>>>(door, mutationOf(name), { input }));
    const said = data[name];
    if (said === undefined) throw new Error(`${name} answered nothing`);
    return said;
  };
  const sale = async (id: string) => {
    const query = `query ($ref: OrderRef!) { order(ref: $ref) { ${ORDER} } }`;
    const { order } = await dataOf(ask<{ order: Sale | null }>(door, query, { ref: { id } }));
    if (order === null) throw new Error(`no order ${id}`);
    return order;
  };
  return {
    open: (more) => createOrder(door, newOrder(more)),
    say,
    sayAs: (credential, name, input) => askAs(door, credential, { query: mutationOf(name), variables: { input } }),
    qrCode: (id) => say('precreateQrCode', { order: { id } }),
    scanned: (id, authCode) => say('payByAuthCode', { order: { id }, authCode }),
    redirect: (id, more) => say('createRedirectPayment', { order: { id }, ...more }),
    move: (name, id, reason) => say(name, { order: { id }, ...(reason !== undefined && { reason }) }),
    refund: (id, refundNo, amount) => say('refundOrder', { order: { id }, refundNo, amount }),
    sale,
    async becomes(id, isSo, withinMs) {
      await until(() => sale(id), isSo, withinMs);
      // The parts of one answer may be read a moment apart: what is so now is so in all of them.
      return sale(id);
    },
  };
}

/** Nothing is in doubt any more: no payment that may still be paid, no refund on its way. */
export function isQuiet({ payments, refunds }: Sale): boolean {
  const live = ['CREATED', 'AWAITING_BUYER', 'UNKNOWN'];
  return payments.every(({ status }) => !live.includes(status)) && refunds.every(({ status }) => status !== 'PENDING');
}
