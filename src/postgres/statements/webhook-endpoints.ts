import { MOST_ENDPOINTS } from '../../deliveries/endpoint.ts';
import type { Statement } from '../statement.ts';
import { deliveryId, endpointColumns, hears, readerOf } from './webhook-parts.ts';

/** In the first free place, with a reader at the end of the feed. No row: there was none, or somebody has just taken it. */
export const addEndpoint: Statement = {
  name: 'webhook-endpoint-add',
  text: `
    with free as (
      select min(n) as place from generate_series(1, ${MOST_ENDPOINTS}) n
      where not exists (select from webhook_endpoints h where h.merchant_id = $1 and h.place = n)
    ), added as (
      insert into webhook_endpoints (merchant_id, id, place, url, description, event_types, secret, created_at)
      select $1::uuid, $2::uuid, place, $3, $4, $5::text[], $6, $7::timestamptz from free where place is not null
      on conflict (merchant_id, place) do nothing returning merchant_id, id
    ), reading as (
      insert into feed_readers (merchant_id, name, position)
      select a.merchant_id, ${readerOf('a.id')},
        coalesce((select f.last_position from merchant_feeds f where f.merchant_id = a.merchant_id), 0)
      from added a
    )
    select place from free where exists (select from added)`,
};

export const countEndpoints: Statement = {
  name: 'webhook-endpoint-count',
  text: `select count(*)::int as count from webhook_endpoints where merchant_id = $1`,
};

export const findEndpoint: Statement = {
  name: 'webhook-endpoint-find',
  text: `select ${endpointColumns} from webhook_endpoints h where h.merchant_id = $1 and h.id = $2`,
};

export const listEndpoints: Statement = {
  name: 'webhook-endpoint-list',
  text: `select ${endpointColumns} from webhook_endpoints h where h.merchant_id = $1 order by h.id`,
};

/** $3, $5, $7 and $9 say which of the values that follow them are new. */
export const updateEndpoint: Statement = {
  name: 'webhook-endpoint-update',
  text: `
    update webhook_endpoints h set
      url = case when $3::boolean then $4 else url end,
      description = case when $5::boolean then $6 else description end,
      event_types = case when $7::boolean then $8::text[] else event_types end,
      disabled_at = case when $9::boolean is null then disabled_at when $9 then null else coalesce(disabled_at, $10) end,
      disabled_reason = case when $9::boolean is null then disabled_reason when $9 then null
        else coalesce(disabled_reason, 'MERCHANT') end,
      failures = case when $9::boolean then 0 else failures end,
      failing_since = case when $9::boolean then null else failing_since end,
      rests_until = case when $9::boolean then null else rests_until end
    where h.merchant_id = $1 and h.id = $2
    returning ${endpointColumns}`,
};

export const rotateSecret: Statement = {
  name: 'webhook-endpoint-rotate',
  text: `
    update webhook_endpoints h set old_secret = secret, old_until = $4, secret = $3
    where h.merchant_id = $1 and h.id = $2
    returning ${endpointColumns}`,
};

/** Its deliveries are out of sight at once, and forgotten like all others. */
export const removeEndpoint: Statement = {
  name: 'webhook-endpoint-remove',
  text: `
    with removed as (
      delete from webhook_endpoints where merchant_id = $1 and id = $2 returning merchant_id, id
    ), reader as (
      delete from feed_readers r using removed where r.merchant_id = removed.merchant_id and r.name = ${readerOf('removed.id')}
    )
    select id from removed`,
};

/** $5 and $6 are the event that says so, $7 its body; the merchant's other endpoints are owed it. */
export const disableEndpoint: Statement = {
  name: 'webhook-endpoint-disable',
  text: `
    with disabled as (
      update webhook_endpoints set disabled_at = $4::timestamptz, disabled_reason = $3
      where merchant_id = $1 and id = $2 and disabled_at is null returning merchant_id, id
    ), told as (
      insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, event_type, body, status, created_at)
      select h.merchant_id, ${deliveryId('h.id', '$5::uuid')}, h.id, $5::uuid, $6::text, $7::text, 'PENDING', $4::timestamptz
      from disabled x join webhook_endpoints h on h.merchant_id = x.merchant_id and h.id <> x.id
      where h.disabled_at is null and ${hears('h.event_types', '$6::text')}
      returning merchant_id, endpoint_id, id
    ), queued as (
      insert into webhook_queue (merchant_id, endpoint_id, lane, turn, delivery_id, due_at)
      select merchant_id, endpoint_id, id, 1, id, $4::timestamptz from told
    )
    select id from disabled`,
};

/** Sealed secrets of all endpoints. */
export const sealedOfEndpoints: Statement = {
  name: 'webhook-endpoints-sealed',
  text: 'select merchant_id, id, secret, old_secret from webhook_endpoints',
};

/** $1 merchant, $2–$4 the note, $5 endpoint, $6, $7 as they were, $8, $9 as they are now. No row: somebody has changed them. */
export const resealEndpoint: Statement = {
  name: 'webhook-endpoint-reseal',
  text: `
    with resealed as (
      update webhook_endpoints set secret = $8, old_secret = $9
      where merchant_id = $1 and id = $5 and secret = $6 and old_secret is not distinct from $7
      returning merchant_id, id
    ), noted as (
      insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
      select merchant_id, $2, $3, $4::timestamptz, 'webhook_endpoint.resealed', id, '{}'::jsonb from resealed
    )
    select 1 from resealed`,
};
