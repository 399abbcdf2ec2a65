// What the edges read. Every read is bound to one merchant: another's id is as if it did not exist.
import type { Bundle } from './bundle.ts';
import type { Case, CaseKind, CaseState } from './case.ts';
import type { OrderEvent } from './event.ts';
import type { Order, OrderRef, OrderStatus, WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';
import type { Evidence } from './ports.ts';
import type { Refund } from './refund.ts';

export interface OrderReads {
  orderRow(merchantId: string, ref: OrderRef): Promise<Order | undefined>;
  /** With its payments, refunds and cases. */
  wholeOrder(merchantId: string, id: string): Promise<WholeOrder | undefined>;
  /** In no particular order; an unknown id is left out. */
  ordersByIds(merchantId: string, ids: readonly string[]): Promise<readonly Order[]>;
  /** Of each order, oldest first. */
  paymentsOf(merchantId: string, orderIds: readonly string[]): Promise<readonly OrdersOwn<Payment>[]>;
  /** Of each order, oldest first. */
  refundsOf(merchantId: string, orderIds: readonly string[]): Promise<readonly OrdersOwn<Refund>[]>;
  /** Of each order, oldest first. */
  eventsOf(merchantId: string, orderIds: readonly string[]): Promise<readonly OrderEvent[]>;
  /**
   * What has happened to an order since a version, with the order as it then was. Undefined when nothing has, unless it may be
   * over, and when there is no such order.
   */
  news(merchantId: string, orderId: string, since: Since): Promise<News | undefined>;
  paymentById(merchantId: string, id: string): Promise<OrdersOwn<Payment> | undefined>;
  refundById(merchantId: string, id: string): Promise<OrdersOwn<Refund> | undefined>;
  /** Newest first. */
  page(merchantId: string, asked: OrderPageAsked): Promise<OrderPage>;
  /** Of each order, oldest first. */
  casesOf(merchantId: string, orderIds: readonly string[]): Promise<readonly OrdersOwn<Case>[]>;
  caseById(merchantId: string, id: string): Promise<Case | undefined>;
  /** Newest first. */
  casePage(merchantId: string, asked: CasePageAsked): Promise<CasePage>;
  /** In no particular order; an unknown id is left out. */
  evidenceByIds(merchantId: string, ids: readonly string[]): Promise<readonly EvidenceHead[]>;
  /** Everything that proves one order. */
  bundle(merchantId: string, orderId: string): Promise<Bundle | undefined>;
}

/** A part of an order, with the order's id. */
export type OrdersOwn<Part> = Part & { readonly orderId: string };

export interface Since {
  /** null: only the latest event. */
  readonly version: number | null;
  readonly limit: number;
}

export interface News {
  /** With a greater version, oldest first, at most `limit`. */
  readonly events: readonly OrderEvent[];
  readonly order: Order;
}

export interface OrderPageAsked {
  /** At least 1. */
  readonly first: number;
  /** The order after which the page begins. */
  readonly afterId?: string | undefined;
  readonly status?: readonly OrderStatus[] | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly storeId?: string | undefined;
  readonly terminalId?: string | undefined;
  /** How a merchantOrderNo begins, a whole out_trade_no, or a part of the subject in either case. */
  readonly search?: string | undefined;
}

export interface OrderPage {
  readonly orders: readonly Order[];
  readonly hasNextPage: boolean;
}

export interface CasePageAsked {
  /** At least 1. */
  readonly first: number;
  /** The case after which the page begins. */
  readonly afterId?: string | undefined;
  readonly state?: readonly CaseState[] | undefined;
  readonly kind?: readonly CaseKind[] | undefined;
}

export interface CasePage {
  readonly cases: readonly Case[];
  readonly hasNextPage: boolean;
}

/** That a signed message came and when, never what it said. */
export type EvidenceHead = Pick<Evidence, 'id' | 'kind' | 'receivedAt'>;
