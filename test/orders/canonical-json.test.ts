import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/orders/canonical-json.ts';

const anyJson = fc.jsonValue({ maxDepth: 4 }).map((value): Json => JSON.parse(JSON.stringify(value)));

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]: [string, Json]) => [key, shuffled(member)]),
  );
}

test('it is JSON and means the same', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(value);
    }),
  );
});

test('the order of keys leaves no trace', () => {
  fc.assert(fc.property(anyJson, (value) => canonicalJson(shuffled(value)) === canonicalJson(value)));
});

// biome-ignore format: a table
test.each<[Json, string]>([
  [null,                             'null'],
  [{ b: 1, a: [true, null, 'x'] },   '{"a":[true,null,"x"],"b":1}'],
  [{ 'é': 1, z: 2, Z: 3, '10': 4, '9': 5 }, '{"10":4,"9":5,"Z":3,"z":2,"é":1}'],
  [{ a: 'line\n"quoted" 茶' },        '{"a":"line\\n\\"quoted\\" 茶"}'],
  [-0,                               '0'],
  [{},                               '{}'],
])('%j is written %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test('a member that JavaScript calls undefined is left out, so that the text stays JSON', () => {
  const holes = { a: undefined, b: [undefined, 1] } as unknown as Json;
  expect(canonicalJson(holes)).toBe('{"b":[null,1]}');
});
