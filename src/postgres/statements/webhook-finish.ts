import type { Statement } from '../statement.ts';
import { HOLD } from './webhook-take.ts';

/** The row of the queue: the endpoint $2, the lane $4, the turn $5, held as $6. */
const HELD = `merchant_id = $1 and endpoint_id = $2 and lane = $4 and turn = $5 and ${HOLD} = $6`;

/**
 * Writes down an attempt and what follows, if the hold has not been lost: the status $7 of the delivery $3 (PENDING until it
 * is tried again at $8), how the endpoint is ($9: it answered well) and until when it rests ($10). The next one of the lane
 * goes at once, or after this one's next attempt. The delivery is locked first, as by everybody who touches both.
 */
export const finishAttempt: Statement = {
  name: 'webhook-finish',
  text: `
    with delivery as materialized (
      select merchant_id, id from webhook_deliveries where merchant_id = $1 and id = $3 for update
    ), gone as (
      delete from webhook_queue where ${HELD} and $7::text <> 'PENDING' and exists (select from delivery) returning 1
    ), again as (
      update webhook_queue set taken_until = null, tries = tries + 1, due_at = $8
      where ${HELD} and $7 = 'PENDING' and exists (select from delivery) returning 1
    ), mine as materialized (
      select 1 from gone union all select 1 from again
    ), followers as (
      update webhook_queue set due_at = coalesce($8, $11)
      where merchant_id = $1 and endpoint_id = $2 and lane = $4 and turn > $5 and exists (select from mine)
    ), noted as (
      insert into webhook_attempts (merchant_id, delivery_id, number, at, status_code, latency_ms, answer, reason)
      select d.merchant_id, d.id, 1 + coalesce((
        select max(a.number) from webhook_attempts a where a.merchant_id = d.merchant_id and a.delivery_id = d.id
      ), 0), $11::timestamptz, $12, $13, $14, $15
      from delivery d where exists (select from mine)
    ), finished as (
      update webhook_deliveries set status = $7, finished_at = $11::timestamptz
      where merchant_id = $1 and id = $3 and $7 <> 'PENDING' and exists (select from mine)
    ), health as (
      update webhook_endpoints set
        failures = case when $9::boolean then 0 else failures + 1 end,
        failing_since = case when $9 then null else coalesce(failing_since, $11) end,
        rests_until = case when $9 then null else greatest(rests_until, $10) end
      where merchant_id = $1 and id = $2 and (not $9 or failures > 0) and exists (select from mine)
      returning failures, failing_since
    )
    select h.failures, h.failing_since from mine left join health h on true`,
};
