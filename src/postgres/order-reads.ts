import type { EvidenceHead, News, OrderReads, Since } from '../orders/reads.ts';
import { findBundle } from './bundles.ts';
import { byId } from './by-id.ts';
import type { Database } from './database.ts';
import {
  type CaseRow,
  type EventRow,
  type OrderRow,
  type PaymentRow,
  type RefundRow,
  toCase,
  toEvent,
  toOrder,
  toOwnedPayment,
  toOwnedRefund,
  toWholeOrder,
  type WholeOrderRow,
} from './rows.ts';
import { rowOf, rowsOf } from './statement.ts';
import { casePage, caseRowById, casesOfOrders, evidenceHeads, openCasePage } from './statements/cases.ts';
import { findOrdersById } from './statements/find-order.ts';
import { newsOfOrders } from './statements/news.ts';
import { orderPageFor } from './statements/order-page.ts';
import {
  eventsOfOrders,
  paymentRowById,
  paymentsOfOrders,
  refundRowById,
  refundsOfOrders,
} from './statements/order-parts.ts';
import { orderRowByNumber, orderRowsByIds } from './statements/order-row.ts';
import { timestamp } from './timestamps.ts';
import { together } from './together.ts';

type EvidenceHeadRow = Pick<EvidenceHead, 'id' | 'kind'> & { readonly received_at: string };

interface NewsAsked extends Since {
  readonly merchantId: string;
  readonly orderId: string;
}

interface NewsRow extends OrderRow {
  /** Which of those asked for, from 1. */
  readonly place: number;
  readonly events: readonly EventRow[] | null;
}

function toNews(row: NewsRow | undefined): News | undefined {
  return row && { order: toOrder(row), events: (row.events ?? []).map(toEvent) };
}

export function postgresOrderReads({ pool }: Pick<Database, 'pool'>): OrderReads {
  const rowById = byId<OrderRow>(pool, orderRowsByIds);
  const whole = byId<WholeOrderRow>(pool, findOrdersById);
  const newsOf = together<NewsAsked, News | undefined>({
    groupOf: ({ merchantId, limit }) => `${merchantId} ${limit}`,
    async run(asked) {
      const [ids, versions] = [asked.map(({ orderId }) => orderId), asked.map(({ version }) => String(version ?? -1))];
      const values = [asked[0]?.merchantId ?? null, ids, versions, asked[0]?.limit ?? 0];
      const rows = await rowsOf<NewsRow>(pool, newsOfOrders, values);
      const found = new Map(rows.map((row) => [row.place, row]));
      return asked.map((_, index) => toNews(found.get(index + 1)));
    },
  });
  return {
    async orderRow(merchantId, ref) {
      const row =
        'id' in ref
          ? await rowById({ merchantId, id: ref.id })
          : await rowOf<OrderRow>(pool, orderRowByNumber, [merchantId, ref.merchantOrderNo]);
      return row && toOrder(row);
    },
    async wholeOrder(merchantId, id) {
      const row = await whole({ merchantId, id });
      return row && toWholeOrder(row);
    },
    async ordersByIds(merchantId, ids) {
      return (await rowsOf<OrderRow>(pool, orderRowsByIds, [merchantId, ids])).map(toOrder);
    },
    async paymentsOf(merchantId, orderIds) {
      return (await rowsOf<PaymentRow>(pool, paymentsOfOrders, [merchantId, orderIds])).map(toOwnedPayment);
    },
    async refundsOf(merchantId, orderIds) {
      return (await rowsOf<RefundRow>(pool, refundsOfOrders, [merchantId, orderIds])).map(toOwnedRefund);
    },
    async eventsOf(merchantId, orderIds) {
      return (await rowsOf<EventRow>(pool, eventsOfOrders, [merchantId, orderIds])).map(toEvent);
    },
    news: (merchantId, orderId, since) => newsOf({ merchantId, orderId, ...since }),
    async paymentById(merchantId, id) {
      const row = await rowOf<PaymentRow>(pool, paymentRowById, [merchantId, id]);
      return row && toOwnedPayment(row);
    },
    async refundById(merchantId, id) {
      const row = await rowOf<RefundRow>(pool, refundRowById, [merchantId, id]);
      return row && toOwnedRefund(row);
    },
    async casesOf(merchantId, orderIds) {
      const rows = await rowsOf<CaseRow>(pool, casesOfOrders, [merchantId, orderIds]);
      return rows.map((row) => ({ ...toCase(row), orderId: row.order_id ?? '' }));
    },
    async caseById(merchantId, id) {
      const row = await rowOf<CaseRow>(pool, caseRowById, [merchantId, id]);
      return row && toCase(row);
    },
    async casePage(merchantId, { first, afterId, state, kind }) {
      const values = [merchantId, first + 1, afterId ?? null, kind ?? null];
      const open = state?.length === 1 && state[0] === 'OPEN';
      const rows = open
        ? await rowsOf<CaseRow>(pool, openCasePage, values)
        : await rowsOf<CaseRow>(pool, casePage, [...values, state ?? null]);
      return { cases: rows.slice(0, first).map(toCase), hasNextPage: rows.length > first };
    },
    async evidenceByIds(merchantId, ids) {
      const rows = await rowsOf<EvidenceHeadRow>(pool, evidenceHeads, [merchantId, ids]);
      return rows.map(({ id, kind, received_at }) => ({ id, kind, receivedAt: timestamp(received_at) }));
    },
    bundle: (merchantId, orderId) => findBundle({ pool }, merchantId, orderId),
    async page(merchantId, asked) {
      const { statement, values } = orderPageFor(merchantId, asked);
      const rows = await rowsOf<OrderRow>(pool, statement, values);
      return { orders: rows.slice(0, asked.first).map(toOrder), hasNextPage: rows.length > asked.first };
    },
  };
}
