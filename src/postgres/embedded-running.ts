import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from './embedded-claim.ts';
import { passwordOf } from './embedded-password.ts';
import { livePostmaster } from './embedded-postmaster.ts';

/** What is in a DATA_DIR: nothing, a database at rest, or one that a gateway is running, with its URL. */
export type EmbeddedState = { readonly kind: 'none' | 'at_rest' } | { readonly kind: 'running'; readonly url: string };

/** Looks, and changes nothing. Throws EmbeddedPostgresError when the password is not to be had. */
export async function embeddedState(dataDir: string): Promise<EmbeddedState> {
  if (!existsSync(join(dataDir, 'postgres', 'PG_VERSION'))) return { kind: 'none' };
  // A server's command line names the real path.
  const clusterDir = join(realpathSync(dataDir), 'postgres');
  const port = livePostmaster(clusterDir)?.port ?? null;
  if (port === null) return { kind: 'at_rest' };
  const password = await passwordOf(dataDir, true);
  return { kind: 'running', url: urlOf({ password }, { port, database: 'kassa' }) };
}
