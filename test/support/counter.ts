// Everything a till can ask of the gateway about one order, and the order with all that belongs to it.
import { graphql } from './gql/gql.ts';
import type {
  CaseDecision,
  CollectedPaymentFragment,
  CounterSaleFragment,
  CreateRedirectPaymentInput,
  MovedSaleFragment,
  OrderActionInput,
  RefundedFragment,
  RefundOrderInput,
  ResolvedFragment,
} from './gql/graphql.ts';
import { ask, type Door, dataOf } from './graphql-client.ts';
import type { Operation, Said } from './operation.ts';
import { createOrder, type NewOrder, newOrder, type OrderView } from './sale.ts';
import { until } from './until.ts';

graphql(`
  fragment CounterPayment on Payment {
    id method status amount outTradeNo tradeNo redirectUrl orderString failure { subCode message messageZh } succeededAt
    qrCode { content svg expiresAt }
  }
`);
graphql(`
  fragment CounterRefund on Refund { id refundNo amount status failure { subCode message messageZh } }
`);
graphql(`
  fragment CounterCase on Case { id kind amount policy state nextAction note }
`);
graphql(`
  fragment CounterSale on Order {
    id merchantOrderNo status version amount refundedAmount expiresAt clientToken payments { ...CounterPayment }
    refunds { ...CounterRefund } cases { ...CounterCase } events { id version type status occurredAt }
  }
`);
graphql(`
  fragment MovedSale on OrderResult {
    __typename ...CounterSale ... on ErrorResult { code message } ... on InvalidInput { field }
    ... on IllegalTransition { from to allowed } ... on PaymentRejected { subCode }
  }
`);
graphql(`
  fragment CollectedPayment on PaymentResult {
    __typename ...CounterPayment ... on ErrorResult { code message } ... on InvalidInput { field }
    ... on PaymentRejected { subCode }
  }
`);
graphql(`
  fragment Refunded on RefundResult {
    __typename ...CounterRefund ... on ErrorResult { code message } ... on InvalidInput { field }
    ... on IllegalTransition { from to allowed } ... on RefundExceedsPaid { refundable }
  }
`);
graphql(`
  fragment Resolved on ResolveCaseResult {
    __typename ...CounterCase ... on ErrorResult { code message } ... on InvalidInput { field }
  }
`);

const MOVES = {
  syncOrder: graphql(`mutation Sync($input: OrderActionInput!) { syncOrder(input: $input) { ...MovedSale } }`),
  cancelOrder: graphql(`mutation Cancel($input: OrderActionInput!) { cancelOrder(input: $input) { ...MovedSale } }`),
  reverseOrder: graphql(`mutation Reverse($input: OrderActionInput!) { reverseOrder(input: $input) { ...MovedSale } }`),
  shipOrder: graphql(`mutation Ship($input: OrderActionInput!) { shipOrder(input: $input) { ...MovedSale } }`),
  completeOrder: graphql(
    `mutation Complete($input: OrderActionInput!) { completeOrder(input: $input) { ...MovedSale } }`,
  ),
  returnOrder: graphql(`mutation Return($input: OrderActionInput!) { returnOrder(input: $input) { ...MovedSale } }`),
};

/** Every mutation about an order, by name. */
export const MUTATIONS = {
  precreateQrCode: graphql(`
    mutation Precreate($input: PrecreateQrCodeInput!) { precreateQrCode(input: $input) { ...CollectedPayment } }
  `),
  payByAuthCode: graphql(`
    mutation PayByCode($input: PayByAuthCodeInput!) { payByAuthCode(input: $input) { ...CollectedPayment } }
  `),
  createRedirectPayment: graphql(`
    mutation Redirect($input: CreateRedirectPaymentInput!) { createRedirectPayment(input: $input) { ...CollectedPayment } }
  `),
  refundOrder: graphql(`mutation GiveBack($input: RefundOrderInput!) { refundOrder(input: $input) { ...Refunded } }`),
  resolveCase: graphql(`mutation Resolve($input: ResolveCaseInput!) { resolveCase(input: $input) { ...Resolved } }`),
  ...MOVES,
};

/** One of them as text, for tables of names and inputs. */
export function mutationOf(name: string): string {
  const byName: Readonly<Record<string, object>> = MUTATIONS;
  return String(byName[name] ?? '');
}

export type Moving = keyof typeof MOVES;
export type Sale = CounterSaleFragment;
export type Collected = Said<CollectedPaymentFragment>;
export type Moved = Said<MovedSaleFragment>;
export type Refunded = Said<RefundedFragment>;
export type Resolved = Said<ResolvedFragment>;

export interface Counter {
  /** Makes an order of this amount and answers it. */
  open(more?: Partial<NewOrder>): Promise<OrderView>;
  qrCode(id: string): Promise<Collected>;
  scanned(id: string, authCode: string): Promise<Collected>;
  redirect(id: string, more: Omit<CreateRedirectPaymentInput, 'order'>): Promise<Collected>;
  move(name: Moving, id: string, reason?: string): Promise<Moved>;
  refund(id: string, refundNo: string, amount: string, more?: Partial<RefundOrderInput>): Promise<Refunded>;
  resolve(caseId: string, decision: CaseDecision, note?: string): Promise<Resolved>;
  sale(id: string): Promise<Sale>;
  /** Waits until the order is so. */
  becomes(id: string, isSo: (sale: Sale) => boolean, withinMs?: number): Promise<Sale>;
}

const READ = graphql(`query ReadCounterSale($ref: OrderRef!) { order(ref: $ref) { ...CounterSale } }`);

export function counter(door: Door): Counter {
  const told = <Data, Input>(operation: Operation<Data, { input: Input }>, input: Input) =>
    dataOf(ask(door, operation, { input }));
  const sale = async (id: string) => {
    const { order } = await dataOf(ask(door, READ, { ref: { id } }));
    if (order === null) throw new Error(`no order ${id}`);
    return order;
  };
  return {
    open: (more) => createOrder(door, newOrder(more)),
    qrCode: async (id) => (await told(MUTATIONS.precreateQrCode, { order: { id } })).precreateQrCode,
    scanned: async (id, authCode) => (await told(MUTATIONS.payByAuthCode, { order: { id }, authCode })).payByAuthCode,
    redirect: async (id, more) =>
      (await told(MUTATIONS.createRedirectPayment, { order: { id }, ...more })).createRedirectPayment,
    async move(name, id, reason) {
      const operation: Operation<Moves, { input: OrderActionInput }> = MOVES[name];
      const moved = (await told(operation, { order: { id }, ...(reason !== undefined && { reason }) }))[name];
      if (moved === undefined) throw new Error(`${name} answered nothing`);
      return moved;
    },
    refund: async (id, refundNo, amount, more) =>
      (await told(MUTATIONS.refundOrder, { order: { id }, refundNo, amount, ...more })).refundOrder,
    resolve: async (caseId, decision, note) =>
      (await told(MUTATIONS.resolveCase, { caseId, decision, ...(note !== undefined && { note }) })).resolveCase,
    sale,
    async becomes(id, isSo, withinMs) {
      await until(() => sale(id), isSo, withinMs);
      // The parts of one answer may be read a moment apart: what is so now is so in all of them.
      return sale(id);
    },
  };
}

type Moves = { readonly [Name in Moving]?: MovedSaleFragment };

/** Nothing is in doubt any more: no payment that may still be paid, no refund on its way. */
export function isQuiet({ payments, refunds }: Sale): boolean {
  const live = ['CREATED', 'AWAITING_BUYER', 'UNKNOWN'];
  return payments.every(({ status }) => !live.includes(status)) && refunds.every(({ status }) => status !== 'PENDING');
}
