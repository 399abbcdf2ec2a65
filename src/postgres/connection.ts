import type { ClientConfig } from 'pg';

const CONNECT_TIMEOUT_MS = 5_000;
/** Idle for so long, a connection is asked whether its other end is still there. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * What pg needs to reach a `postgres://` URL, TLS as its `sslmode` says with libpq's meaning of it: pg
 * alone would read `require` as `verify-full`.
 */
export function connectionTo(url: string): ClientConfig {
  const parsed = new URL(url);
  if (parsed.searchParams.has('sslmode') && !parsed.searchParams.has('uselibpqcompat'))
    parsed.searchParams.set('uselibpqcompat', 'true');
  return {
    connectionString: parsed.href,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    application_name: 'kassa',
  };
}
