// Whether the database holds exactly what was acknowledged. A fast wrong run scores nothing.
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Ends } from './arena.ts';
import type { SideName } from './dialects.ts';

/** What each side has said that it did, over all runs. */
export interface Acknowledged {
  created: number;
  /** Paid as a notification says. */
  noticed: number;
  /** Paid by a scanned code. */
  scanned: number;
  refunded: number;
}

export interface Books {
  /** What is wrong after a run; nothing when all is well. */
  check(acknowledged: Acknowledged): Promise<string[]>;
  /** What only a walk through every order tells: versions without gaps, hashes that chain and match. */
  audit(): Promise<string[]>;
  /** What autovacuum does for a database within a minute. */
  analyze(): Promise<void>;
}

const DRAIN_WITHIN_MS = 30_000;
const SETTLE_WITHIN_MS = 5_000;

const COUNTS = `
  select (select count(*) from orders)::int as orders,
    (select count(*) from orders where paid_at is not null)::int as paid_orders,
    (select count(*) from orders where status = 'REFUNDED' and refunded_fen = amount_fen)::int as refunded_orders,
    (select count(*) from order_events)::int as events,
    (select count(*) from payments where status = 'SUCCEEDED')::int as payments,
    (select count(*) from refunds where status = 'SUCCEEDED' and tried_at is not null)::int as refunds,
    (select count(*) from notification_ids)::int as notifications,
    (select count(*) from evidence where verdict = 'applied')::int as evidence,
    (select count(*) from checks)::int as checks,
    (select count(*) from cases)::int as cases`;

/** A scanned code is written before Alipay is asked and when it has answered, and so is a refund: two steps each. */
function countsAfter({ created, noticed, scanned, refunded }: Acknowledged): Readonly<Record<string, number>> {
  const paid = noticed + scanned;
  return {
    ...{ orders: created, paid_orders: paid, refunded_orders: refunded, payments: paid, refunds: refunded },
    ...{ events: created + noticed + 2 * scanned + 2 * refunded, notifications: noticed },
    ...{ evidence: paid + refunded, checks: created - paid, cases: 0 },
  };
}

/** Each names orders that must not exist. The hash is the one that src/orders/event.ts makes. */
const AUDITS: Readonly<Record<string, string>> = {
  'orders whose versions have gaps': `
    select o.id from orders o left join order_events e on e.merchant_id = o.merchant_id and e.order_id = o.id
    group by o.merchant_id, o.id
    having count(e.*) <> o.version or min(e.version) <> 1 or max(e.version) <> o.version`,
  'events that do not chain': `
    select order_id from (
      select order_id, prev_hash, lag(hash, 1, repeat('0', 64)) over (partition by order_id order by version) as before
      from order_events) e
    where prev_hash <> before`,
  'events with a wrong hash': `
    select order_id from order_events
    where hash <> encode(sha256(convert_to(concat_ws(E'\\n', prev_hash, id, merchant_id, order_id, version, type, status,
      to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), coalesce(evidence_id::text, ''), data),
      'UTF8')), 'hex')`,
  'orders that do not end their chain': `
    select o.id from orders o join order_events e
      on e.merchant_id = o.merchant_id and e.order_id = o.id and e.version = o.version
    where e.hash <> o.last_hash or e.status <> o.status`,
  'payments that are not their order’s': `
    select p.order_id from payments p join orders o on o.merchant_id = p.merchant_id and o.id = p.order_id
    where p.amount_fen <> o.amount_fen or p.id is distinct from o.paid_payment_id or p.out_trade_no <> o.merchant_order_no`,
  'payments without the message that paid them': `
    select p.order_id from payments p where not exists (
      select from evidence e left join notification_ids n on n.merchant_id = e.merchant_id and n.evidence_id = e.id
      where e.merchant_id = p.merchant_id and e.order_id = p.order_id
        and case p.method when 'AUTH_CODE' then e.kind = 'answer' else n.notify_id is not null end)`,
  'orders whose refunds do not add up': `
    select o.id from orders o join payments p on p.merchant_id = o.merchant_id and p.id = o.paid_payment_id
    where o.reserved_fen <> 0 or o.refunded_fen <> p.refunded_total_fen or o.refunded_fen <> coalesce((
      select sum(r.amount_fen) from refunds r where r.merchant_id = o.merchant_id and r.order_id = o.id), 0)`,
};

export async function openBooks(side: SideName, url: string, ends: Ends): Promise<Books> {
  const client = new Client(url);
  await client.connect();
  ends.push(() => client.end());
  const outboxFaults = side === 'gateway' ? () => drained(client) : outboxEmptier(client);
  return {
    check: async (acknowledged) => [...(await countFaults(client, acknowledged)), ...(await outboxFaults())],
    audit: () => audit(client),
    analyze: async () => {
      await client.query('vacuum (analyze)');
    },
  };
}

/** A refund may have been answered while it was still on its way: for that the books are looked at again. */
async function countFaults(client: Client, acknowledged: Acknowledged): Promise<string[]> {
  const expected = Object.entries(countsAfter(acknowledged));
  const giveUpAt = Date.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const { rows } = await client.query<Record<string, number>>(COUNTS);
    const wrong = expected.filter(([name, count]) => rows[0]?.[name] !== count);
    const faults = wrong.map(([name, count]) => `${name}: ${rows[0]?.[name]} in the database, ${count} acknowledged`);
    if (faults.length === 0 || Date.now() > giveUpAt) return faults;
    await delay(50);
  }
}

/** The relay passes everything on; the next run starts when it has. */
async function drained(client: Client): Promise<string[]> {
  const giveUpAt = Date.now() + DRAIN_WITHIN_MS;
  for (;;) {
    const { rows } = await client.query('select count(*)::int as left from outbox');
    if (rows[0].left === 0) return [];
    if (Date.now() > giveUpAt) return [`outbox: ${rows[0].left} rows left after ${DRAIN_WITHIN_MS} ms`];
    await delay(50);
  }
}

/** The limit has no relay: its rows must all be there, and go before the next run. */
function outboxEmptier(client: Client): () => Promise<string[]> {
  let relayed = 0;
  return async () => {
    const { rows } = await client.query(
      'select (select count(*) from outbox)::int as owed, (select count(*) from order_events)::int as events',
    );
    await client.query('truncate outbox');
    relayed += rows[0].owed;
    return relayed === rows[0].events ? [] : [`outbox: ${relayed} rows, ${rows[0].events} events`];
  };
}

async function audit(client: Client): Promise<string[]> {
  const faults: string[] = [];
  for (const [what, sql] of Object.entries(AUDITS)) {
    const { rows } = await client.query(`select count(*)::int as found from (${sql}) wrong`);
    if (rows[0].found > 0) faults.push(`${rows[0].found} ${what}`);
  }
  return faults;
}
