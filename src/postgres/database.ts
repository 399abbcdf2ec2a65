import type { EntityManager } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { initOrm } from './orm.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections at a time. Default 10. */
  readonly poolMax?: number;
  /** How long one statement may run. Default 5 s. */
  readonly statementTimeoutMs?: number;
  /** Hears of connections that the server dropped. */
  readonly warn?: (message: string) => void;
}

export interface Database {
  /** MikroORM's own pool, for named statements. */
  readonly pool: Pool;
  /** A fresh unit of work, for cold reads and writes. */
  em(): EntityManager;
  /** @throws when the database does not answer. */
  ping(): Promise<void>;
  poolFigures(): PoolFigures;
  close(): Promise<void>;
}

export interface PoolFigures {
  readonly max: number;
  readonly open: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

const DEFAULT_POOL_MAX = 10;
const DEFAULT_STATEMENT_TIMEOUT_MS = 5_000;

/** Opens the pool; connections come with their first use. The schema must be there: see migrate(). */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const max = options.poolMax ?? DEFAULT_POOL_MAX;
  const orm = await initOrm({
    url: options.url,
    poolMax: max,
    statementTimeoutMs: options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
    warn: options.warn ?? (() => {}),
  });
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  return {
    pool,
    em: () => orm.em.fork(),
    ping: async () => {
      await pool.query('select 1');
    },
    poolFigures: () => ({ max, open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => orm.close(),
  };
}
