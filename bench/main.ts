// `npm run bench`: what the gateway does in a second, by what a bare program and a tutorial build do, on one PostgreSQL.
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { settingOf } from './about.ts';
import type { Ends } from './arena.ts';
import type { Contender } from './contenders.ts';
import { endEach } from './ends.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { playBurst } from './parts/burst.ts';
import { playMatch } from './parts/match.ts';
import { playOpen } from './parts/open.ts';
import { playSoak } from './parts/soak.ts';
import { checkOpenFiles, playSockets } from './parts/sockets.ts';
import { playStart } from './parts/start.ts';
import { type Field, startDriver } from './play.ts';
import { tableSizes } from './preload/sizes.ts';
import { peakRssMb } from './process-figures.ts';
import { writePage } from './report/page.ts';
import { type Report, render } from './report/report.ts';
import { summarize } from './report/summary.ts';
import { underFloor } from './report/under-floor.ts';
import { openStage, type Stage } from './stage.ts';

async function bench(options: Options, ends: Ends): Promise<Report> {
  if (options.parts.includes('sockets')) checkOpenFiles(options.sockets);
  const stage = await openStage(options, ends);
  const setting = settingOf(stage.arena.settings);
  const contenders: Contender[] = [];
  for (const name of stage.names) contenders.push(await stage.open(name, ends));
  const { failures, alipay, keys } = stage;
  const { connections } = options;
  const field: Field = { contenders, alipay, keys, connections, drive: startDriver(ends), failures };
  const found = await playParts(stage, field, options);
  for (const { name, books } of contenders) failures.push(...(await books.audit()).map((fault) => `${name}: ${fault}`));
  return {
    ok: failures.length === 0,
    failures,
    ...found,
    peakRssMb: Object.fromEntries(contenders.map(({ name, pid }) => [name, peakRssMb(pid) ?? null])),
    about: { ...setting, loadAfter: loadavg(), command: commandLine(), options },
  };
}

type Found = Omit<Report, 'ok' | 'failures' | 'peakRssMb' | 'about'>;

async function playParts(stage: Stage, field: Field, options: Options): Promise<Found> {
  const { parts, seconds, load } = options;
  const wants = (part: Options['parts'][number]) => parts.includes(part) && field.failures.length === 0;
  const match = wants('match') ? await matchPart(field, options) : { rounds: [] };
  const open = wants('open') ? { open: await playOpen(field, options) } : {};
  const burst = wants('burst') ? { burst: await playBurst(field, seconds) } : {};
  const sockets = wants('sockets') ? { sockets: await playSockets(stage, options) } : {};
  const start = wants('start') ? { start: await playStart(stage, options) } : {};
  const soak = wants('soak')
    ? await playSoak(field, { seconds: options.soakSeconds, load, kneeSeconds: seconds })
    : null;
  return { ...match, ...open, ...burst, ...sockets, ...start, ...(soak && { soak }) };
}

/** With a database that holds years of orders, the match is about growth. */
async function matchPart(field: Field, options: Options): Promise<Pick<Report, 'match' | 'growth' | 'rounds'>> {
  const rounds = await playMatch(field, options);
  const match = summarize(rounds, options.contenders);
  if (options.check) field.failures.push(...underFloor(match));
  const grown = field.contenders.find(({ name }) => name === 'grown');
  if (grown === undefined) return { match, rounds };
  const sizes = await tableSizes(grown.databaseUrl);
  return { growth: { orders: options.preload, match, sizes }, rounds };
}

function commandLine(): string {
  const args = process.argv.slice(2);
  return ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
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
    if (options.page && report.ok) writePage(report);
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

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n${USAGE}`);
  process.exitCode = 1;
});
