// The gateway against its limit: the same durable work by the built gateway and by a bare program, on one PostgreSQL.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from '../scripts/build.ts';
import { about } from './about.ts';
import { type Ends, openArena } from './arena.ts';
import { openBooks } from './books.ts';
import type { SideName } from './dialects.ts';
import { newKeys } from './keys.ts';
import { type Match, playRound, type Side, startDriver } from './match.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { peakRssMb } from './process-figures.ts';
import { type Report, type Round, render, summarize } from './report.ts';
import { startProgram } from './servers.ts';

/** How `npm start` runs the gateway: with node's options as they stand there. */
function asShipped(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'));
}

async function bench(options: Options, ends: Ends): Promise<Report> {
  const program = options.build ?? (await build({ onBuild: () => process.stderr.write('building the gateway\n') }));
  const folder = mkdtempSync(join(tmpdir(), 'kassa-bench-'));
  // Started by root, PostgreSQL runs as another account, which must pass through.
  chmodSync(folder, 0o711);
  ends.push(async () => rmSync(folder, { recursive: true, force: true }));
  const arena = await openArena({ folder, ends });
  const keys = newKeys();

  const alipay = await startProgram({
    name: 'alipay',
    nodeArgs: [join(import.meta.dirname, 'alipay.ts')],
    settings: { ALIPAY_PRIVATE_KEY: keys.alipayPrivateKey },
    ...{ keys, folder, ends },
  });

  async function openSide(name: SideName, nodeArgs: readonly string[]): Promise<Side> {
    const databaseUrl = arena.urls[name];
    const settings = { DATABASE_URL: databaseUrl, ALI_GATEWAY: `http://127.0.0.1:${alipay.port}/gateway.do` };
    const server = await startProgram({ name, nodeArgs, settings, keys, folder, ends });
    const books = await openBooks(name, databaseUrl, ends);
    return { ...server, name, books, acknowledged: { created: 0, noticed: 0, scanned: 0, refunded: 0 } };
  }

  const gateway = await openSide('gateway', [...asShipped(), ...profiling(options), join(resolve(program), 'main.js')]);
  const limit = await openSide('limit', [join(import.meta.dirname, 'limit.ts')]);
  const { connections } = options;
  const match: Match = { gateway, limit, keys, connections, drive: startDriver(ends), failures: [] };
  const setting = about(arena.settings);
  const rounds = await play(match, options);
  return {
    ok: match.failures.length === 0,
    failures: match.failures,
    workloads: summarize(rounds),
    peakRssMb: { gateway: peakRssMb(gateway.pid) ?? null, limit: peakRssMb(limit.pid) ?? null },
    about: { ...setting, loadAfter: loadavg(), options },
    rounds,
  };
}

/** The first round warms both up and is thrown away; its books count. A failure ends the match. */
async function play(match: Match, options: Options): Promise<Round[]> {
  const { gateway, limit, failures } = match;
  await playRound(match, options.warmUpSeconds);
  for (const { books } of [gateway, limit]) await books.analyze();
  const rounds: Round[] = [];
  while (rounds.length < options.rounds && failures.length === 0) {
    rounds.push(await playRound(match, options.seconds));
    process.stderr.write(`round ${rounds.length} of ${options.rounds}\n`);
  }
  for (const { name, books } of [gateway, limit])
    failures.push(...(await books.audit()).map((fault) => `${name}: ${fault}`));
  return rounds;
}

function profiling({ profile }: Options): string[] {
  if (profile === undefined) return [];
  mkdirSync(profile, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
}

async function main(): Promise<void> {
  const ends: Ends = [];
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => endAll(ends).finally(() => process.exit(130)));
  try {
    const options = readOptions(process.argv.slice(2));
    const report = await bench(options, ends);
    process.stdout.write(render(report));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    if (!report.ok) process.exitCode = 1;
  } finally {
    await endAll(ends);
  }
}

let ending: Promise<void> | undefined;

/** Once, whoever asks first: a signal, or the end of the match that it brought about. */
function endAll(ends: Ends): Promise<void> {
  ending ??= endEach(ends);
  return ending;
}

async function endEach(ends: Ends): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop())
    await end().catch((error: Error) => process.stderr.write(`${error.message}\n`));
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n${USAGE}`);
  process.exitCode = 1;
});
