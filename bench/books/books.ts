// Whether the database holds exactly what was acknowledged. A fast wrong run scores nothing.
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { leastUuid } from '../../src/ids.ts';
import type { Ends } from '../arena.ts';
import type { ContenderName } from '../contenders.ts';
import { cpuUs } from '../process-figures.ts';
import type { Done } from './done.ts';
import {
  type Counting,
  gatewayAudits,
  gatewayCounts,
  gatewayCountsAfter,
  grownCounts,
  grownCountsAfter,
} from './gateway-books.ts';
import { tutorialAudits, tutorialCounts, tutorialCountsAfter } from './tutorial-books.ts';

export interface Books {
  /** What is wrong after a run; nothing when all is well. */
  check(done: Done): Promise<string[]>;
  /** What only a walk through every order tells: versions without gaps, hashes that chain and match. */
  audit(): Promise<string[]>;
  /** What autovacuum does for a database within a minute. */
  analyze(): Promise<void>;
  /** CPU time of PostgreSQL's own processes for this database so far, in µs by process; empty where there is no /proc. */
  postgresCpu(): Promise<ReadonlyMap<number, number>>;
}

interface Rules {
  /** Of the orders since an id. */
  readonly counts: (since: string) => Counting;
  readonly after: (done: Done) => Readonly<Record<string, number>>;
  readonly audits: Readonly<Record<string, string>>;
}

const DRAIN_WITHIN_MS = 30_000;
const SETTLE_WITHIN_MS = 5_000;

const ofGateway: Rules = { counts: gatewayCounts, after: gatewayCountsAfter, audits: gatewayAudits };

const rules: Readonly<Record<ContenderName, Rules>> = {
  gateway: ofGateway,
  limit: ofGateway,
  tutorial: { counts: () => tutorialCounts, after: tutorialCountsAfter, audits: tutorialAudits },
  // Its older orders come without the messages and hashes that made them.
  grown: { counts: grownCounts, after: grownCountsAfter, audits: {} },
};

/** Of the orders that are made from now on. */
export async function openBooks(name: ContenderName, url: string, ends: Ends): Promise<Books> {
  const client = new Client(url);
  await client.connect();
  ends.push(() => client.end());
  const { counts, after, audits } = rules[name];
  const counting = counts(leastUuid(new Date()));
  const outboxFaults = outboxCheck(name, client);
  return {
    check: async (done) => [...(await countFaults(client, counting, after(done))), ...(await outboxFaults())],
    audit: () => audit(client, audits),
    analyze: async () => {
      await client.query('vacuum (analyze)');
    },
    postgresCpu: () => backendsCpu(client),
  };
}

/** A refund may have been answered while it was still on its way: for that the books are looked at again. */
async function countFaults(
  client: Client,
  { text, values }: Counting,
  expected: Readonly<Record<string, number>>,
): Promise<string[]> {
  const giveUpAt = Date.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const { rows } = await client.query<Record<string, number>>(text, [...values]);
    const wrong = Object.entries(expected).filter(([name, count]) => rows[0]?.[name] !== count);
    const faults = wrong.map(([name, count]) => `${name}: ${rows[0]?.[name]} in the database, ${count} acknowledged`);
    if (faults.length === 0 || Date.now() > giveUpAt) return faults;
    await delay(50);
  }
}

function outboxCheck(name: ContenderName, client: Client): () => Promise<string[]> {
  switch (name) {
    case 'gateway':
    case 'grown':
      return () => drained(client);
    case 'limit':
      return outboxEmptier(client);
    case 'tutorial':
      return async () => [];
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

async function audit(client: Client, audits: Rules['audits']): Promise<string[]> {
  const faults: string[] = [];
  for (const [what, sql] of Object.entries(audits)) {
    const { rows } = await client.query(`select count(*)::int as found from (${sql}) wrong`);
    if (rows[0].found > 0) faults.push(`${rows[0].found} ${what}`);
  }
  return faults;
}

/** Not our own, which counts the rows. */
async function backendsCpu(client: Client): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  const times = rows.map(({ pid }) => [pid, cpuUs(pid)] as const);
  return new Map(times.filter((one): one is readonly [number, number] => one[1] !== undefined));
}
