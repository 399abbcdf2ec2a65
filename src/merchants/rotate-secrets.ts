import type { Clock, NewId } from '../orders/ports.ts';
import type { AuditNote } from './ports.ts';

/** Secrets that are kept together: those of an app, of a webhook endpoint, or of somebody's one-time codes. */
export interface SealedRow {
  readonly kind: 'app' | 'webhook endpoint' | 'one-time code';
  readonly merchantId: string;
  readonly id: string;
  readonly secrets: readonly SealedSecret[];
}

export interface SealedSecret {
  readonly sealed: string | null;
  /** Whose it was sealed as. */
  readonly owner: string;
}

export interface SealedBook {
  /** All of them, of every merchant. */
  all(): Promise<readonly SealedRow[]>;
  /** False when somebody has changed them meanwhile. */
  replace(row: SealedRow, sealed: readonly (string | null)[], note: AuditNote): Promise<boolean>;
}

export interface RotateSecretsNeeds {
  readonly book: SealedBook;
  /** Undefined: it is sealed under the newest key already. @throws when no known key opens it */
  readonly reseal: (sealed: string, owner: string) => string | undefined;
  readonly actor: string;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface Rotated {
  /** Rows that are sealed under the newest key now, and were not before. */
  readonly resealed: number;
  readonly rows: number;
  /** What no known key opens. */
  readonly lost: readonly SealedRow[];
}

const MOST_ROUNDS = 5;

/** Seals everything anew that is not sealed under the newest key. What changes meanwhile is looked at again. */
export async function rotateSecrets(needs: RotateSecretsNeeds): Promise<Rotated> {
  let resealed = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const rows = await needs.book.all();
    const lost: SealedRow[] = [];
    let raced = false;
    for (const row of rows) {
      const outcome = await rotateRow(needs, row);
      if (outcome === 'resealed') resealed += 1;
      if (outcome === 'raced') raced = true;
      if (outcome === 'lost') lost.push(row);
    }
    if (!raced) return { resealed, rows: rows.length, lost };
  }
  throw new Error('secrets are changed all the time');
}

async function rotateRow({ book, reseal, actor, clock, newId }: RotateSecretsNeeds, row: SealedRow) {
  const next = resealedOf(row, reseal);
  if (next === 'lost' || next === 'as it is') return next;
  const at = clock.now();
  return (await book.replace(row, next, { id: newId(at), actor, at })) ? 'resealed' : 'raced';
}

function resealedOf({ secrets }: SealedRow, reseal: RotateSecretsNeeds['reseal']) {
  try {
    const next = secrets.map(({ sealed, owner }) => (sealed === null ? undefined : reseal(sealed, owner)));
    if (next.every((one) => one === undefined)) return 'as it is';
    return next.map((one, n) => one ?? secrets[n]?.sealed ?? null);
  } catch {
    return 'lost';
  }
}
