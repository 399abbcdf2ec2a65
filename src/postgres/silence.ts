import { Socket } from 'node:net';
import type { Client, Pool, PoolClient } from 'pg';

/**
 * A server that has vanished without a word, or a network that swallows all, answers no statement and ends no connection. One
 * that is in use and has been silent for so long is cut: what was asked over it fails as when the server drops it.
 * pg has a `query_timeout` for that, but with it each answer stays until the old generation is collected.
 */
export function cutSilent(pool: Pool, silentMs: number): void {
  pool.on('acquire', (client) => cutWhenSilent(client, silentMs));
  pool.on('release', (_error, client) => cutWhenSilent(client, 0));
}

/** Cuts this connection once it has been silent for so long; 0: never. */
export function cutWhenSilent(client: PoolClient, silentMs: number): void {
  const { stream } = (client as PoolClient & Pick<Client, 'connection'>).connection;
  if (!(stream instanceof Socket)) return;
  if (stream.listenerCount('timeout', cut) === 0) stream.on('timeout', cut);
  stream.setTimeout(silentMs);
}

function cut(this: Socket): void {
  this.destroy(new Error(`PostgreSQL has said nothing for ${this.timeout} ms`));
}
