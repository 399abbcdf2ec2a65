// Everything that stands while the parts play: PostgreSQL, Alipay, the programs, and who was asked for.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from '../scripts/build.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { type Arena, type Ends, openArena } from './arena.ts';
import { openBooks } from './books/books.ts';
import { nothingDone } from './books/done.ts';
import { type Contender, type ContenderName, nodeArgsOf, type Programs } from './contenders.ts';
import { type Keys, newKeys } from './keys.ts';
import type { Options } from './options.ts';
import { preload } from './preload/preload.ts';
import { type Server, startProgram } from './servers.ts';
import { compileTutorial } from './tutorial/compile.ts';

export interface Stage {
  readonly arena: Arena;
  readonly keys: Keys;
  readonly alipay: Server;
  readonly names: readonly ContenderName[];
  readonly failures: string[];
  readonly ends: Ends;
  /** A contender with a new database of its own. */
  open(name: ContenderName, ends: Ends): Promise<Contender>;
  /** The same database under a new process; the old one is stopped. */
  restart(contender: Contender, ends: Ends, extra: Extra): Promise<Server>;
  /** For files of a run; removed at its end. */
  readonly folder: string;
}

/** What a program is started with beside the usual. */
export interface Extra {
  readonly nodeArgs: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

export const nothingElse: Extra = { nodeArgs: [], settings: {} };

export async function openStage(options: Options, ends: Ends): Promise<Stage> {
  const programs = await programsFor(options, ends);
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

  function start({ name, databaseUrl }: Pick<Contender, 'name' | 'databaseUrl'>, itsEnds: Ends, extra = nothingElse) {
    const usual = { DATABASE_URL: databaseUrl, ALI_GATEWAY: `http://127.0.0.1:${alipay.port}/gateway.do` };
    const settings = { ...usual, RATE_LIMIT: String(options.rateLimit), ...extra.settings };
    const nodeArgs = [...extra.nodeArgs, ...nodeArgsOf(name, programs)];
    return startProgram({ ...{ name, nodeArgs, settings, keys, folder }, ends: itsEnds });
  }

  return {
    ...{ arena, keys, alipay, names: options.contenders, failures: [], ends, folder },
    async open(name, contenderEnds) {
      const databaseUrl = await arena.newDatabase(name, contenderEnds);
      if (name === 'limit') await migrate(databaseUrl);
      const server = await start({ name, databaseUrl }, contenderEnds);
      if (name === 'grown') await preload(databaseUrl, options.preload);
      const books = await openBooks(name, databaseUrl, contenderEnds);
      return { ...server, name, databaseUrl, books, done: nothingDone };
    },
    async restart(contender, contenderEnds, extra) {
      await contender.stop();
      return start(contender, contenderEnds, extra);
    },
  };
}

async function programsFor({ build: given, contenders, profile }: Options, ends: Ends): Promise<Programs> {
  const needsGateway = contenders.some((name) => name === 'gateway' || name === 'grown');
  const onBuild = () => process.stderr.write('building the gateway\n');
  const tutorial = contenders.includes('tutorial') ? compileTutorial() : undefined;
  ends.push(async () => tutorial?.remove());
  return {
    build: given ?? (needsGateway ? await build({ onBuild }) : ''),
    tutorial: tutorial?.program ?? '',
    profiling: profiling(profile),
  };
}

function profiling(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  mkdirSync(folder, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`];
}
