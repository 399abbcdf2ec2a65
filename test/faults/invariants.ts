// What must be so in the database whatever happened, as questions that find nothing.
import type { Pool } from 'pg';
import { FIRST_HASH, hashOf, type OrderEvent } from '../../src/orders/event.ts';

/** Each finds the rows that break it. `$1`: the merchantOrderNos of the episode. */
const NEVER: Readonly<Record<string, string>> = {
  'two orders under one number': `
    select merchant_id, merchant_order_no from orders where merchant_order_no = any ($1) group by 1, 2 having count(*) > 1`,
  'a version is missing or twice': `
    select o.merchant_order_no, o.version, array_agg(e.version order by e.version) as versions
    from orders o left join order_events e on e.order_id = o.id where o.merchant_order_no = any ($1)
    group by o.merchant_id, o.id having array_agg(e.version order by e.version) is distinct from array(select generate_series(1, o.version))`,
  'an event and its order disagree': `
    select o.merchant_order_no, o.status, e.status as told from orders o
    join order_events e on e.order_id = o.id and e.version = o.version
    where o.merchant_order_no = any ($1) and (e.status <> o.status or e.hash <> o.last_hash)`,
  'more is given back or reserved than there is': `
    select merchant_order_no from orders where merchant_order_no = any ($1) and refunded_fen + reserved_fen > amount_fen`,
  'two payments of one order can be paid': `
    select order_id from payments where status in ('CREATED', 'AWAITING_BUYER', 'UNKNOWN') group by 1 having count(*) > 1`,
  'an event of no order': `
    select e.order_id, e.version from order_events e where not exists (select from orders o where o.id = e.order_id)`,
  'an event is not in the feed, or twice, or before its predecessor': `
    select e.order_id, array_agg(f.version order by f.position) as placed from order_events e
    join orders o on o.id = e.order_id left join event_feed f on f.order_id = e.order_id and f.version = e.version
    where o.merchant_order_no = any ($1) group by o.id, o.version, e.order_id
    having array_agg(f.version order by f.position) is distinct from array(select generate_series(1, o.version))`,
  'an event without its evidence': `
    select e.order_id, e.version from order_events e where e.evidence_id is not null
      and not exists (select from evidence v where v.id = e.evidence_id)`,
  'a judged notification without its bytes': `
    select n.notify_id from notification_ids n where not exists (select from evidence v where v.id = n.evidence_id)`,
  'a notification judged twice': `
    select notify_id from evidence where kind = 'notification' and verdict <> 'unknown_order' group by 1 having count(*) > 1`,
  'a case without its evidence': `
    select k.id from cases k where not exists (select from evidence v where v.id = k.evidence_id)`,
  'something is still owed': `select order_id, version from outbox`,
  'something is still due': `select order_id, due_at from checks`,
  // What was owed to an endpoint that is gone is owed to nobody: it is forgotten in time.
  'something is still to be delivered': `
    select q.lane, q.turn, q.tries from webhook_queue q
    join webhook_endpoints h on h.merchant_id = q.merchant_id and h.id = q.endpoint_id`,
};

export async function brokenInvariants(pool: Pool, numbers: readonly string[]): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, sql] of Object.entries(NEVER)) {
    const { rows } = await pool.query(sql.includes('$1') ? { text: sql, values: [numbers] } : sql);
    if (rows.length > 0) broken.push(`${name}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return [
    ...broken,
    ...(await rewritable(pool)),
    ...(await brokenChains(pool, numbers)),
    ...(await overdrawn(pool, numbers)),
  ];
}

/** History refuses to be changed; the trigger hears of it even when no row would be. */
async function rewritable(pool: Pool): Promise<string[]> {
  const broken: string[] = [];
  for (const table of ['order_events', 'evidence'])
    await pool.query(`delete from ${table} where false`).then(
      () => broken.push(`${table} lets itself be rewritten`),
      () => undefined,
    );
  return broken;
}

interface EventRow {
  readonly merchant_order_no: string;
  readonly amount_fen: string;
  readonly merchant_id: string;
  readonly order_id: string;
  readonly version: number;
  readonly id: string;
  readonly type: OrderEvent['type'];
  readonly status: OrderEvent['status'];
  readonly occurred_at: Date;
  readonly data: string;
  readonly evidence_id: string | null;
  readonly prev_hash: string;
  readonly hash: string;
}

async function eventRows(pool: Pool, numbers: readonly string[]): Promise<EventRow[]> {
  const { rows } = await pool.query<EventRow>(
    `select e.*, o.merchant_order_no, o.amount_fen from order_events e
     join orders o on o.merchant_id = e.merchant_id and o.id = e.order_id
     where o.merchant_order_no = any ($1) order by o.id, e.version`,
    [numbers],
  );
  return rows;
}

/** Each event is sealed over itself and the one before. */
async function brokenChains(pool: Pool, numbers: readonly string[]): Promise<string[]> {
  let before: EventRow | undefined;
  const broken: string[] = [];
  for (const row of await eventRows(pool, numbers)) {
    const expected = before?.order_id === row.order_id ? before.hash : FIRST_HASH;
    const { merchant_id: merchantId, order_id: orderId, occurred_at: occurredAt } = row;
    const sealed = { ...row, merchantId, orderId, occurredAt, evidenceId: row.evidence_id, prevHash: row.prev_hash };
    if (row.prev_hash !== expected || hashOf(sealed) !== row.hash)
      broken.push(`the chain of ${row.merchant_order_no} breaks at ${row.version}`);
    before = row;
  }
  return broken;
}

/** Replays the wishes for refunds: at no moment was more asked for than the order has, what failed not counted. */
async function overdrawn(pool: Pool, numbers: readonly string[]): Promise<string[]> {
  const open = new Map<string, Map<string, number>>();
  const broken: string[] = [];
  for (const { merchant_order_no, amount_fen, type, data, version } of await eventRows(pool, numbers)) {
    if (!type.startsWith('refund.')) continue;
    const { refundNo, amount }: { refundNo: string; amount: string } = JSON.parse(data);
    const mine = open.get(merchant_order_no) ?? new Map<string, number>();
    open.set(merchant_order_no, mine);
    if (type === 'refund.requested') mine.set(refundNo, Math.round(Number(amount) * 100));
    if (type === 'refund.failed' || type === 'refund.rejected') mine.delete(refundNo);
    const sum = [...mine.values()].reduce((one, other) => one + other, 0);
    // A case's refund is of another payment's money.
    const ours = [...mine.keys()].every((number) => /^R\d+$/.test(number));
    if (ours && sum > Number(amount_fen))
      broken.push(`${merchant_order_no} had ${sum} of ${amount_fen} fen asked back at ${version}`);
  }
  return broken;
}
