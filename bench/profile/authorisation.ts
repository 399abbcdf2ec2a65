// `npm run bench:authorisation -- profiles [--page]`: of the CPU that a profile of the gateway shows (`npm run bench --
// --profile profiles`), the share of what decides who may do what. The build must still be there: its text tells which function
// a line belongs to.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hundredth, table } from '../report/markdown.ts';
import { withBlock } from '../report/page.ts';

const PAGE = join(import.meta.dirname, '../../docs/performance.md');

/** With everything inside them and everything that they call. The edge's is too much: it also makes the context of the document. */
const DECIDERS = {
  'the edge': ['httpContext'],
  'the address': ['addressReader'],
  'the credential': ['bearer', 'authenticator', 'hashApiKey'],
  'the door': ['openDoor'],
  'the limits': ['rateLimit'],
  'the scopes': ['merchantOf', 'sellerOf', 'callerWith', 'callerWithOne'],
} as const;

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

type Part = keyof typeof DECIDERS;

interface Shares {
  /** Of all, from the first request to the last; idle time is none of it, the collector's is. */
  readonly cpuSeconds: number;
  readonly of: ReadonlyMap<Part, number>;
}

const DECIDES = Object.keys(DECIDERS) as Part[];
/** Of the gateway's CPU while it creates orders. */
const BAR = 0.05;

function main(args: readonly string[]): void {
  const [folder] = args.filter((arg) => arg !== '--page');
  const [file, ...others] = readdirSync(folder ?? '.').filter((name) => name.endsWith('.cpuprofile'));
  if (folder === undefined || file === undefined || others.length > 0)
    throw new Error('a folder with one profile, please');
  const { cpuSeconds, of } = sharesOf(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const together = [...of.values()].reduce((sum, share) => sum + share, 0);
  const rows = [...of, ['together', together] as const].map(([name, share]) => [name, hundredth(100 * share)]);
  const said = `${table(['', '% of the CPU'], rows)}\n\nOf ${Math.round(cpuSeconds)} s of CPU; the bar is ${100 * BAR} %.`;
  process.stdout.write(`${said}\n`);
  if (together > BAR) process.exitCode = 1;
  else if (args.includes('--page')) writeFileSync(PAGE, withBlock(readFileSync(PAGE, 'utf8'), 'authorisation', said));
}

function sharesOf({ nodes, samples, timeDeltas }: Profile): Shares {
  const parts = partsOf(nodes);
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id));
  const [first, last] = [samples.findIndex((id) => parts.has(id)), samples.findLastIndex((id) => parts.has(id))];
  const spentUs = new Map<Part | undefined, number>();
  for (let at = first; at <= last; at += 1) {
    const [id = 0, us = 0] = [samples[at], timeDeltas[at]];
    if (!idle.has(id)) spentUs.set(parts.get(id), (spentUs.get(parts.get(id)) ?? 0) + us);
  }
  for (const part of DECIDES) if (!seen.has(part)) throw new Error(`no function of ${part} has run: was it renamed?`);
  const allUs = [...spentUs.values()].reduce((sum, us) => sum + us, 0);
  return { cpuSeconds: allUs / 1e6, of: new Map(DECIDES.map((part) => [part, (spentUs.get(part) ?? 0) / allUs])) };
}

/** The innermost part that each node of the tree belongs to, itself or by whom it is called. */
function partsOf(nodes: readonly Node[]): Map<number, Part> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, Part>();
  const visit = (node: Node, above: Part | undefined): void => {
    const part = partAt(node) ?? above;
    if (part !== undefined) parts.set(node.id, part);
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next !== undefined) visit(next, part);
    }
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, undefined);
  return parts;
}

const partsOfFile = new Map<string, readonly (Part | undefined)[]>();

function partAt({ callFrame: { url, lineNumber } }: Node): Part | undefined {
  if (!url.startsWith('file:') || !url.includes('/dist/')) return undefined;
  const known = partsOfFile.get(url) ?? partsOfLines(readFileSync(fileURLToPath(url), 'utf8').split('\n'));
  partsOfFile.set(url, known);
  return known[lineNumber];
}

/** A function of a module stands at the line's begin, and so does the brace that ends it. */
function partsOfLines(lines: readonly string[]): (Part | undefined)[] {
  let within: Part | undefined;
  return lines.map((line) => {
    const name = /^(?:async )?function (\w+?)(?:\$\d+)?\(/.exec(line)?.[1];
    if (name !== undefined) within = partNamed(name);
    const part = within;
    if (line.startsWith('}')) within = undefined;
    return part;
  });
}

const seen = new Set<Part>();

function partNamed(name: string): Part | undefined {
  const part = DECIDES.find((one) => DECIDERS[one].some((decider) => decider === name));
  if (part !== undefined) seen.add(part);
  return part;
}

main(process.argv.slice(2));
