// What sites stand on: a PostgreSQL that can be crashed, and an Alipay in a process of its own whose clock leads.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { build } from '../../scripts/build.ts';
import { ChildSandbox } from '../../src/alipay/child-sandbox.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { type SandboxClient, sandboxClient } from '../support/sandbox-client.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

export interface AlipayApp {
  readonly appId: string;
  readonly sellerId: string;
  readonly appPrivateKey: string;
  readonly alipayPublicKey: string;
}

export interface Ground {
  /** The built program's folder. */
  readonly program: string;
  readonly postgres: PostgresServer;
  readonly sandbox: SandboxClient;
  readonly sandboxUrl: string;
  readonly sandboxPort: number;
  readonly app: AlipayApp;
  aheadMs(): number;
  /** Hears the clock, and is waited for, until the function that it answers is called. */
  onClock(follow: (aheadMs: number) => Promise<void>): () => void;
  /** A fresh database with the whole schema; answers its name. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const TEMPLATE = 'faults_template';

export async function layGround(): Promise<Ground> {
  const program = await build();
  const dataDir = await mkdtemp(join(tmpdir(), 'kassa-faults-alipay-'));
  await chmod(dataDir, 0o755);
  const followers = new Set<(aheadMs: number) => Promise<void>>();
  let ahead = 0;
  const postgres = await startPostgresServer();
  const child = await ChildSandbox.start({
    program: join(program, 'sandbox', 'main.js'),
    port: 0,
    dataDir,
    onClock: async (aheadMs) => {
      ahead = aheadMs;
      await Promise.all([...followers].map((follow) => follow(aheadMs)));
    },
  });
  const sandboxUrl = `http://127.0.0.1:${child.port}`;
  const app: AlipayApp = JSON.parse(await (await fetch(`${sandboxUrl}/_sandbox/app`)).text());
  await inPostgres(postgres, `create database ${TEMPLATE}`);
  await migrate(postgres.url(TEMPLATE));
  let databases = 0;
  return {
    program,
    postgres,
    sandbox: sandboxClient({ sandboxUrl }),
    sandboxUrl,
    sandboxPort: child.port,
    app,
    aheadMs: () => ahead,
    onClock(follow) {
      followers.add(follow);
      return () => void followers.delete(follow);
    },
    async newDatabase() {
      databases += 1;
      await inPostgres(postgres, `create database site_${databases} template ${TEMPLATE}`);
      return `site_${databases}`;
    },
    async stop() {
      await child.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function inPostgres(postgres: PostgresServer, sql: string): Promise<void> {
  const client = new Client(postgres.url('postgres'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
