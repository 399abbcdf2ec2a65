import { chown, open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './embedded-cluster.ts';
import { run } from './embedded-command.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import { livePostmaster, removeForeignPidFile } from './embedded-postmaster.ts';
import { makeSocketFolder } from './embedded-socket.ts';

const startTries = 10;
const logLimitBytes = 4 * 1024 * 1024;
const logTailBytes = 2_048;

// A port lost to another program, a start at the same moment on the same data, or backends of a killed server that have
// not noticed yet: each passes.
const passing =
  /Address already in use|could not create any TCP\/IP sockets|lock file "postmaster.pid" already exists|pre-existing shared memory block/;

// Some file systems hold none: TCP will do.
const noUnixSocket = /could not create any Unix-domain sockets|could not create lock file .*\.s\.PGSQL\./;

const ourSettings = {
  listen_addresses: '127.0.0.1',
  // The log stays short, and row contents stay out of it.
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** Starts a server on a cluster that has none, unless somebody else is faster. Throws EmbeddedPostgresError. */
export async function startServer(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<void> {
  await removeForeignPidFile(cluster.clusterDir);
  let unix_socket_directories = (await makeSocketFolder(cluster)) ?? '';
  for (let tries = 1; ; tries++) {
    const logStart = await openLog(cluster);
    const port = await freePort();
    const options = shellOptions({ ...ourSettings, unix_socket_directories, ...settings, port: String(port) });
    const output = await pgCtl(cluster, ['start', '-w', '-t', '120', '-l', cluster.logFile, '-o', options]);
    if (output === null || livePostmaster(cluster.clusterDir)) return;
    const tail = await logSince(cluster.logFile, logStart);
    if (unix_socket_directories !== '' && noUnixSocket.test(tail)) {
      unix_socket_directories = '';
      continue;
    }
    if (tries === startTries || !passing.test(tail)) {
      throw new EmbeddedPostgresError(
        `PostgreSQL does not start on DATA_DIR ${cluster.dataDir}:\n${output}\n${cluster.logFile} ends with:\n${tail}`,
      );
    }
    await delay(200);
  }
}

/**
 * Stops the server of a cluster, whoever started it: its transactions roll back, its data is flushed; past 8 s without
 * flushing, which the next start makes up for. No server is fine. Throws EmbeddedPostgresError when it won't go.
 */
export async function stopServer(cluster: Cluster): Promise<void> {
  const running = livePostmaster(cluster.clusterDir);
  for (const [mode, seconds] of [
    ['fast', '8'],
    ['immediate', '5'],
  ] as const) {
    // Another Kassa may start a server of its own as soon as ours has gone: that one is not ours to stop.
    if (running === null || livePostmaster(cluster.clusterDir)?.pid !== running.pid) return;
    if ((await pgCtl(cluster, ['stop', '-m', mode, '-w', '-t', seconds])) === null) return;
  }
  if (livePostmaster(cluster.clusterDir)?.pid !== running?.pid) return;
  throw new EmbeddedPostgresError(`PostgreSQL on DATA_DIR ${cluster.dataDir} (process ${running?.pid}) does not stop.`);
}

/** null when pg_ctl succeeded, else what it said. */
async function pgCtl(cluster: Cluster, args: readonly string[]): Promise<string | null> {
  const file = join(cluster.binDir, 'pg_ctl');
  const { dataDir: cwd, account, clusterDir } = cluster;
  const { code, output } = await run({ file, args: [...args, '-D', clusterDir], cwd, account, timeoutMs: 130_000 });
  return code === 0 ? null : output;
}

// pg_ctl gives them to a shell.
function shellOptions(settings: Readonly<Record<string, string>>): string {
  const quote = (text: string) => (process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`);
  return Object.entries(settings)
    .map(([name, value]) => `-c ${quote(`${name}=${value}`)}`)
    .join(' ');
}

// Free at this moment; startServer tries another one when it is lost before PostgreSQL takes it.
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

// Makes the log writable for the server's account, starts a new one when it has grown, and returns its length.
async function openLog({ logFile, account }: Cluster): Promise<number> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logLimitBytes) await rename(logFile, `${logFile}.1`);
  const handle = await open(logFile, 'a', 0o600);
  await handle.close();
  if (account) await chown(logFile, account.uid, account.gid);
  return size > logLimitBytes ? 0 : size;
}

async function logSince(logFile: string, start: number): Promise<string> {
  const handle = await open(logFile, 'r');
  const { size } = await handle.stat();
  const from = Math.max(start, size - logTailBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(size - from, 1)), 0, undefined, from);
  await handle.close();
  return buffer.toString('utf8', 0, bytesRead).trim();
}
