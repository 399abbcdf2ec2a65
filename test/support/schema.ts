// The schema with a shop behind it that lives in memory: what the GraphQL edge makes of an order, without I/O.
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { type Context, Loaders } from '../../src/graphql/context.ts';
import { buildGraphQLSchema } from '../../src/graphql/schema.ts';
import type { Caller } from '../../src/merchants/caller.ts';
import type { OrderPageAsked, OrderReads } from '../../src/orders/reads.ts';
import { Turns } from '../../src/orders/turns.ts';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import { type MemoryStore, memoryStore, scriptedChannel } from './memory-ports.ts';
import { ACCOUNT, MERCHANT, newId, standingClock } from './orders.ts';

export const CASHIER: Caller = { kind: 'merchant', merchantId: MERCHANT, keyId: 'k' };

export function memorySchema(store = memoryStore(), channel = scriptedChannel([])): GraphQLSchema {
  return buildGraphQLSchema({
    orders: store,
    channel,
    tokens: { issue: () => 'sub_1', read: () => undefined },
    clock: standingClock(),
    newId,
    turns: new Turns(),
    asking: new Map(),
    accountId: ACCOUNT,
  });
}

/** A shop in memory that answers documents. `asked` are the pages that its list was asked for. */
export function memoryShop(store = memoryStore(), channel = scriptedChannel([])) {
  const schema = memorySchema(store, channel);
  const asked: OrderPageAsked[] = [];
  const reads = readsOf(store, asked);
  async function run(source: string, variables: Record<string, unknown> = {}, caller: Caller = CASHIER) {
    const document = parse(source);
    const errors = validate(schema, document);
    if (errors.length > 0) throw errors[0];
    const contextValue: Context = {
      caller,
      reads,
      clientTokens: { issue: ({ id }) => `client_${id}`, read: () => undefined },
      load: new Loaders(reads, caller.merchantId),
      wakeUps: new WakeUps(),
      onFault: () => undefined,
    };
    const { data, errors: faults } = await execute({ schema, document, contextValue, variableValues: variables });
    return { data: JSON.parse(JSON.stringify(data ?? null)), faults: faults ?? [] };
  }
  return { schema, store, run, asked };
}

function readsOf(store: MemoryStore, asked: OrderPageAsked[]): OrderReads {
  const mine = (merchantId: string, ids: readonly string[]) =>
    [...store.orders.values()].filter((order) => order.merchantId === merchantId && ids.includes(order.id));
  const all = (merchantId: string) => mine(merchantId, [...store.orders.keys()]);
  return {
    orderRow: (merchantId, ref) => store.find(merchantId, ref),
    ordersByIds: async (merchantId, ids) => mine(merchantId, ids),
    paymentsOf: async (merchantId, ids) =>
      mine(merchantId, ids).flatMap(({ id: orderId, payments }) => payments.map((one) => ({ ...one, orderId }))),
    refundsOf: async (merchantId, ids) =>
      mine(merchantId, ids).flatMap(({ id: orderId, refunds }) => refunds.map((one) => ({ ...one, orderId }))),
    eventsOf: async (merchantId, ids) =>
      store.events.filter((event) => event.merchantId === merchantId && ids.includes(event.orderId)),
    eventsAfter: async () => [],
    latestEvent: async () => undefined,
    paymentById: async (merchantId, paymentId) =>
      all(merchantId)
        .flatMap(({ id: orderId, payments }) => payments.map((one) => ({ ...one, orderId })))
        .find(({ id }) => id === paymentId),
    refundById: async (merchantId, refundId) =>
      all(merchantId)
        .flatMap(({ id: orderId, refunds }) => refunds.map((one) => ({ ...one, orderId })))
        .find(({ id }) => id === refundId),
    page: async (merchantId, page) => {
      asked.push(page);
      const orders = all(merchantId).reverse();
      return { orders: orders.slice(0, page.first), hasNextPage: orders.length > page.first };
    },
  };
}
