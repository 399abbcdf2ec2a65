import type { Bundle, StoredMessage, VerificationKey } from '../orders/bundle.ts';
import { checkBundle, type Fault, proofOfPayment, type ReadMessage } from '../orders/check-bundle.ts';
import { checkMessage } from '../orders/check-messages.ts';
import { auditNotes, type NoteBooks } from './audit-notes.ts';
import { type Command, noWords, type Terminal, UsageError } from './command.ts';

const HELP = `Walks the whole database, a handful of orders at a time, and checks that everything holds: the hash chain of each
order's events, its status, its sums, Alipay's signature on every message that was kept, and the hash chain of each
merchant's audit notes. One flipped byte is found.

  --since DATE   only orders and messages from this day or moment on (2026-11-01, 2026-11-01T08:00:00Z), and all notes

Reads only: the read-only role of \`kassa roles\` will do. DATABASE_URL says where; without it, the embedded database in
DATA_DIR, whether or not a gateway is running on it. It may run beside the gateway at any time.`;

/** What an audit reads. */
export interface Books extends NoteBooks {
  readonly keys: readonly VerificationKey[];
  bundles(since: Date | undefined): AsyncIterable<Bundle>;
  looseMessages(since: Date | undefined): AsyncIterable<StoredMessage>;
  lostOrders(): AsyncIterable<string>;
  close(): Promise<void>;
}

export interface AuditNeeds {
  readonly openBooks: () => Promise<Books>;
  readonly readMessage: ReadMessage;
  readonly nameOf: (prefix: 'ord' | 'evd' | 'mer', id: string) => string;
}

export function audit(needs: AuditNeeds): Command {
  return {
    name: 'audit',
    takes: '[--since DATE]',
    summary: 'check every chain, sum and signature in the database',
    help: HELP,
    options: { since: { type: 'string' } },
    async run(asked, terminal) {
      noWords(asked);
      const since = readSince(asked.text('since'));
      const books = await needs.openBooks();
      try {
        const tally = await auditBooks(needs, books, { since, terminal });
        terminal.say(resultOf(tally));
        return tally.faults > 0 ? 1 : 0;
      } finally {
        await books.close();
      }
    },
  };
}

function readSince(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new UsageError('--since takes a day (2026-11-01) or a moment (2026-11-01T08:00:00Z).');
}

interface Tally {
  orders: number;
  events: number;
  messages: number;
  notes: number;
  /** From before keys were written down, and no key known verifies them. */
  unproved: number;
  faults: number;
}

/** More than these are counted, not shown. */
const MAX_SHOWN = 100;
const PROGRESS_MS = 5_000;

interface Walk {
  readonly since: Date | undefined;
  readonly terminal: Terminal;
}

async function auditBooks(
  { readMessage, nameOf }: AuditNeeds,
  books: Books,
  { since, terminal }: Walk,
): Promise<Tally> {
  const tally: Tally = { orders: 0, events: 0, messages: 0, notes: 0, unproved: 0, faults: 0 };
  const complain = (where: string, { part, problem }: Fault) => {
    tally.faults += 1;
    if (tally.faults <= MAX_SHOWN) terminal.say(`WRONG  ${where}: ${part} ${problem}.`);
  };
  const progress = every(PROGRESS_MS, () =>
    terminal.note(`… ${tally.orders} orders, ${tally.messages} messages, ${tally.faults} wrong`),
  );
  for await (const bundle of books.bundles(since)) {
    const checked = checkBundle(bundle, readMessage);
    for (const fault of [...checked.faults, ...unpaid(bundle, checked)])
      complain(nameOf('ord', bundle.order.id), fault);
    tally.orders += 1;
    tally.events += bundle.events.length;
    tally.messages += bundle.messages.length;
    tally.unproved += checked.unproved.length;
    progress();
  }
  for await (const message of books.looseMessages(since)) {
    const checked = checkMessage(message, books.keys, readMessage);
    if (checked.kind === 'fault') complain(nameOf('evd', message.id), { part: message.kind, problem: checked.problem });
    if (checked.kind === 'unproved') tally.unproved += 1;
    tally.messages += 1;
    progress();
  }
  for await (const orderId of books.lostOrders())
    complain(nameOf('ord', orderId), { part: 'order', problem: 'is gone, its events are still there' });
  tally.notes = await auditNotes(books, (merchantId, fault) => complain(nameOf('mer', merchantId), fault));
  return tally;
}

/** Unless it may be one of those that can't be read any more. */
function unpaid(bundle: Bundle, { proofs, unproved }: ReturnType<typeof checkBundle>): Fault[] {
  if (bundle.order.paidPaymentId === null || unproved.length > 0 || proofOfPayment(bundle, proofs)) return [];
  return [
    { part: 'order', problem: `is ${bundle.order.status}, and no message that Alipay signed says that it was paid` },
  ];
}

function every(ms: number, act: () => void): () => void {
  let last = performance.now();
  return () => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    act();
  };
}

function resultOf({ orders, events, messages, notes, unproved, faults }: Tally): string {
  const hidden = faults > MAX_SHOWN ? ` (${faults - MAX_SHOWN} of them not shown)` : '';
  const old = unproved > 0 ? `; ${unproved} messages name no key and none known verifies them` : '';
  const end = faults === 0 ? 'everything holds' : `${faults} wrong${hidden}`;
  return `Audited ${orders} orders, ${events} events, ${messages} messages, ${notes} notes: ${end}${old}.`;
}
