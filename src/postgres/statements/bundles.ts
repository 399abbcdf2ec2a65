import { eventColumns, wholeOrderColumns } from '../columns.ts';
import { only, type Statement } from '../statement.ts';

const messageColumns = `m.id, m.merchant_id, m.order_id, m.kind, m.notify_id, m.received_at, encode(m.bytes, 'base64') as bytes,
  m.verdict, m.key_id, m.digest`;

/** An order `o` with all that vouches for it. One statement, so that all of it is of one moment. */
const bundleColumns = `${wholeOrderColumns},
  (select json_agg(e) from (select ${eventColumns} from order_events e
    where e.merchant_id = o.merchant_id and e.order_id = o.id order by e.version) e) as events,
  (select json_agg(m) from (select ${messageColumns} from evidence m
    where m.merchant_id = o.merchant_id and m.id = any (array(
      select e.evidence_id from order_events e
      where e.merchant_id = o.merchant_id and e.order_id = o.id and e.evidence_id is not null))
    order by m.id) m) as messages,
  (select a.seller_id from accounts a where a.merchant_id = o.merchant_id and a.id = o.account_id) as seller_id,
  array(select coalesce(p.provider_app_id, p.app_id) from apps p where p.merchant_id = o.merchant_id and p.account_id = o.account_id) as app_ids`;

export const bundleOfOrder: Statement = {
  name: 'bundle-of-order',
  text: `select ${bundleColumns} from orders o where o.merchant_id = $1 and o.id = ${only('$2', 'uuid')}`,
};

/** The next orders by their key: a walk over all of them that holds a handful at a time. `$3`: those made since. */
export const nextBundles: Statement = {
  name: 'bundles-next',
  text: `select ${bundleColumns} from orders o
    where (o.merchant_id, o.id) > ($1::uuid, $2::uuid) and o.id >= $3::uuid
    order by o.merchant_id, o.id limit $4`,
};

/**
 * The next messages by their key, each with whether one of its order's events names it. A scalar sub-select: for
 * "exists" the planner would rather read all events into memory.
 */
export const nextMessages: Statement = {
  name: 'messages-next',
  text: `select ${messageColumns}, coalesce((
      select true from order_events e
      where e.merchant_id = m.merchant_id and e.order_id = m.order_id and e.evidence_id = m.id limit 1
    ), false) as named
    from evidence m where (m.merchant_id, m.id) > ($1::uuid, $2::uuid) and m.id >= $3::uuid
    order by m.merchant_id, m.id limit $4`,
};

/** The next events by their key, each with whether its order is missing. */
export const nextEventKeys: Statement = {
  name: 'event-keys-next',
  text: `select e.merchant_id, e.order_id, e.version, coalesce((
      select false from orders o where o.merchant_id = e.merchant_id and o.id = e.order_id
    ), true) as orphan
    from order_events e where (e.merchant_id, e.order_id, e.version) > ($1::uuid, $2::uuid, $3::int)
    order by e.merchant_id, e.order_id, e.version limit $4`,
};

/** Over all merchants, by the key of each. */
export const messagesNamed: Statement = {
  name: 'messages-named',
  text: `select ${messageColumns} from merchants k join evidence m on m.merchant_id = k.id and m.id = any (array(
      select $1::uuid where $1::uuid is not null
      union all
      select n.evidence_id from notification_ids n where n.merchant_id = k.id and n.notify_id = $2
      union all
      select u.id from evidence u where u.merchant_id = k.id and u.notify_id = $2 and u.verdict = 'unknown_order'
    )) order by m.id limit 20`,
};
