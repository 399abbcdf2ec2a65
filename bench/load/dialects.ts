// How each contender is asked, and where its answer holds what was asked for.
import type { ContenderName } from '../contenders.ts';
import type { OrderInput } from '../limit/create-order.ts';
import type { PayInput } from '../limit/pay.ts';
import type { RefundInput } from '../limit/refund.ts';

export interface Dialect {
  createOrder(input: OrderInput): Question;
  /** Creates an order and asks for its QR code, in one request. */
  sell(input: OrderInput): Question;
  order(id: string): Question;
  /** Twenty orders, the newest first, from behind a cursor. */
  ordersPage(after: string | null): Question;
  payByAuthCode(input: PayInput): Question;
  refundOrder(input: RefundInput): Question;
  /** The things in an answer's JSON, in the order in which they were asked for; none when there are errors beside them. */
  thingsIn(answer: unknown): readonly unknown[];
}

export interface Question {
  readonly path: string;
  readonly body: object;
}

const FIELDS = 'id merchantOrderNo subject amount refundedAmount status version createdAt expiresAt paidAt';

const CREATE = `mutation CreateOrder($input: CreateOrderInput!) {
  createOrder(input: $input) { __typename ... on Order { ${FIELDS} } ... on ErrorResult { code message } }
}`;

const SELL = `mutation Sell($input: CreateOrderInput!, $code: PrecreateQrCodeInput!) {
  createOrder(input: $input) { __typename ... on Order { ${FIELDS} } ... on ErrorResult { code message } }
  precreateQrCode(input: $code) {
    __typename
    ... on Payment { id method status amount outTradeNo qrCode { content expiresAt } order { id status version } }
    ... on ErrorResult { code message }
  }
}`;

const ORDER = `query Order($ref: OrderRef!) { order(ref: $ref) { ${FIELDS} } }`;

const PAGE = `query Orders($after: String) {
  orders(first: 20, after: $after) { edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage endCursor } }
}`;

const PAY = `mutation Pay($input: PayByAuthCodeInput!) {
  payByAuthCode(input: $input) {
    __typename
    ... on Payment { id method status amount outTradeNo tradeNo succeededAt order { id status version } }
    ... on ErrorResult { code message }
  }
}`;

const REFUND = `mutation Refund($input: RefundOrderInput!) {
  refundOrder(input: $input) {
    __typename
    ... on Refund { id refundNo status amount succeededAt order { id status version refundedAmount } }
    ... on ErrorResult { code message }
  }
}`;

const inGraphQL: Dialect = {
  createOrder: (input) => graphql(CREATE, { input }),
  sell: (input) => graphql(SELL, { input, code: { order: { merchantOrderNo: input.merchantOrderNo } } }),
  order: (id) => graphql(ORDER, { ref: { id } }),
  ordersPage: (after) => graphql(PAGE, { after }),
  payByAuthCode: ({ orderId, authCode }) => graphql(PAY, { input: { order: { id: orderId }, authCode } }),
  refundOrder: ({ orderId, ...refund }) => graphql(REFUND, { input: { order: { id: orderId }, ...refund } }),
  thingsIn(answer) {
    const { data, errors } = fieldsOf(answer);
    return errors === undefined ? Object.values(fieldsOf(data)) : [];
  },
};

const inPaths: Dialect = {
  createOrder: (body) => ({ path: '/orders', body }),
  sell: (body) => ({ path: '/sell', body }),
  order: (id) => ({ path: '/order', body: { id } }),
  ordersPage: (after) => ({ path: '/page', body: { after } }),
  payByAuthCode: (body) => ({ path: '/pay', body }),
  refundOrder: (body) => ({ path: '/refund', body }),
  thingsIn: (answer) => (Array.isArray(answer) ? answer : [answer]),
};

export const dialects: Readonly<Record<ContenderName, Dialect>> = {
  gateway: inGraphQL,
  grown: inGraphQL,
  tutorial: inGraphQL,
  limit: inPaths,
};

function graphql(query: string, variables: object): Question {
  return { path: '/graphql', body: { query, variables } };
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
