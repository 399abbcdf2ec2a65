// What a socket costs, and how late its frames are: the built gateway, thousands of frontends each with one order, and
// Alipay's notifications at a fixed rate.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from '../../scripts/build.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import type { Ends } from '../arena.ts';
import { type Keys, newKeys } from '../keys.ts';
import { cpuUs } from '../process-figures.ts';
import { startProgram } from '../servers.ts';
import type { Done, Order } from './crowd.ts';
import { type Figures, figures, render } from './figures.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { makeOrders, postNotices } from './till.ts';

/** Sockets that come and go first, so that what the gateway allocates once is not counted as theirs. */
const WARM_UP_SOCKETS = 300;

async function run(options: Options, ends: Ends): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'kassa-sockets-'));
  chmodSync(folder, 0o711);
  ends.push(async () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  ends.push(() => postgres.stop());
  const keys = newKeys();
  const gateway = await startGateway(options, { keys, folder, databaseUrl: postgres.url, ends });
  const crowd = startCrowd(ends);
  const { sockets, rate } = options;
  const door = { port: gateway.port, apiKey: keys.apiKey };
  const sales = await makeOrders(door, sockets + WARM_UP_SOCKETS);
  const orderIds = sales.slice(0, sockets).map(({ id }) => id);

  await crowd({ kind: 'open', ...door, count: WARM_UP_SOCKETS });
  await crowd({ kind: 'follow', orderIds: sales.slice(sockets).map(({ id }) => id) });
  await crowd({ kind: 'leave' });
  await delay(1_000);
  const before = await gateway.memory('before');
  const opened = await crowd({ kind: 'open', ...door, count: sockets });
  const connected = await gateway.memory('connected');
  const followed = await crowd({ kind: 'follow', orderIds });
  const subscribed = await gateway.memory('subscribed');
  process.stderr.write(`subscribed: ${((subscribed - before) / sockets).toFixed(1)} KB a socket\n`);
  const storm = await crowd({ kind: 'storm' });
  process.stderr.write(`storm: ${(storm.ms / 1_000).toFixed(1)} s\n`);
  const afterStorm = await gateway.memory('after-storm');
  const cpuBefore = cpuUs(gateway.pid) ?? 0;
  const posted = await postNotices(door, keys, { sales: sales.slice(0, sockets), rate });
  const { frames } = await crowd({ kind: 'frames', count: sockets, withinMs: 10_000 });
  const cpu = (cpuUs(gateway.pid) ?? 0) - cpuBefore;
  await crowd({ kind: 'leave' });
  await delay(1_000);
  const after = await gateway.memory('after');
  return figures({
    options,
    memoryKb: { before, connected, subscribed, afterStorm, after },
    openMs: opened.ms,
    followMs: followed.ms,
    stormMs: storm.ms,
    retries: storm.retries - followed.retries,
    posted,
    frames: frames ?? [],
    cpuUsPerEvent: cpu / sockets,
  });
}

interface Parts {
  readonly keys: Keys;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly ends: Ends;
}

async function startGateway(options: Options, { keys, folder, databaseUrl, ends }: Parts) {
  const program = options.build ?? (await build({ onBuild: () => process.stderr.write('building the gateway\n') }));
  const collected = join(folder, 'collected');
  const nodeArgs = [
    ...asShipped(),
    ...(options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(options.profile)}`]),
    ...['--expose-gc', '--import', join(import.meta.dirname, 'collect.ts'), '--heapsnapshot-signal=SIGUSR1'],
    join(resolve(program), 'main.js'),
  ];
  const settings = {
    DATABASE_URL: databaseUrl,
    ALI_GATEWAY: 'http://127.0.0.1:1/gateway.do',
    LOG_LEVEL: 'warn',
    COLLECTED: collected,
  };
  const { port, pid } = await startProgram({ name: 'gateway', nodeArgs, settings, keys, folder, ends });
  return {
    port,
    pid,
    /** Resident memory in KiB after collected garbage. */
    memory: async (name: string): Promise<number> => {
      await collect(pid, collected);
      if (options.heap !== undefined)
        await snapshot(pid, { from: folder, to: join(options.heap, `${name}.heapsnapshot`) });
      return rssKb(pid);
    },
  };
}

async function collect(pid: number, file: string): Promise<void> {
  const times = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  for (let i = 0; i < 2; i++) {
    const before = times();
    process.kill(pid, 'SIGUSR2');
    const giveUpAt = Date.now() + 20_000;
    while (times() === before) {
      if (Date.now() > giveUpAt) throw new Error('the gateway did not collect its garbage');
      await delay(20);
    }
    // V8 gives pages back in the background.
    await delay(500);
  }
}

/** Node writes the snapshot into the gateway's folder under a name of its own. */
async function snapshot(pid: number, { from, to }: { from: string; to: string }): Promise<void> {
  const found = () => readdirSync(from).find((name) => name.endsWith('.heapsnapshot'));
  process.kill(pid, 'SIGUSR1');
  let size = -1;
  for (;;) {
    await delay(1_500);
    const name = found();
    if (name === undefined) continue;
    const now = statSync(join(from, name)).size;
    if (now === size && now > 0) {
      mkdirSync(resolve(to, '..'), { recursive: true });
      writeFileSync(to, readFileSync(join(from, name)));
      rmSync(join(from, name));
      return;
    }
    size = now;
  }
}

function rssKb(pid: number): number {
  const kb = /^Rss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kb);
}

/** How `npm start` runs the gateway: with node's options as they stand there. */
function asShipped(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'));
}

function startCrowd(ends: Ends): (order: Order) => Promise<Done> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'crowd.ts'), { serialization: 'advanced' });
  ends.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return async (order) => {
    child.send(order);
    const [done]: Done[] = await once(child, 'message');
    if (done === undefined) throw new Error('the crowd said nothing');
    if (done.fault !== undefined) throw new Error(`${order.kind}: ${done.fault}`);
    return done;
  };
}

async function main(): Promise<void> {
  const ends: Ends = [];
  try {
    const options = readOptions(process.argv.slice(2));
    const found = await run(options, ends);
    process.stdout.write(render(found));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
  } finally {
    for (let end = ends.pop(); end !== undefined; end = ends.pop())
      await end().catch((error: Error) => process.stderr.write(`${error.message}\n`));
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n${USAGE}`);
  process.exitCode = 1;
});
