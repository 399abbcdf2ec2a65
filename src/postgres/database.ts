import type { EntityManager } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { movablePool } from './move-pool.ts';
import { initOrm } from './orm.ts';
import { keepSessionDefaults } from './session.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections at a time. Default 10. */
  readonly poolMax?: number;
  /** How long one statement may run. Default 5 s. */
  readonly statementTimeoutMs?: number;
  /** Where it is reached past the pooler that `url` leads to; the same or undefined when there is none. */
  readonly directUrl?: string;
  /** Hears of connections that broke. */
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
  /** Past a pooler. */
  directUrl(): string;
  /**
   * Goes over to other addresses of the same database: what runs finishes where it is.
   * @throws when sessions behind a pooler can't be given what they need, and where a pooler comes or goes.
   */
  moveTo(url: string, directUrl: string): Promise<void>;
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

/**
 * Opens the pool; connections come with their first use. The schema must be there: see migrate().
 * @throws SessionDefaultsError when sessions behind a pooler can't be given what they need.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const max = options.poolMax ?? DEFAULT_POOL_MAX;
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  const { url, directUrl = url } = options;
  const pooled = directUrl !== url;
  if (pooled) await keepSessionDefaults({ pooledUrl: url, directUrl, statementTimeoutMs });
  const orm = await initOrm({
    url,
    poolMax: max,
    statementTimeoutMs,
    pooled,
    warn: options.warn ?? (() => {}),
  });
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  if (pooled) await warnOfOldSessions(pool, options.warn);
  const move = movablePool(pool);
  let direct = directUrl;
  return {
    pool,
    em: () => orm.em.fork(),
    ping: async () => {
      await pool.query('select 1');
    },
    poolFigures: () => ({ max, open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    directUrl: () => direct,
    moveTo: async (nextUrl, nextDirectUrl) => {
      if ((nextUrl !== nextDirectUrl) !== pooled) throw new Error('a pooler comes and goes with a start only');
      if (pooled) await keepSessionDefaults({ pooledUrl: nextUrl, directUrl: nextDirectUrl, statementTimeoutMs });
      direct = nextDirectUrl;
      await move(nextUrl);
    },
    close: () => orm.close(),
  };
}

/** A pooler may keep sessions that are older than their role's defaults: they work, with plans that grow slow. */
async function warnOfOldSessions(pool: Pool, warn: DatabaseOptions['warn']): Promise<void> {
  const { rows } = await pool.query<{ scans: string }>(`select current_setting('enable_seqscan') as scans`);
  if (rows[0]?.scans !== 'off')
    warn?.(
      'the pooler keeps sessions that are older than the defaults of their role: reconnect it (docs/operations.md)',
    );
}
