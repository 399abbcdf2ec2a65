import type { AppIdentity } from './app-identity.ts';
import { applyEntry, type Books } from './books.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entries.ts';
import type { Fault } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Settings } from './settings.ts';

/** One running sandbox: what every part of it works on. */
export type Sandbox = {
  readonly clock: Clock;
  readonly app: AppIdentity;
  readonly books: Books;
  readonly ledger: Ledger;
  /** Changed in place by the control API. */
  readonly settings: Settings;
  readonly faults: Fault[];
  /** Told of every entry once it is written. */
  readonly listeners: Array<(entry: Entry) => void>;
  /** Where phones reach the wallet page, without a slash at the end. */
  readonly publicUrl: () => string;
};

/** Writes what happened, whole or not at all: to disk first, then to the books, then to who waits for it. */
export function record(sandbox: Sandbox, entries: readonly Entry[]): void {
  if (entries.length === 0) return;
  sandbox.ledger.append(sandbox.clock.now(), entries);
  for (const entry of entries) applyEntry(sandbox.books, entry);
  for (const entry of entries) for (const listen of sandbox.listeners) listen(entry);
}

/** The content of a code's QR: the URL of its wallet page. */
export function qrContent(sandbox: Sandbox, code: string): string {
  return `${sandbox.publicUrl()}/wallet/${code}`;
}
