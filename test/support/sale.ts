// The documents of a sale, as a till sends them.
import { randomUUID } from 'node:crypto';
import { graphql } from './gql/gql.ts';
import type {
  CreatedFragment,
  CreateOrderInput,
  FollowSaleSubscription,
  OrderRef,
  PrecreatedFragment,
  SoldOrderFragment,
} from './gql/graphql.ts';
import { type Answer, ask, type Door, dataOf, type Feed, openFeed, type Variables } from './graphql-client.ts';
import type { Said } from './operation.ts';
import { until } from './until.ts';

graphql(`
  fragment SoldPayment on Payment {
    id method status amount outTradeNo tradeNo qrCode { content svg expiresAt } succeededAt
  }
`);
graphql(`
  fragment SoldOrder on Order {
    id merchantOrderNo subject amount refundedAmount status version operatorId metadata createdAt expiresAt paidAt
    clientToken payments { ...SoldPayment } events { id version type status occurredAt }
  }
`);
graphql(`
  fragment Created on CreateOrderResult {
    __typename ...SoldOrder ... on ErrorResult { code message } ... on InvalidInput { field }
  }
`);
graphql(`
  fragment Precreated on PaymentResult {
    __typename ...SoldPayment ... on ErrorResult { code message } ... on PaymentRejected { subCode }
  }
`);

export const CREATE = graphql(`
  mutation CreateSale($input: CreateOrderInput!) { createOrder(input: $input) { ...Created } }
`);
export const PRECREATE = graphql(`
  mutation PrecreateSale($order: OrderRef!) { precreateQrCode(input: { order: $order }) { ...Precreated } }
`);
const SELL = graphql(`
  mutation Sell($input: CreateOrderInput!, $order: OrderRef!) {
    createOrder(input: $input) { ...Created }
    precreateQrCode(input: { order: $order }) { ...Precreated }
  }
`);
export const READ = graphql(`query ReadSale($ref: OrderRef!) { order(ref: $ref) { ...SoldOrder } }`);
const FOLLOW = graphql(`
  subscription FollowSale($orderId: ID!, $after: Int) {
    paymentStatus(orderId: $orderId, after: $after) {
      id orderId version type status paymentStatus occurredAt order { id status version amount metadata operatorId }
    }
  }
`);

/** FOLLOW as text, for whoever speaks a protocol by hand. */
export const STATUS = FOLLOW.toString();

export type OrderView = SoldOrderFragment;
export type Created = Said<CreatedFragment>;
export type Precreated = Said<PrecreatedFragment>;
export type StatusEvent = FollowSaleSubscription['paymentStatus'];

export type NewOrder = CreateOrderInput & { readonly merchantOrderNo: string };

/** An order's input under a number of its own. */
export function newOrder(more: Partial<NewOrder> = {}): NewOrder {
  const merchantOrderNo = `T-${randomUUID().slice(0, 13)}`;
  return { merchantOrderNo, amount: '8.88', subject: 'tea + cake 100% 茶', ...more };
}

export async function createOrder(door: Door, input: CreateOrderInput): Promise<Created> {
  return (await dataOf(ask(door, CREATE, { input }))).createOrder;
}

export async function precreate(door: Door, order: OrderRef): Promise<Precreated> {
  return (await dataOf(ask(door, PRECREATE, { order }))).precreateQrCode;
}

/** Both in one document, as a till does. */
export async function sell(
  door: Door,
  input: NewOrder,
): Promise<{ readonly createOrder: Created; readonly precreateQrCode: Precreated }> {
  return dataOf(ask(door, SELL, { input, order: { merchantOrderNo: input.merchantOrderNo } }));
}

export async function readOrder(door: Door, ref: OrderRef): Promise<OrderView | null> {
  return (await dataOf(ask(door, READ, { ref }))).order;
}

/** An order that must exist. */
export async function theOrder(door: Door, merchantOrderNo: string): Promise<OrderView> {
  const order = await readOrder(door, { merchantOrderNo });
  if (order === null) throw new Error(`no order ${merchantOrderNo}`);
  return order;
}

export interface StatusFeed extends Feed<FollowSaleSubscription> {
  events(): StatusEvent[];
  versions(): number[];
  /** Waits until so many events have come. */
  count(count: number, withinMs?: number): Promise<StatusEvent[]>;
}

/** Follows one order over a socket of its own. */
export function follow(
  door: Pick<Door, 'wsUrl' | 'apiKey'>,
  { connectionParams, ...variables }: { orderId: string; after?: number; connectionParams?: Variables },
): StatusFeed {
  const feed = openFeed(door, FOLLOW, { variables, ...(connectionParams !== undefined && { connectionParams }) });
  const events = () => feed.answers.map(eventOf);
  return {
    ...feed,
    events,
    versions: () => events().map(({ version }) => version),
    count: (count, withinMs) => until(events, (seen) => seen.length >= count, withinMs),
  };
}

function eventOf({ data, errors }: Answer<FollowSaleSubscription>): StatusEvent {
  if (data === undefined || data === null) throw new Error(`the feed says ${JSON.stringify(errors)}`);
  return data.paymentStatus;
}
