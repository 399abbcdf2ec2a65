// What `node --cpu-prof` writes, as far as we read it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
}

interface Node {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

export interface Profile {
  /** The first one is the root. */
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  /** In microseconds. */
  readonly timeDeltas: readonly number[];
}

/** @throws Error unless the folder holds exactly one */
export function readProfile(folder: string | undefined): Profile {
  const [file, ...others] = readdirSync(folder ?? '.').filter((name) => name.endsWith('.cpuprofile'));
  if (folder === undefined || file === undefined || others.length > 0)
    throw new Error('a folder with one profile, please');
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** What `of` says of the innermost frame that it says anything of, for each node of the tree. */
export function innermost<Part>(
  { nodes }: Profile,
  of: (frame: CallFrame) => Part | undefined,
): ReadonlyMap<number, Part> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, Part>();
  const visit = (node: Node, above: Part | undefined): void => {
    const part = of(node.callFrame) ?? above;
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

export interface Shares<Part> {
  /** From the first sample of a part to the last; idle time is none of it, the collector's is. */
  readonly cpuSeconds: number;
  /** Of that. Undefined: of no part. */
  readonly of: ReadonlyMap<Part | undefined, number>;
}

/**
 * `isWork`: the part whose first and last sample are the begin and the end of the work.
 * @throws Error when there is no such sample
 */
export function sharesOf<Part>(
  { nodes, samples, timeDeltas }: Profile,
  parts: ReadonlyMap<number, Part>,
  isWork: (part: Part) => boolean = () => true,
): Shares<Part> {
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id));
  const works = (id: number) => {
    const part = parts.get(id);
    return part !== undefined && isWork(part);
  };
  const [first, last] = [samples.findIndex(works), samples.findLastIndex(works)];
  if (first < 0) throw new Error('a profile without the work: is its build still there, with node_modules beside it?');
  const spentUs = new Map<Part | undefined, number>();
  for (let at = first; at <= last; at += 1) {
    const [id = 0, us = 0] = [samples[at], timeDeltas[at]];
    if (!idle.has(id)) spentUs.set(parts.get(id), (spentUs.get(parts.get(id)) ?? 0) + us);
  }
  const allUs = [...spentUs.values()].reduce((sum, us) => sum + us, 0);
  return { cpuSeconds: allUs / 1e6, of: new Map([...spentUs].map(([part, us]) => [part, us / allUs])) };
}

const linesOf = new Map<string, readonly string[]>();

/** The lines of the build's file that a frame is in; none for Node's own. The build must still be there. */
export function builtLines({ url }: CallFrame): readonly string[] | undefined {
  if (!url.startsWith('file:') || !url.includes('/dist/')) return undefined;
  const lines = linesOf.get(url) ?? readFileSync(fileURLToPath(url), 'utf8').split('\n');
  linesOf.set(url, lines);
  return lines;
}
