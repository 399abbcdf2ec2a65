import { checkEnd, checkNote, NO_NOTE, type NoteLink } from '../merchants/audit-chain.ts';
import type { KeptNote } from '../merchants/ports.ts';
import type { Fault } from '../orders/check-bundle.ts';

/** The audit log of every merchant. */
export interface NoteBooks {
  /** Where each merchant's notes end now. */
  noteHeads(): Promise<ReadonlyMap<string, NoteLink>>;
  /** All of them, each merchant's in their order. */
  notes(): AsyncIterable<KeptNote>;
}

/** Walks the chains of all merchants and answers how many notes there are. Those that are written meanwhile may be among them. */
export async function auditNotes(
  books: NoteBooks,
  complain: (merchantId: string, fault: Fault) => void,
): Promise<number> {
  const heads = await books.noteHeads();
  const lasts = new Map<string, NoteLink>();
  let notes = 0;
  for await (const note of books.notes()) {
    const { merchantId } = note;
    for (const fault of checkNote(note, lasts.get(merchantId) ?? NO_NOTE)) complain(merchantId, fault);
    lasts.set(merchantId, note);
    // Where the chain ended when the walk began, it still leads through.
    const head = heads.get(merchantId);
    if (note.position === head?.position) for (const fault of checkEnd(note, head)) complain(merchantId, fault);
    notes += 1;
  }
  for (const [merchantId, head] of heads) {
    const last = lasts.get(merchantId) ?? NO_NOTE;
    if (last.position < head.position) for (const fault of checkEnd(last, head)) complain(merchantId, fault);
  }
  return notes;
}
