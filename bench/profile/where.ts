// `npm run bench:where -- sell=profiles/sell order=profiles/order [--page]`: which package the gateway's CPU goes to, by a
// profile of each workload (`npm run bench -- match --only sell --contenders gateway --profile profiles/sell`).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hundredth, table } from '../report/markdown.ts';
import { withBlock } from '../report/page.ts';
import { builtLines, type CallFrame, innermost, readProfile, sharesOf } from './profile.ts';

const PAGE = join(import.meta.dirname, '../../docs/performance.md');

/** What Node does for a package, a write to a socket for one, is the package's. */
const PLACES = {
  'pg: statements sent and read': /^(pg|pg-\w+|postgres-\w+)$/,
  'fastify: HTTP in and out': /^(fastify|@fastify|find-my-way|avvio|light-my-request|secure-json-parse)/,
  'pino: a log line a request': /^(pino|sonic-boom|thread-stream|quick-format-unescaped)/,
  'Apollo Server': /^(@apollo|@as-integrations|negotiator|accepts|whatwg-mimetype|sha\.js|lru-cache|loglevel)/,
  'graphql, type-graphql': /^(graphql|type-graphql|dataloader|@graphql-tools|graphql-\w+)/,
  'alipay-sdk, without RSA':
    /^(alipay-sdk|snakecase-keys|camelcase-keys|map-obj|to-snake-case|to-\w+-case|utility|camelcase)$/,
  'undici: calls to Alipay': /^undici$/,
  Kassa: /^src$/,
} as const;

type Place = keyof typeof PLACES | 'RSA' | 'the garbage collector' | 'other packages';

const NAMES = Object.keys(PLACES) as (keyof typeof PLACES)[];
const IN_NODE = 'Node, for nobody in particular';

function main(args: readonly string[]): void {
  const columns = args.filter((arg) => arg !== '--page').map((arg) => columnOf(arg));
  if (columns.length === 0) throw new Error('name=folder, please, for each profile');
  const rowNames: (Place | undefined)[] = [...NAMES, 'RSA', 'the garbage collector', 'other packages', undefined];
  const share = (column: Column, name: Place | undefined) => 100 * (column.of.get(name) ?? 0);
  const rows = rowNames
    .toSorted((one, other) => together(columns, other) - together(columns, one))
    .map((name) => [name ?? IN_NODE, ...columns.map((column) => hundredth(share(column, name)))]);
  const said = `${table(['% of the CPU', ...columns.map(({ title }) => title)], rows)}\n\nOf ${columns
    .map(({ title, cpuSeconds }) => `${Math.round(cpuSeconds)} s of CPU in ${title}`)
    .join(', ')}.`;
  process.stdout.write(`${said}\n`);
  if (args.includes('--page')) writeFileSync(PAGE, withBlock(readFileSync(PAGE, 'utf8'), 'where', said));
}

interface Column {
  readonly title: string;
  readonly cpuSeconds: number;
  readonly of: ReadonlyMap<Place | undefined, number>;
}

function columnOf(arg: string): Column {
  const [title = '', folder] = arg.split('=');
  const profile = readProfile(folder);
  return { title, ...sharesOf(profile, innermost(profile, placeOf), (place) => place === 'Apollo Server') };
}

function together(columns: readonly Column[], name: Place | undefined): number {
  return columns.reduce((sum, { of }) => sum + (of.get(name) ?? 0), 0);
}

function placeOf(frame: CallFrame): Place | undefined {
  if (frame.functionName === '(garbage collector)') return 'the garbage collector';
  if (frame.url === 'node:internal/crypto/sig') return 'RSA';
  const owner = packageAt(frame);
  return owner === undefined ? undefined : (NAMES.find((name) => PLACES[name].test(owner)) ?? 'other packages');
}

/** The build says in a comment where the text of each module begins. */
function packageAt(frame: CallFrame): string | undefined {
  const lines = builtLines(frame);
  for (let at = Math.min(frame.lineNumber, (lines?.length ?? 0) - 1); at >= 0; at -= 1) {
    const [, module] = /^\t*\/\/ ((?:node_modules|src)\/\S+)$/.exec(lines?.[at] ?? '') ?? [];
    if (module !== undefined) return module.startsWith('src/') ? 'src' : nameOf(module);
  }
  return undefined;
}

function nameOf(module: string): string {
  const [first = '', second = ''] = (module.split('node_modules/').at(-1) ?? '').split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

main(process.argv.slice(2));
