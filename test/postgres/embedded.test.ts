import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/postgres/embedded.ts';

const isRoot = process.getuid?.() === 0;
let base: string;
let dataDir: string;
let cleanUps: (() => Promise<unknown>)[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kassa embedded-'));
  await chmod(base, 0o711);
  dataDir = join(base, "it's data");
  cleanUps = [];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  await rm(base, { recursive: true, force: true });
});

describe('a life', () => {
  test('starts on nothing, keeps its data over a stop, stops twice', async () => {
    const first = await start();
    expect(first.url).toMatch(/^postgres:\/\/kassa:[\w-]{32}@127\.0\.0\.1:\d+\/kassa\?host=%2F/);
    expect(decodeURIComponent(first.url)).toContain(join(dataDir, 'postgres-socket'));
    await query(first.url, 'create table note (text text)');
    await query(first.url, "insert into note values ('付款')");
    await Promise.all([first.stop(), first.stop()]);
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow();

    const second = await start();
    expect(await query(second.url, 'select text from note')).toEqual([{ text: '付款' }]);
  });

  test('is durable, speaks UTF-8 and listens on the loopback alone', async () => {
    const { url } = await start();
    expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await query(url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    await expect(query(url.replace(/:[\w-]{32}@/, ':wrong@'), 'select 1')).rejects.toThrow('password');
  });

  test('is reached over a Unix socket that is its account’s alone, and over TCP', async () => {
    const { url } = await start();
    const client = 'select inet_client_addr() as client';
    expect(await query(url, client)).toEqual([{ client: null }]);
    expect(await query(url.replace(/\?.*/, ''), client)).toEqual([{ client: '127.0.0.1' }]);
    expect((await stat(join(dataDir, 'postgres-socket'))).mode & 0o777).toBe(0o700);
    await expect(query(url.replace(/:[\w-]{32}@/, ':@'), 'select 1')).rejects.toThrow('password');
  });

  test('is reached over TCP alone where no socket can be', async () => {
    await mkdir(join(dataDir, 'postgres-socket'), { recursive: true, mode: 0o500 });
    const { url } = await start();
    expect(url).toMatch(/\/kassa$/);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is reached over TCP alone where the path of a socket would be too long', async () => {
    dataDir = join(base, 'a'.repeat(80));
    const { url } = await start();
    expect(url).toMatch(/\/kassa$/);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('keeps its password to itself', async () => {
    const { url } = await start();
    const file = join(dataDir, 'postgres-password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(url).toContain(`:${(await readFile(file, 'utf8')).trim()}@`);
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700);
    expect((await readdir(dataDir)).sort()).toEqual([
      'postgres',
      'postgres-password',
      'postgres-socket',
      'postgres.log',
    ]);
  });

  test('takes more settings, whatever characters they have', async () => {
    const { url } = await start({ settings: { work_mem: '12MB', cluster_name: `it's "$HOME"` } });
    expect(await query(url, 'show work_mem')).toEqual([{ work_mem: '12MB' }]);
    expect(await query(url, 'show cluster_name')).toEqual([{ cluster_name: `it's "$HOME"` }]);
  });

  test('starts several at once in different folders', async () => {
    const all = await Promise.all([1, 2, 3].map((n) => start({ dataDir: join(base, `data ${n}`) })));
    for (const { url } of all) expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(new Set(all.map(({ url }) => new URL(url).port)).size).toBe(3);
  });
});

describe('one owner', () => {
  test('a second Kassa is refused and does no harm', async () => {
    const { url } = await start();
    await expect(start()).rejects.toThrow(new EmbeddedPostgresError(`DATA_DIR ${dataDir} is in use by another Kassa.`));
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('of two first starts at once one wins', async () => {
    const both = await Promise.allSettled([start(), start()]);
    const won = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const lost = both.flatMap((one) => (one.status === 'rejected' ? [one.reason.message] : []));
    expect(lost).toEqual([`DATA_DIR ${dataDir} is in use by another Kassa.`]);
    expect(await query(won[0]?.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('the next one may start while the last one is still stopping', async () => {
    const first = await start();
    await query(first.url, 'create table note (text text)');
    const [second] = await Promise.all([start(), first.stop()]);
    expect(await query(second.url, 'select * from note')).toEqual([]);
  });

  test('a server that restarts itself after a crash is still ours', async () => {
    const messages: string[] = [];
    const { url } = await start({ log: (message) => messages.push(message) });
    process.kill(await backendPid(url), 'SIGKILL');
    await vi.waitFor(() => expect(messages).toContain('The embedded PostgreSQL is back'), { timeout: 10_000 });
    await expect(start()).rejects.toThrow('in use by another Kassa');
  });
});

describe('after a kill -9', () => {
  test('of the Kassa alone: adopts the server that lives on', async () => {
    const kassa = await startChild();
    await query(kassa.url, 'create table note (text text)');
    await kill(kassa.process);

    const messages: string[] = [];
    const next = await start({ log: (message) => messages.push(message) });
    expect(next.url).toBe(kassa.url);
    expect(messages.join()).toContain('Adopted');
    expect(await query(next.url, 'select * from note')).toEqual([]);
    await next.stop();
    await expect(query(next.url, 'select 1')).rejects.toThrow();
  });

  test('of the Kassa and its server: recovers what was committed', async () => {
    const kassa = await startChild();
    await query(kassa.url, 'create table note (text text)');
    await query(kassa.url, "insert into note values ('kept')");
    const postmaster = await pidInFile();
    process.kill(postmaster, 'SIGKILL');
    await kill(kassa.process);

    const next = await start();
    expect(await query(next.url, 'select text from note')).toEqual([{ text: 'kept' }]);
    expect(await pidInFile()).not.toBe(postmaster);
    // What the killed one has left is gone.
    const socket = `.s.PGSQL.${new URL(next.url).port}`;
    expect((await readdir(join(dataDir, 'postgres-socket'))).sort()).toEqual([socket, `${socket}.lock`]);
  });

  test('a pid file whose number now is another process of the same account is no obstacle', async () => {
    await (await start()).stop();
    const { uid, gid } = await stat(join(dataDir, 'postgres'));
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', cwd: '/', ...(isRoot && { uid, gid }) });
    cleanUps.push(async () => stranger.kill('SIGKILL'));
    await once(stranger, 'spawn');
    const stale = [stranger.pid, join(dataDir, 'postgres'), 1, 5432, '', '127.0.0.1', '1 2', 'ready', ''];
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), stale.join('\n'));

    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  test('in the middle of creating the cluster: begins again and clears up', async () => {
    await mkdir(join(dataDir, '.postgres-init-dead', 'cluster', 'base'), { recursive: true });
    await writeFile(join(dataDir, '.postgres-init-dead', 'cluster', 'PG_VERSION'), '18\n');
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).not.toContain('.postgres-init-dead');
  });
});

test('Ctrl-C, which reaches the whole process group, leaves the server running until stop()', async () => {
  const kassa = await startChild();
  process.kill(-(kassa.process.pid ?? 0), 'SIGINT');
  expect(await kassa.nextLine()).toBe('interrupted');
  expect(await query(kassa.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  kassa.process.stdin.end();
  expect(await once(kassa.process, 'exit')).toEqual([0, null]);
  await expect(query(kassa.url, 'select 1')).rejects.toThrow();
});

describe('says what is wrong', () => {
  test('a server that does not start: its own words', async () => {
    const error = await failure({ settings: { work_mem: 'plenty' } });
    expect(error.message).toContain('invalid value for parameter "work_mem": "plenty"');
    expect(error.message).toContain(dataDir);
  });

  test('a folder that is a file', async () => {
    await writeFile(dataDir, '');
    expect((await failure()).message).toContain(`DATA_DIR ${dataDir} cannot be used: EEXIST`);
  });

  test.runIf(process.platform === 'linux')('a folder where nobody can make one', async () => {
    expect((await failure({ dataDir: '/proc/kassa/data' })).message).toMatch(/^DATA_DIR .* cannot be used: ENOENT/);
  });

  test('a cluster without its password', async () => {
    await (await start()).stop();
    await rm(join(dataDir, 'postgres-password'));
    expect((await failure()).message).toContain('not its password (postgres-password)');
  });

  test('a folder whose name a shell would read', async () => {
    const error = await failure({ dataDir: join(base, '$(reboot)') });
    expect(error.message).toContain('a path must not contain');
  });

  test.runIf(isRoot)('root, below a folder that no other account may pass', async () => {
    const closed = join(base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const error = await failure({ dataDir: join(closed, 'data') });
    expect(error.message).toContain(`DATA_DIR ${join(closed, 'data')}`);
    expect(error.message).toContain(`chmod o+x ${closed}`);
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
  });

  test.runIf(isRoot)("root, in a closed folder that holds more than Kassa's files: it stays closed", async () => {
    await mkdir(dataDir, { mode: 0o700 });
    await writeFile(join(dataDir, 'letters.txt'), '');
    expect((await failure()).message).toContain(`chmod o+x ${dataDir}`);
    await rm(join(dataDir, 'letters.txt'));
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, ...options });
  cleanUps.push(() => postgres.stop());
  return postgres;
}

async function failure(options: Partial<EmbeddedPostgresOptions> = {}): Promise<Error> {
  const error = await start(options).then(
    () => new Error('started'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EmbeddedPostgresError);
  return error instanceof Error ? error : new Error(String(error));
}

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly url: string;
  nextLine(): Promise<string>;
}

async function startChild(): Promise<Child> {
  const script = join(import.meta.dirname, 'embedded-child.ts');
  const child = spawn(process.execPath, [script, dataDir], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  cleanUps.push(async () => {
    await kill(child);
    await (await startEmbeddedPostgres({ dataDir })).stop();
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value ?? '';
  return { process: child, url: await nextLine(), nextLine };
}

async function kill(child: Child['process']): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function pidInFile(): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function backendPid(url: string): Promise<number> {
  const [row] = await query(url, "select pid from pg_stat_activity where backend_type = 'checkpointer'");
  return Number(row?.pid);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows;
}
