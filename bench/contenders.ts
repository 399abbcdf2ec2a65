// Who is measured, and how each is started.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Books } from './books/books.ts';
import type { Done } from './books/done.ts';
import type { Server } from './servers.ts';

/**
 * `limit`: the least that does the same durable work. `tutorial`: what a good tutorial builds from the same packages.
 * `grown`: the gateway over a database that holds years of orders.
 */
export const contenderNames = ['gateway', 'limit', 'tutorial', 'grown'] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface Contender extends Server {
  readonly name: ContenderName;
  readonly databaseUrl: string;
  readonly books: Books;
  done: Done;
}

export interface Programs {
  /** The folder of a build of the gateway. */
  readonly build: string;
  /** The compiled tutorial build. */
  readonly tutorial: string;
  /** Node's options for a profile of the gateway. */
  readonly profiling: readonly string[];
}

/** What node runs. */
export function nodeArgsOf(name: ContenderName, { build, tutorial, profiling }: Programs): string[] {
  switch (name) {
    case 'gateway':
    case 'grown':
      return [...asShipped(), ...profiling, join(resolve(build), 'main.js')];
    case 'limit':
      return [join(import.meta.dirname, 'limit/main.ts')];
    case 'tutorial':
      return [tutorial];
  }
}

/** How `npm start` runs the gateway: with node's options as they stand there. */
function asShipped(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(scripts.start)
    .split(' ')
    .filter((word) => word.startsWith('--'));
}
