// How each side is asked, and where its answer holds the order.
import type { OrderInput } from './limit-work.ts';

export type SideName = 'gateway' | 'limit';

export interface Dialect {
  createOrder(input: OrderInput): Question;
  order(id: string): Question;
  /** The order in an answer's JSON; undefined when it holds none, or errors beside it. */
  orderIn(answer: unknown): unknown;
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

export const dialects: Readonly<Record<SideName, Dialect>> = {
  gateway: {
    createOrder: (input) => ({ path: '/graphql', body: { query: CREATE, variables: { input } } }),
    order: (id) => ({ path: '/graphql', body: { query: ORDER, variables: { ref: { id } } } }),
    orderIn(answer) {
      const { data, errors } = fieldsOf(answer);
      if (errors !== undefined) return undefined;
      const { createOrder, order } = fieldsOf(data);
      return createOrder ?? order;
    },
  },
  limit: {
    createOrder: (input) => ({ path: '/orders', body: input }),
    order: (id) => ({ path: '/order', body: { id } }),
    orderIn: (answer) => answer,
  },
};

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
