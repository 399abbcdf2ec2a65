import type { WebhookEndpoint } from '../deliveries/endpoint.ts';
import { MOST_ENDPOINTS } from '../deliveries/endpoint.ts';
import type { EndpointStore } from '../deliveries/ports.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf, type Statement, type Value } from './statement.ts';
import * as statements from './statements/webhook-endpoints.ts';
import { type EndpointRow, toEndpoint } from './webhook-rows.ts';

export function postgresEndpointStore({ pool }: Pick<Database, 'pool'>): EndpointStore {
  const one = async (statement: Statement, values: Value[]) => {
    const row = await rowOf<EndpointRow>(pool, statement, values);
    return row && toEndpoint(row);
  };
  const isFull = async (merchantId: string) =>
    (await rowOf<{ count: number }>(pool, statements.countEndpoints, [merchantId]))?.count === MOST_ENDPOINTS;
  return {
    async create(endpoint) {
      // Several at once may want the same place: whoever comes second takes the next one.
      while ((await rowOf(pool, statements.addEndpoint, valuesOf(endpoint))) === undefined)
        if (await isFull(endpoint.merchantId)) return 'full';
      return 'created';
    },
    find: (merchantId, id) => one(statements.findEndpoint, [merchantId, id]),
    list: async (merchantId) =>
      (await rowsOf<EndpointRow>(pool, statements.listEndpoints, [merchantId])).map(toEndpoint),
    update: (merchantId, id, { url, description, eventTypes, enabled }, now) =>
      one(statements.updateEndpoint, [
        merchantId,
        id,
        ...[url !== undefined, url ?? null],
        ...[description !== undefined, description ?? null],
        ...[eventTypes !== undefined, eventTypes ?? null],
        ...[enabled ?? null, now],
      ]),
    rotate: (merchantId, id, secret, oldUntil) => one(statements.rotateSecret, [merchantId, id, secret, oldUntil]),
    remove: async (merchantId, id) => (await rowOf(pool, statements.removeEndpoint, [merchantId, id])) !== undefined,
    async disable({ merchantId, id, reason, at, event: { eventId, type, body } }) {
      const values = [merchantId, id, reason, at, eventId, type, body];
      return (await rowOf(pool, statements.disableEndpoint, values)) !== undefined;
    },
  };
}

function valuesOf({ merchantId, id, url, description, eventTypes, keys, createdAt }: WebhookEndpoint): Value[] {
  return [merchantId, id, url, description, eventTypes, keys.secret, createdAt];
}
