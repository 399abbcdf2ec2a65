import { describe, expect, test } from 'vitest';
import { checkEnd, checkNote, hashOfNote, NO_NOTE } from '../../src/merchants/audit-chain.ts';
import type { KeptNote } from '../../src/merchants/ports.ts';
import { MERCHANT, NOON, newId } from '../support/orders.ts';

function noteAfter(before: { position: number; hash: string }, more: Partial<KeptNote> = {}): KeptNote {
  const note = {
    merchantId: MERCHANT,
    id: newId(),
    actor: 'ann',
    at: NOON,
    action: 'api_key.created',
    subject: newId(),
    details: '{"label": "till"}',
    position: before.position + 1,
    prevHash: before.hash,
    ...more,
  };
  return { ...note, hash: hashOfNote(note) };
}

const first = noteAfter(NO_NOTE);
const second = noteAfter(first);

test('notes that follow each other hold', () => {
  expect([checkNote(first, NO_NOTE), checkNote(second, first), checkEnd(second, second)]).toEqual([[], [], []]);
});

describe('a note that does not hold', () => {
  test.each<[string, Partial<KeptNote>, string]>([
    ['another actor', { actor: 'bob' }, 'changed'],
    ['another action', { action: 'api_key.revoked' }, 'changed'],
    ['another time', { at: new Date(NOON.getTime() + 1) }, 'changed'],
    ['other details', { details: '{"label": "Till"}' }, 'changed'],
    ['another subject', { subject: newId() }, 'changed'],
    ['an actor that swallows what stands before it', { details: '{}', actor: '{"label": "till"}\nann' }, 'changed'],
  ])('%s', (_, change, problem) => {
    expect(checkNote({ ...second, ...change }, first)).toMatchObject([
      { part: 'note 2', problem: expect.stringContaining(problem) },
    ]);
  });

  test('one that is missing, one that was put in its place, an end that is gone', () => {
    expect(checkNote(second, NO_NOTE)).toMatchObject([{ problem: expect.stringContaining('one is missing') }]);
    expect(checkNote(second, noteAfter(NO_NOTE))).toMatchObject([{ problem: expect.stringContaining('not chained') }]);
    expect(checkEnd(first, second)).toMatchObject([{ part: 'note 2', problem: expect.stringContaining('end with 1') }]);
    expect(checkEnd(noteAfter(first), second)).toMatchObject([{ problem: expect.stringContaining('not the one') }]);
    expect(checkEnd(noteAfter(second), second)).toEqual([]);
  });
});
