import type { Cause } from './cause.ts';
import { canonical, type Form, type Pairs, type Surroundings } from './letter.ts';
import { repairs } from './repairs.ts';
import { matches, type Opened } from './signature.ts';

/** What makes the message the one that was signed. */
export interface Found {
  readonly causes: readonly Cause[];
  readonly form: Form;
}

/** One search over all readings of a message. It ends within seconds, whatever the message. */
export interface Search {
  readonly around: Surroundings;
  /** A try costs some ten microseconds. */
  triesLeft: number;
}

export const MAX_TRIES = 40_000;

export interface Question {
  readonly pairs: Pairs;
  readonly opened: Opened;
  /** How many repairs at once. */
  readonly depth: number;
}

/** Exactly `depth` repairs after which the fields are what the signature vouches for. */
export function findRepairs(search: Search, { pairs, opened, depth }: Question): Found | undefined {
  return tryRepairs(search, opened, { pairs, from: 0, depth, causes: [] });
}

interface Step {
  readonly pairs: Pairs;
  /** Repairs are tried in the table's order, each once. */
  readonly from: number;
  readonly depth: number;
  readonly causes: readonly Cause[];
}

function tryRepairs(search: Search, opened: Opened, { pairs, from, depth, causes }: Step): Found | undefined {
  if (depth === 0) return tryPairs(search, opened, { pairs, causes });
  for (const [place, { what, fix, variants }] of repairs.entries()) {
    if (place < from) continue;
    for (const variant of variants(pairs, search.around)) {
      if (search.triesLeft <= 0) return undefined;
      const next = { pairs: variant, from: place + 1, depth: depth - 1, causes: [...causes, { what, fix }] };
      const found = tryRepairs(search, opened, next);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function tryPairs(search: Search, opened: Opened, { pairs, causes }: Pick<Step, 'pairs' | 'causes'>) {
  search.triesLeft -= 1;
  const form = (['V1', 'V2'] as const).find((one) => matches(opened, canonical(pairs, one)));
  return form && { causes, form };
}
