// How each side is asked, and where its answer holds the order.
import type { PayInput } from './limit-pay.ts';
import type { RefundInput } from './limit-refund.ts';
import type { OrderInput } from './limit-work.ts';

export type SideName = 'gateway' | 'limit';

export interface Dialect {
  createOrder(input: OrderInput): Question;
  order(id: string): Question;
  payByAuthCode(input: PayInput): Question;
  refundOrder(input: RefundInput): Question;
  /** The order, payment or refund in an answer's JSON; undefined when it holds none, or errors beside it. */
  thingIn(answer: unknown): unknown;
}

export interface Question {
  readonly path: string;
  readonly body: object;
}

const FIELDS = 'id merchantOrderNo subject amount refundedAmount status version createdAt expiresAt paidAt';

const CREATE = `mutation CreateOrder($input: CreateOrderInput!) {
  createOrder(input: $input) { __typename ... on Order { ${FIELDS} } ... on ErrorResult { code message } }
}`;

const ORDER = `query Order($ref: OrderRef!) { order(ref: $ref) { ${FIELDS} } }`;

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

export const dialects: Readonly<Record<SideName, Dialect>> = {
  gateway: {
    createOrder: (input) => graphql(CREATE, { input }),
    order: (id) => graphql(ORDER, { ref: { id } }),
    payByAuthCode: ({ orderId, authCode }) => graphql(PAY, { input: { order: { id: orderId }, authCode } }),
    refundOrder: ({ orderId, ...refund }) => graphql(REFUND, { input: { order: { id: orderId }, ...refund } }),
    thingIn(answer) {
      const { data, errors } = fieldsOf(answer);
      return errors === undefined ? Object.values(fieldsOf(data))[0] : undefined;
    },
  },
  limit: {
    createOrder: (input) => ({ path: '/orders', body: input }),
    order: (id) => ({ path: '/order', body: { id } }),
    payByAuthCode: (body) => ({ path: '/pay', body }),
    refundOrder: (body) => ({ path: '/refund', body }),
    thingIn: (answer) => answer,
  },
};

function graphql(query: string, variables: object): Question {
  return { path: '/graphql', body: { query, variables } };
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
