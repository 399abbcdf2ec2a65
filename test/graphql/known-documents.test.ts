import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { KnownDocuments } from '../../src/graphql/known-documents.ts';

const document = (length: number) => parse(`{ ${'a'.repeat(length - 4)} }`);

test('what was put in is found, until there is too much of it', () => {
  const known = new KnownDocuments();
  const first = document(100);
  known.put('first', first);
  known.put('first', document(100));
  expect(known.get('first')).toBe(first);
  for (let n = 0; n < 29; n += 1) known.put(`long ${n}`, document(10_000));
  expect(known.get('first')).toBe(first);
  known.put('one more', document(10_000));
  expect([known.get('first'), known.get('long 0'), known.get('one more')]).toEqual([
    undefined,
    undefined,
    expect.anything(),
  ]);
});

test('one that is too long is not kept, and many short ones are too many', () => {
  const known = new KnownDocuments();
  known.put('huge', document(10_001));
  expect(known.get('huge')).toBeUndefined();
  for (let n = 0; n < 1_000; n += 1) known.put(`${n}`, document(5));
  expect(known.get('0')).toBeDefined();
  known.put('1000', document(5));
  expect([known.get('0'), known.get('1000')]).toEqual([undefined, expect.anything()]);
});
