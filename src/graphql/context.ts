import DataLoader from 'dataloader';
import { GraphQLError } from 'graphql';
import { type Caller, type MerchantCaller, maySee } from '../merchants/caller.ts';
import type { Decider } from '../merchants/confirm-operation.ts';
import type { ClientTokens } from '../merchants/ports.ts';
import type { Scope } from '../merchants/scopes.ts';
import type { Case } from '../orders/case.ts';
import type { OrderEvent } from '../orders/event.ts';
import type { Feed } from '../orders/feed.ts';
import type { Asker } from '../orders/operation.ts';
import type { Order } from '../orders/order.ts';
import type { Payment } from '../orders/payment.ts';
import type { Clock } from '../orders/ports.ts';
import type { EvidenceHead, OrderReads, OrdersOwn } from '../orders/reads.ts';
import type { Refund } from '../orders/refund.ts';
import type { WakeUps } from '../orders/wake-ups.ts';

/** What every resolver of one request shares. */
export interface Context {
  readonly caller: Caller;
  readonly reads: OrderReads;
  readonly feed: Feed;
  readonly clientTokens: ClientTokens;
  readonly load: Loaders;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  /** Has an order looked at soon that somebody is waiting for. Returns at once and never throws. */
  readonly hurry: (order: Order) => void;
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
  #cases: DataLoader<string, OrdersOwn<Case>[]> | undefined;
  #orders: DataLoader<string, Order | undefined> | undefined;
  #evidence: DataLoader<string, EvidenceHead | undefined> | undefined;

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

  casesOf(orderId: string): Promise<OrdersOwn<Case>[]> {
    this.#cases ??= each((ids) => this.#reads.casesOf(this.#merchantId, ids));
    return this.#cases.load(orderId);
  }

  async evidence(id: string): Promise<EvidenceHead> {
    this.#evidence ??= one((ids) => this.#reads.evidenceByIds(this.#merchantId, ids));
    const evidence = await this.#evidence.load(id);
    if (evidence === undefined) throw new Error(`evidence ${id} has vanished`);
    return evidence;
  }

  async order(orderId: string): Promise<Order> {
    this.#orders ??= one((ids) => this.#reads.ordersByIds(this.#merchantId, ids));
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

function one<Row extends { readonly id: string }>(
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
): DataLoader<string, Row | undefined> {
  return new DataLoader(async (ids) => {
    const byId = new Map((await read([...new Set(ids)])).map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  }, FRESH);
}

/** The merchant whose own system asks, if it may do this. */
export function merchantOf(context: Context, scope: Scope): string {
  return callerWith(context, scope).merchantId;
}

export function callerWith({ caller }: Context, scope: Scope): MerchantCaller {
  if (caller.kind === 'merchant' && caller.scopes.includes(scope)) return caller;
  throw forbidden(WHY[caller.kind](scope));
}

/** A credential that has at least one of these. */
export function callerWithOne(context: Context, scopes: readonly Scope[]): MerchantCaller {
  const { caller } = context;
  const [first = 'admin'] = scopes;
  const has = caller.kind === 'merchant' ? scopes.find((scope) => caller.scopes.includes(scope)) : undefined;
  return callerWith(context, has ?? first);
}

/** Any credential of the merchant's, for what it may do by having asked for it; a terminal's has no scopes. */
export function deciderIn({ caller }: Context): Decider {
  if (caller.kind === 'client') throw forbidden(WHY.client('refunds:confirm'));
  const { merchantId, keyId } = caller;
  return { merchantId, keyId, scopes: caller.kind === 'terminal' ? [] : caller.scopes };
}

/** Who asks for money to go back, for the merchant's policy. */
export function askerIn({ caller }: Context): Asker {
  if (caller.kind === 'client') throw forbidden(WHY.client('refunds:write'));
  return { credentialId: caller.keyId, terminalId: caller.kind === 'terminal' ? caller.terminalId : null };
}

/** The merchant for whom is sold: its own system, if it may do this, or one of its terminals. */
export function sellerOf(context: Context, scope: Scope): string {
  const { caller } = context;
  return caller.kind === 'terminal' ? caller.merchantId : merchantOf(context, scope);
}

/** Nobody is told of an order that is not its own. */
export function mayRead({ caller, clock }: Context, order: Order): boolean {
  if (caller.kind === 'merchant' && !caller.scopes.includes('orders:read'))
    throw forbidden(WHY.merchant('orders:read'));
  return maySee(caller, order, clock.now());
}

const WHY: Readonly<Record<Caller['kind'], (scope: Scope) => string>> = {
  merchant: (scope) => `This credential lacks the scope ${scope}.`,
  terminal: () => 'This credential sells and undoes at its own terminal only.',
  client: () => 'This credential opens one order only.',
};

export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
