import { hash } from 'node:crypto';
import type { Fault } from '../orders/check-bundle.ts';
import { FIRST_HASH } from '../orders/event.ts';
import type { KeptNote } from './ports.ts';

/** A place in a merchant's chain of notes, and the hash of the note there. */
export interface NoteLink {
  readonly position: number;
  readonly hash: string;
}

/** Where every chain begins. */
export const NO_NOTE: NoteLink = { position: 0, hash: FIRST_HASH };

/**
 * The hash an untouched note has, as the trigger of migration 0010 gives it. The actor comes last: it is the only part that may
 * hold a line end.
 */
export function hashOfNote(note: Omit<KeptNote, 'hash'>): string {
  const { prevHash, position, id, merchantId, at, action, subject, details, actor } = note;
  const parts = [prevHash, position, id, merchantId, at.toISOString(), action, subject, details, actor];
  return hash('sha256', parts.join('\n'), 'hex');
}

/** What is wrong with a note that must follow `before`. */
export function checkNote(note: KeptNote, before: NoteLink): readonly Fault[] {
  const problems: string[] = [];
  if (note.position !== before.position + 1) problems.push(`follows note ${before.position}: one is missing`);
  else if (note.prevHash !== before.hash) problems.push('is not chained to the note before it');
  if (hashOfNote(note) !== note.hash) problems.push('has been changed: its hash is not that of what it says');
  return problems.map((problem) => ({ part: partOf(note), problem }));
}

/** What is wrong with where the notes of a merchant end: `head` is what was known as the end before they were read. */
export function checkEnd(last: NoteLink, head: NoteLink): readonly Fault[] {
  if (last.position < head.position)
    return [{ part: partOf(head), problem: `is missing: the notes end with ${last.position}` }];
  if (last.position === head.position && last.hash !== head.hash)
    return [{ part: partOf(last), problem: 'is not the one that was written there' }];
  return [];
}

function partOf({ position }: NoteLink): string {
  return `note ${position}`;
}
