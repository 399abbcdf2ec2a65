import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

// Advisory locks belong to a database: every Kassa takes this one in `postgres`, which initdb makes.
const lock = 'select pg_try_advisory_lock(0x6b61737361) as taken';

/** The one Kassa that a cluster belongs to, as a lock held by a connection: the death of its process gives it back. */
export interface Owner {
  /** From here on a lost connection is expected. The lock stays. */
  leave(): void;
  /** Gives the lock back. */
  release(): Promise<void>;
}

/** Connects and takes the lock; null when another Kassa has it. Throws pg's error when the server doesn't answer. */
export async function tryOwn(url: string): Promise<Client | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, ssl: false });
  // A lost connection tells by 'end'; without a listener its 'error' would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ taken: boolean }>(lock);
    if (rows[0]?.taken) return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return null;
}

/** Keeps the lock: PostgreSQL restarts itself after the crash of a backend, which closes every connection. */
export function keepOwning(first: Client, url: string, log: (message: string) => void): Owner {
  let client = first;
  let leaving = false;
  const watch = () => client.once('end', () => void regain());
  const regain = async () => {
    if (!leaving) log('The embedded PostgreSQL closed our connections; waiting for it to come back');
    while (!leaving) {
      await delay(250, undefined, { ref: false });
      const next = await tryOwn(url).catch(() => null);
      if (next === null) continue;
      if (leaving) return next.end();
      client = next;
      watch();
      return log('The embedded PostgreSQL is back');
    }
  };
  watch();
  return {
    leave() {
      leaving = true;
    },
    release: () => client.end().catch(() => undefined),
  };
}
