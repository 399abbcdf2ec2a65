import { setTimeout as delay } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import type { Cluster } from './embedded-cluster.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import { tryOwn } from './embedded-owner.ts';
import { livePostmaster } from './embedded-postmaster.ts';
import { startServer } from './embedded-server.ts';

// A killed owner's connection takes PostgreSQL a moment to notice.
const ownerGoneMs = 3_000;
// Recovery after a crash reads at most about 1 GB of write-ahead log (max_wal_size).
const answerMs = 120_000;
// Starting up or shutting down, shut down under us, crashed under us, a killed owner's connections not gone yet.
const passing = ['57P03', '57P01', '57P02', '53300'];

/** A running server that is ours alone: `client` holds the lock. */
export interface Claim {
  readonly client: Client;
  readonly port: number;
}

export interface ClaimOptions {
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
}

/**
 * Makes sure that a server runs on the cluster, starting one or adopting the one a killed Kassa left, and that it is
 * ours alone. Throws EmbeddedPostgresError, also when another Kassa keeps it for 3 s.
 */
export async function claimServer(cluster: Cluster, { settings, log }: ClaimOptions): Promise<Claim> {
  const giveUpAt = Date.now() + answerMs;
  let refusedSince: number | null = null;
  for (;;) {
    const found = livePostmaster(cluster.clusterDir);
    if (found === null) await startServer(cluster, settings);
    const answer = await ask(cluster);
    if (typeof answer === 'object') {
      if (found) log(`Adopted the PostgreSQL that was still running on ${cluster.clusterDir} (process ${found.pid})`);
      return answer;
    }
    refusedSince = answer === 'taken' ? (refusedSince ?? Date.now()) : null;
    if (refusedSince !== null && Date.now() - refusedSince > ownerGoneMs) {
      throw new EmbeddedPostgresError(`DATA_DIR ${cluster.dataDir} is in use by another Kassa.`);
    }
    if (Date.now() > giveUpAt) {
      throw new EmbeddedPostgresError(
        `PostgreSQL on DATA_DIR ${cluster.dataDir} does not answer; see ${cluster.logFile}`,
      );
    }
    await delay(100);
  }
}

/** The URL of one of the cluster's databases. */
export function urlOf(
  cluster: Pick<Cluster, 'password'>,
  { port, database }: { port: number; database: string },
): string {
  return `postgres://kassa:${cluster.password}@127.0.0.1:${port}/${database}`;
}

async function ask(cluster: Cluster): Promise<Claim | 'taken' | 'silent'> {
  const port = livePostmaster(cluster.clusterDir)?.port ?? null;
  if (port === null) return 'silent';
  try {
    const client = await tryOwn(urlOf(cluster, { port, database: 'postgres' }));
    return client === null ? 'taken' : { client, port };
  } catch (error) {
    // What isn't the server's own answer is the network's: not listening yet, gone in the middle.
    if (!(error instanceof DatabaseError) || passing.includes(error.code ?? '')) return 'silent';
    throw new EmbeddedPostgresError(`PostgreSQL on DATA_DIR ${cluster.dataDir} refuses us: ${error.message}`);
  }
}
