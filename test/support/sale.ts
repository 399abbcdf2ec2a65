// The documents of a sale, as a till sends them.
import { randomUUID } from 'node:crypto';
import {
  type Answer,
  type Asked,
  ask,
  type Door,
  dataOf,
  type Feed,
  openFeed,
  type Variables,
} from './graphql-client.ts';
import { until } from './until.ts';

export interface EventView {
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly status: string;
  readonly occurredAt: string;
}

export interface PaymentView {
  readonly id: string;
  readonly method: string;
  readonly status: string;
  readonly amount: string;
  readonly outTradeNo: string;
  readonly tradeNo: string | null;
  readonly qrCode: { readonly content: string; readonly svg: string; readonly expiresAt: string } | null;
  readonly succeededAt: string | null;
}

export interface OrderView {
  readonly id: string;
  readonly merchantOrderNo: string;
  readonly subject: string;
  readonly amount: string;
  readonly refundedAmount: string;
  readonly status: string;
  readonly version: number;
  readonly operatorId: string | null;
  readonly metadata: Variables | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly clientToken: string;
  readonly payments: readonly PaymentView[];
  readonly events: readonly EventView[];
}

/** A refusal: a member of a result union that is not the thing itself. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly subCode?: string;
}

export type Created = { readonly __typename: string } & OrderView & Refusal;
export type Precreated = { readonly __typename: string } & PaymentView & Refusal;

const PAYMENT = `fragment P on Payment {
  id method status amount outTradeNo tradeNo qrCode { content svg expiresAt } succeededAt
}`;
export const ORDER = `fragment O on Order {
  id merchantOrderNo subject amount refundedAmount status version operatorId metadata createdAt expiresAt paidAt
  clientToken payments { ...P } events { id version type status occurredAt }
}
${PAYMENT}`;

const CREATED = '__typename ...O ... on ErrorResult { code message } ... on InvalidInput { field }';
const PRECREATED = '__typename ...P ... on ErrorResult { code message } ... on PaymentRejected { subCode }';

const CREATE = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ${CREATED} } } ${ORDER}`;
const PRECREATE = `mutation ($order: OrderRef!) { precreateQrCode(input: { order: $order }) { ${PRECREATED} } } ${PAYMENT}`;
const SELL = `mutation ($input: CreateOrderInput!, $order: OrderRef!) {
  createOrder(input: $input) { ${CREATED} }
  precreateQrCode(input: { order: $order }) { ${PRECREATED} }
} ${ORDER}`;
const READ = `query ($ref: OrderRef!) { order(ref: $ref) { ...O } } ${ORDER}`;

export type NewOrder = Variables & { readonly merchantOrderNo: string; readonly amount: string };

/** An order's input under a number of its own. */
export function newOrder(more: Variables = {}): NewOrder {
  const merchantOrderNo = `T-${randomUUID().slice(0, 13)}`;
  return { merchantOrderNo, amount: '8.88', subject: 'tea + cake 100% 茶', ...more };
}

export async function createOrder(door: Door, input: Variables): Promise<Created> {
  return (await dataOf(ask<{ createOrder: Created }>(door, CREATE, { input }))).createOrder;
}

export async function precreate(door: Door, order: Variables): Promise<Precreated> {
  return (await dataOf(ask<{ precreateQrCode: Precreated }>(door, PRECREATE, { order }))).precreateQrCode;
}

/** Both in one document, as a till does. */
export async function sell(
  door: Door,
  input: NewOrder,
): Promise<{ createOrder: Created; precreateQrCode: Precreated }> {
  const order = { merchantOrderNo: input.merchantOrderNo };
  return dataOf(ask(door, SELL, { input, order }));
}

export async function readOrder(door: Door, ref: Variables): Promise<OrderView | null> {
  return (await dataOf(ask<{ order: OrderView | null }>(door, READ, { ref }))).order;
}

/** An order that must exist. */
export async function theOrder(door: Door, merchantOrderNo: string): Promise<OrderView> {
  const order = await readOrder(door, { merchantOrderNo });
  if (order === null) throw new Error(`no order ${merchantOrderNo}`);
  return order;
}

export const STATUS = `subscription ($orderId: ID!, $after: Int) {
  paymentStatus(orderId: $orderId, after: $after) {
    id orderId version type status paymentStatus occurredAt order { id status version amount metadata operatorId }
  }
}`;

export interface StatusEvent extends EventView {
  readonly orderId: string;
  readonly paymentStatus: string | null;
  readonly order: Pick<OrderView, 'id' | 'status' | 'version' | 'amount' | 'metadata' | 'operatorId'>;
}

export interface StatusFeed extends Feed<{ paymentStatus: StatusEvent }> {
  events(): StatusEvent[];
  versions(): number[];
  /** Waits until so many events have come. */
  count(count: number, withinMs?: number): Promise<StatusEvent[]>;
}

/** Follows one order over a socket of its own. */
export function follow(
  door: Pick<Door, 'wsUrl' | 'apiKey'>,
  asked: { orderId: string; after?: number; connectionParams?: Variables },
): StatusFeed {
  const { connectionParams, ...variables } = asked;
  const params: Pick<Asked, 'connectionParams'> = connectionParams === undefined ? {} : { connectionParams };
  const feed = openFeed<{ paymentStatus: StatusEvent }>(door, { query: STATUS, variables, ...params });
  const events = () => feed.answers.map(eventOf);
  return {
    ...feed,
    events,
    versions: () => events().map(({ version }) => version),
    count: (count, withinMs) => until(events, (seen) => seen.length >= count, withinMs),
  };
}

function eventOf({ data, errors }: Answer<{ paymentStatus: StatusEvent }>): StatusEvent {
  if (data === undefined || data === null) throw new Error(`the feed says ${JSON.stringify(errors)}`);
  return data.paymentStatus;
}
