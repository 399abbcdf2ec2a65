import DataLoader from 'dataloader';
import { GraphQLError } from 'graphql';
import type { Caller } from '../merchants/caller.ts';
import type { ClientTokens } from '../merchants/ports.ts';
import type { OrderEvent } from '../orders/event.ts';
import type { Order } from '../orders/order.ts';
import type { Payment } from '../orders/payment.ts';
import type { OrderReads, OrdersOwn } from '../orders/reads.ts';
import type { Refund } from '../orders/refund.ts';
import type { WakeUps } from '../orders/wake-ups.ts';

/** What every resolver of one request shares. */
export interface Context {
  readonly caller: Caller;
  readonly reads: OrderReads;
  readonly clientTokens: ClientTokens;
  readonly load: Loaders;
  readonly wakeUps: WakeUps;
  /** For faults that end nothing and that no caller hears of. */
  readonly onFault: (error: unknown) => void;
}

/** Reads that arrive in the same moment share one statement, so that a page of orders asks once for all. */
export class Loaders {
  readonly #reads: OrderReads;
  readonly #merchantId: string;
  #payments: DataLoader<string, OrdersOwn<Payment>[]> | undefined;
  #refunds: DataLoader<string, OrdersOwn<Refund>[]> | undefined;
  #events: DataLoader<string, OrderEvent[]> | undefined;
  #orders: DataLoader<string, Order | undefined> | undefined;

  constructor(reads: OrderReads, merchantId: string) {
    this.#reads = reads;
    this.#merchantId = merchantId;
  }

  paymentsOf(orderId: string): Promise<OrdersOwn<Payment>[]> {
    this.#payments ??= each((ids) => this.#reads.paymentsOf(this.#merchantId, ids));
    return this.#payments.load(orderId);
  }

  refundsOf(orderId: string): Promise<OrdersOwn<Refund>[]> {
    this.#refunds ??= each((ids) => this.#reads.refundsOf(this.#merchantId, ids));
    return this.#refunds.load(orderId);
  }

  eventsOf(orderId: string): Promise<OrderEvent[]> {
    this.#events ??= each((ids) => this.#reads.eventsOf(this.#merchantId, ids));
    return this.#events.load(orderId);
  }

  async order(orderId: string): Promise<Order> {
    this.#orders ??= new DataLoader(async (ids) => {
      const orders = await this.#reads.ordersByIds(this.#merchantId, ids);
      return ids.map((id) => orders.find((order) => order.id === id));
    }, FRESH);
    const order = await this.#orders.load(orderId);
    if (order === undefined) throw new Error(`order ${orderId} has vanished`);
    return order;
  }
}

/** Nothing is remembered: in one document a mutation may come between two reads. */
const FRESH = { cache: false, maxBatchSize: 200 };

function each<Part extends { readonly orderId: string }>(
  read: (orderIds: readonly string[]) => Promise<readonly Part[]>,
): DataLoader<string, Part[]> {
  return new DataLoader(async (orderIds) => {
    const byOrder = Map.groupBy(await read([...new Set(orderIds)]), (part) => part.orderId);
    return orderIds.map((orderId) => byOrder.get(orderId) ?? []);
  }, FRESH);
}

/** The merchant who asks. A client token opens one order for reading and nothing else. */
export function merchantOf({ caller }: Context): string {
  if (caller.kind === 'merchant') return caller.merchantId;
  throw new GraphQLError('This credential opens one order only.', { extensions: { code: 'FORBIDDEN' } });
}
