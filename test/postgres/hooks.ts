// A merchant with webhook endpoints on a database of the test's own, and events for them.
import type { AttemptMade } from '../../src/deliveries/after-attempt.ts';
import type { Due } from '../../src/deliveries/delivery.ts';
import type { WebhookEndpoint } from '../../src/deliveries/endpoint.ts';
import { newUuid } from '../../src/ids.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { postgresOutboxRelay } from '../../src/postgres/outbox-relay.ts';
import { postgresDeliveryReads, postgresReplays } from '../../src/postgres/webhook-deliveries.ts';
import { postgresEndpointStore } from '../../src/postgres/webhook-endpoints.ts';
import { postgresDeliveryQueue } from '../../src/postgres/webhook-queue.ts';
import { freshDatabase } from '../support/database.ts';
import { sell } from './sales.ts';

export type Hooks = Awaited<ReturnType<typeof openHooks>>;

export async function openHooks() {
  const fresh = await freshDatabase();
  const database: Database = await openDatabase({ url: fresh.url });
  const orders = postgresOrderStore(database);
  const relay = postgresOutboxRelay(database);
  const endpoints = postgresEndpointStore(database);
  const queue = postgresDeliveryQueue(database);
  const rows = async <Row extends object>(sql: string, ...values: unknown[]) =>
    (await database.pool.query<Row>(sql, values)).rows;
  const addMerchant = async () => {
    const merchantId = newUuid(new Date());
    await rows('insert into merchants values ($1, $2, now())', merchantId, 'a');
    return merchantId;
  };
  const place = async (now = new Date()) => {
    while ((await relay.takeOutbox({ limit: 500, now, notify: false })).taken > 0);
  };
  const fanOut = async (now = new Date()) => {
    let looked = 0;
    for (let more = await queue.fanOut(now); more > 0; more = await queue.fanOut(now)) looked += more;
    return looked;
  };
  return {
    url: fresh.url,
    database,
    endpoints,
    queue,
    reads: postgresDeliveryReads(database),
    replays: postgresReplays(database),
    rows,
    addMerchant,
    place,
    fanOut,
    async addEndpoint(merchantId: string, fields: Partial<WebhookEndpoint> = {}): Promise<string> {
      const endpoint = anEndpoint(merchantId, fields);
      if ((await endpoints.create(endpoint)) !== 'created') throw new Error('full');
      return endpoint.id;
    },
    /** Orders with one event each, placed. */
    async sellMany(merchantId: string, count: number): Promise<string[]> {
      const sold = await Promise.all(Array.from({ length: count }, () => sell(orders, { merchantId })));
      await place();
      return sold.map(({ id }) => id);
    },
    /** One more event of an order, placed. Only what webhooks look at is there. */
    async addEvent(merchantId: string, orderId: string, version: number, type = 'payment.succeeded', at = new Date()) {
      await rows(
        `insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, prev_hash, hash)
         values ($1, $2, $3, $4, $5, 'PAID', $6, '{}', repeat('0', 64), repeat('0', 64))`,
        ...[merchantId, orderId, version, newUuid(at), type, at],
      );
      await rows('insert into outbox values ($1, $2, $3)', merchantId, orderId, version);
      await place(at);
    },
    close: () => database.close().finally(fresh.drop),
  };
}

export function anEndpoint(merchantId: string, fields: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  const now = new Date();
  return {
    id: newUuid(now),
    merchantId,
    url: 'https://shop.example/hooks',
    description: null,
    eventTypes: null,
    keys: { secret: 'sealed', oldSecret: null, oldUntil: null },
    createdAt: now,
    disabledAt: null,
    disabledReason: null,
    health: { failures: 0, failingSince: null },
    ...fields,
  };
}

export function answered(statusCode: number, at = new Date()): AttemptMade['attempt'] {
  return { at, statusCode, latencyMs: 7, answer: 'ok', reason: statusCode < 300 ? null : `answered ${statusCode}` };
}

/** The order and version that a delivery is about. */
export function aboutOf({ content }: Due): string {
  return content.kind === 'own' ? content.type : `${content.event.event.orderId} ${content.event.event.version}`;
}
