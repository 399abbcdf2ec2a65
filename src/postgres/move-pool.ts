import { Client, type Pool, type PoolClient } from 'pg';
import { connectionTo } from './connection.ts';

/** The new address leads to no database of ours. */
export class WrongDatabaseError extends Error {}

/** What a pooled connection is, though its type keeps that to the pool. */
type Pooled = PoolClient & Pick<Client, 'end' | 'user' | 'host' | 'port' | 'database'>;

/** Lets a pool go over to another address, such as another user's, while statements run. */
export function movablePool(pool: Pool): (url: string) => Promise<void> {
  let moves = 0;
  let target: Client | undefined;
  const born = new WeakMap<PoolClient, number>();
  // One that was on its way at the time of the move has come to the old address.
  const isOld = (client: Pooled) =>
    target !== undefined && (born.get(client) !== moves || placeOf(client) !== placeOf(target));
  pool.on('connect', (client) => born.set(client, moves));
  // A connection of before ends when it is given back; the pool sees that it ends, and takes it out.
  pool.on('release', (_error, client) => {
    if (isOld(client as Pooled)) (client as Pooled).end().catch(() => undefined);
  });
  return async (url) => {
    moves += 1;
    target = new Client(connectionTo(url));
    Object.assign(pool.options, connectionTo(url));
    const idle = await Promise.allSettled(Array.from({ length: pool.idleCount }, () => pool.connect()));
    for (const one of idle) if (one.status === 'fulfilled') one.value.release();
  };
}

function placeOf({ user, host, port, database }: Pick<Pooled, 'user' | 'host' | 'port' | 'database'>): string {
  return JSON.stringify([user, host, port, database]);
}

/**
 * Sees that an address leads to the database that holds this merchant.
 * @throws when it does not answer; WrongDatabaseError when it is another one
 */
export async function checkSameDatabase(url: string, merchantId: string): Promise<void> {
  const client = new Client({ ...connectionTo(url), query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('select from merchants where id = $1', [merchantId]);
    if (rows.length === 0) throw new WrongDatabaseError('it leads to another database');
  } finally {
    await client.end().catch(() => undefined);
  }
}
