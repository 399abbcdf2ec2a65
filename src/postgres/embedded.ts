import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { claimServer, urlOf } from './embedded-claim.ts';
import { openCluster } from './embedded-cluster.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import { keepOwning } from './embedded-owner.ts';
import { stopServer } from './embedded-server.ts';
import { removeOtherSockets, socketOf } from './embedded-socket.ts';

export { EmbeddedPostgresError } from './embedded-error.ts';

export interface EmbeddedPostgresOptions {
  /** DATA_DIR: created if need be; everything of ours in it is called `postgres…`. */
  readonly dataDir: string;
  readonly log?: (message: string) => void;
  /** More of PostgreSQL's settings by name. A server that is still running from before keeps the ones it has. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** `postgres://kassa:<password>@127.0.0.1:<port>/kassa`, with `?host=<folder>` where it can be reached over a Unix socket. */
  readonly url: string;
  /** Ends every connection and the server, within 8 s if it can be done cleanly. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `dataDir`, creating the cluster and the database `kassa` the first time, or takes over the server
 * that a killed Kassa left running. The server is in a session of its own: signals to us don't reach it, only `stop`
 * does. Throws EmbeddedPostgresError when that cannot be, also when another Kassa uses `dataDir`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(`DATA_DIR ${options.dataDir} cannot be used: ${error.message}`, { cause: error });
  }
}

async function start({ dataDir, log = () => undefined, settings = {} }: EmbeddedPostgresOptions) {
  const cluster = await openCluster(dataDir, log);
  const { client, port } = await claimServer(cluster, { log, settings });
  const owner = keepOwning(client, urlOf(cluster, { port, database: 'postgres' }), log);
  const stopOnce = async () => {
    owner.leave();
    // The lock goes last: whoever waits for it must find the server gone, not about to go.
    await stopServer(cluster).finally(() => owner.release());
  };
  try {
    await createDatabase(client);
    await removeLeftovers(cluster.dataDir);
    await removeOtherSockets(cluster, port);
  } catch (error) {
    await stopOnce();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopOnce();
    return stopping;
  };
  return { url: overSocket(urlOf(cluster, { port, database: 'kassa' }), socketOf(cluster, port)), stop };
}

/** As libpq and pg read it: this host in place of the other. */
function overSocket(url: string, folder: string | undefined): string {
  return folder === undefined ? url : `${url}?host=${encodeURIComponent(folder)}`;
}

async function createDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query("select from pg_database where datname = 'kassa'");
  if (rowCount === 0) await client.query('create database kassa');
}

// What starts killed half way left behind; a start that runs right now finds our lock and doesn't need it either.
async function removeLeftovers(dataDir: string): Promise<void> {
  const leftovers = (await readdir(dataDir)).filter((name) =>
    /^\.postgres-(init|binaries)-|^postgres-password-/.test(name),
  );
  await Promise.all(leftovers.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}
