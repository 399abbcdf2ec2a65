// A PostgreSQL that can be crashed and started again, behind a wire whose port stays the same.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Cluster, openCluster } from '../../src/postgres/embedded-cluster.ts';
import { run } from '../../src/postgres/embedded-command.ts';
import { livePostmaster } from '../../src/postgres/embedded-postmaster.ts';
import { startServer, stopServer } from '../../src/postgres/embedded-server.ts';
import { until } from '../support/until.ts';
import { openWire } from './tcp-proxy.ts';

export interface PostgresServer {
  /** The server's own port at this moment. */
  port(): number;
  /** Of a database, through a wire that nothing is done to. */
  url(database: string, port?: number): string;
  /**
   * Power off and on again: `immediate` is pg_ctl's, `kill` is SIGKILL of the postmaster. It answers when this does. One
   * after the other: a server that is struck while it starts would be a fault of the harness.
   */
  outage(how: 'immediate' | 'kill'): Promise<void>;
  stop(): Promise<void>;
}

/** Room for several gateways at a time, and for the checker. */
const SETTINGS = { fsync: 'on', max_connections: '200' };

export async function startPostgresServer(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kassa-faults-'));
  await chmod(folder, 0o755);
  const cluster = await openCluster(join(folder, 'postgres'), () => undefined);
  let port = 0;
  const start = async () => {
    await startServer(cluster, SETTINGS);
    port = livePostmaster(cluster.clusterDir)?.port ?? port;
    await until(
      () => answers(url('postgres', port)),
      (there) => there,
      30_000,
    );
  };
  const url = (database: string, at = wire.port) => `postgres://kassa:${cluster.password}@127.0.0.1:${at}/${database}`;
  const wire = await openWire(() => port);
  await start();
  let outages: Promise<void> = Promise.resolve();
  return {
    port: () => port,
    url,
    outage(how) {
      outages = outages.then(() => crash(cluster, how)).then(start);
      return outages;
    },
    async stop() {
      await stopServer(cluster);
      await wire.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function crash(cluster: Cluster, how: 'immediate' | 'kill'): Promise<void> {
  const postmaster = livePostmaster(cluster.clusterDir);
  if (postmaster === null) return;
  if (how === 'kill') process.kill(postmaster.pid, 'SIGKILL');
  else {
    const args = ['stop', '-m', 'immediate', '-W', '-D', cluster.clusterDir];
    await run({
      file: join(cluster.binDir, 'pg_ctl'),
      args,
      cwd: cluster.dataDir,
      account: cluster.account,
      timeoutMs: 10_000,
    });
  }
  await until(
    () => livePostmaster(cluster.clusterDir),
    (left) => left === null,
    10_000,
  );
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
