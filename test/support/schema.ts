// The schema with a shop behind it that lives in memory: what the GraphQL edge makes of an order, without I/O.
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { type Context, Loaders } from '../../src/graphql/context.ts';
import { buildGraphQLSchema } from '../../src/graphql/schema.ts';
import type { Caller, MerchantCaller } from '../../src/merchants/caller.ts';
import { SCOPES } from '../../src/merchants/scopes.ts';
import type { Order } from '../../src/orders/order.ts';
import type { CasePageAsked, OrderPageAsked, OrderReads } from '../../src/orders/reads.ts';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import type { Variables } from './graphql-client.ts';
import { memoryAdministration } from './memory-apps.ts';
import { memoryConfirmations } from './memory-confirmations.ts';
import { memoryFeed } from './memory-feed.ts';
import { memoryKeys } from './memory-keys.ts';
import { aDesk, type MemoryStore, memoryStore, scriptedChannel } from './memory-ports.ts';
import { memorySettings } from './memory-settings.ts';
import { noWebhooks } from './no-webhooks.ts';
import type { Operation, Told } from './operation.ts';
import { ACCOUNT, MERCHANT, NOON, newId, standingClock } from './orders.ts';

export const CASHIER: MerchantCaller = { kind: 'merchant', merchantId: MERCHANT, keyId: newId(), scopes: SCOPES };

export function memorySchema(store = memoryStore(), channel = scriptedChannel({})): GraphQLSchema {
  const desk = aDesk(store, channel);
  const confirmations = memoryConfirmations().needs;
  return buildGraphQLSchema({
    ...desk,
    confirmations: { ...confirmations, desk },
    tokens: { issue: () => 'sub_1', read: () => undefined },
    sellingAccount: async () => ACCOUNT,
    ...memoryAdministration(),
    hashAuthCode: (merchantId, authCode) => `${merchantId} ${authCode}`,
    authCodeDeadlineMs: 60_000,
    returnUrl: 'https://shop.example/return',
    webhooks: { ...noWebhooks(), confirmations },
    keys: memoryKeys().needs,
    auditLog: { page: async () => ({ notes: [], hasNextPage: false }) },
    cases: {
      find: async (merchantId, id) => casesIn(store, merchantId).find((one) => one.id === id),
      close: async () => true,
    },
    settings: memorySettings().settings,
  });
}

/** A shop in memory that answers documents. `asked` are the pages that its lists were asked for. */
export function memoryShop(store = memoryStore(), channel = scriptedChannel({})) {
  const schema = memorySchema(store, channel);
  const asked: (OrderPageAsked | CasePageAsked)[] = [];
  const hurried: string[] = [];
  const reads = readsOf(store, asked);
  /** What no type may vouch for: wrong on purpose, or put together as the test runs. */
  async function runRaw(source: string, variables: Variables = {}, caller: Caller = CASHIER) {
    const document = parse(source);
    const errors = validate(schema, document);
    if (errors.length > 0) throw errors[0];
    const contextValue = { ...memoryContext(caller, store, reads), hurry: ({ id }: Order) => hurried.push(id) };
    const { data, errors: faults } = await execute({ schema, document, contextValue, variableValues: variables });
    return { data: JSON.parse(JSON.stringify(data ?? null)), faults: faults ?? [] };
  }
  /** What was refused has no data: whoever reads it all the same fails there. */
  async function run<Data, Sent extends Variables>(operation: Operation<Data, Sent>, variables: Sent, caller?: Caller) {
    const { data, faults } = await runRaw(operation.toString(), variables, caller);
    const told: Told<Data> = data;
    return { data: told, faults };
  }
  return { schema, store, run, runRaw, reads, asked, hurried };
}

/** What resolvers share in a shop in memory. */
export function memoryContext(caller: Caller, store = memoryStore(), reads = readsOf(store, [])): Context {
  return {
    caller,
    reads,
    clientTokens: { issue: ({ id }) => `client_${id}`, read: () => undefined },
    load: new Loaders(reads, caller.merchantId),
    wakeUps: new WakeUps(),
    feed: memoryFeed(store.events),
    clock: standingClock(),
    hurry: () => undefined,
    onFault: () => undefined,
  };
}

/** Newest first. */
function casesIn(store: MemoryStore, merchantId: string) {
  const mine = [...store.orders.values()].filter((order) => order.merchantId === merchantId);
  return mine.flatMap(({ cases }) => cases).reverse();
}

function readsOf(store: MemoryStore, asked: (OrderPageAsked | CasePageAsked)[]): OrderReads {
  const mine = (merchantId: string, ids: readonly string[]) =>
    [...store.orders.values()].filter((order) => order.merchantId === merchantId && ids.includes(order.id));
  const all = (merchantId: string) => mine(merchantId, [...store.orders.keys()]);
  return {
    orderRow: (merchantId, ref) => store.find(merchantId, ref),
    wholeOrder: (merchantId, id) => store.find(merchantId, { id }),
    ordersByIds: async (merchantId, ids) => mine(merchantId, ids),
    paymentsOf: async (merchantId, ids) =>
      mine(merchantId, ids).flatMap(({ id: orderId, payments }) => payments.map((one) => ({ ...one, orderId }))),
    refundsOf: async (merchantId, ids) =>
      mine(merchantId, ids).flatMap(({ id: orderId, refunds }) => refunds.map((one) => ({ ...one, orderId }))),
    eventsOf: async (merchantId, ids) =>
      store.events.filter((event) => event.merchantId === merchantId && ids.includes(event.orderId)),
    news: async () => undefined,
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
    casesOf: async (merchantId, ids) =>
      mine(merchantId, ids).flatMap(({ id: orderId, cases }) => cases.map((one) => ({ ...one, orderId }))),
    caseById: async (merchantId, id) => casesIn(store, merchantId).find((one) => one.id === id),
    casePage: async (merchantId, page) => {
      asked.push(page);
      const { first, state, kind } = page;
      const cases = casesIn(store, merchantId).filter(
        (one) => (state?.includes(one.state) ?? true) && (kind?.includes(one.kind) ?? true),
      );
      return { cases: cases.slice(0, first), hasNextPage: cases.length > first };
    },
    bundle: async (merchantId, id) => {
      const order = await store.find(merchantId, { id });
      const events = store.events.filter((event) => event.orderId === id);
      const seller = { sellerId: null, appIds: [] };
      return (
        order && { order, seller, payments: order.payments, refunds: order.refunds, events, messages: [], keys: [] }
      );
    },
    evidenceByIds: async (_, ids) => ids.map((id) => ({ id, kind: 'notification' as const, receivedAt: NOON })),
  };
}
