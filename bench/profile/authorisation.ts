// `npm run bench:authorisation -- profiles [--page]`: of the CPU that a profile of the gateway shows (`npm run bench --
// --profile profiles`), the share of what decides who may do what. The build must still be there: its text tells which function
// a line belongs to.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hundredth, table } from '../report/markdown.ts';
import { withBlock } from '../report/page.ts';
import { builtLines, type CallFrame, innermost, readProfile, sharesOf } from './profile.ts';

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

type Part = keyof typeof DECIDERS;

const DECIDES = Object.keys(DECIDERS) as Part[];
/** Of the gateway's CPU while it creates orders. */
const BAR = 0.05;

function main(args: readonly string[]): void {
  const [folder] = args.filter((arg) => arg !== '--page');
  const profile = readProfile(folder);
  const { cpuSeconds, of } = sharesOf(profile, innermost(profile, partAt));
  for (const part of DECIDES) if (!seen.has(part)) throw new Error(`no function of ${part} has run: was it renamed?`);
  const shares = DECIDES.map((part) => [part, of.get(part) ?? 0] as const);
  const together = shares.reduce((sum, [, share]) => sum + share, 0);
  const rows = [...shares, ['together', together] as const].map(([name, share]) => [name, hundredth(100 * share)]);
  const said = `${table(['', '% of the CPU'], rows)}\n\nOf ${Math.round(cpuSeconds)} s of CPU; the bar is ${100 * BAR} %.`;
  process.stdout.write(`${said}\n`);
  if (together > BAR) process.exitCode = 1;
  else if (args.includes('--page')) writeFileSync(PAGE, withBlock(readFileSync(PAGE, 'utf8'), 'authorisation', said));
}

const partsOfFile = new Map<string, readonly (Part | undefined)[]>();

function partAt(frame: CallFrame): Part | undefined {
  const lines = builtLines(frame);
  if (lines === undefined) return undefined;
  const known = partsOfFile.get(frame.url) ?? partsOfLines(lines);
  partsOfFile.set(frame.url, known);
  return known[frame.lineNumber];
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
