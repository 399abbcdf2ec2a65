import { GraphQLScalarType, Kind } from 'graphql';
import { describe, expect, test } from 'vitest';
import { AmountScalar, DateTimeScalar } from '../../src/graphql/scalars.ts';

describe('Amount', () => {
  // biome-ignore format: a table
  test.each<[string, bigint, string]>([
    ['9.99', 999n,            '9.99'],
    ['9',    900n,            '9.00'],
    ['0.5',  50n,             '0.50'],
    ['100000000.00', 10_000_000_000n, '100000000.00'],
  ])('"%s" comes in as %d fen and goes out as "%s"', (text, fen, out) => {
    expect(AmountScalar.parseValue(text)).toBe(fen);
    expect(AmountScalar.parseLiteral({ kind: Kind.STRING, value: text })).toBe(fen);
    expect(AmountScalar.serialize(fen)).toBe(out);
  });

  test.each<unknown>([
    9.99,
    9,
    0,
    10n,
    true,
    null,
    undefined,
    {},
    [],
    ['9.99'],
    Number.NaN,
    '9.999',
    '-1',
    '+1',
    '1e3',
    '0x1',
    '１',
    '',
    ' 1',
    '100000000.01',
    'NaN',
  ])('%o as a variable is an error', (value) => {
    expect(() => AmountScalar.parseValue(value)).toThrow(/^Amount must be yuan as text/);
  });

  test.each([
    { kind: Kind.INT, value: '9' },
    { kind: Kind.FLOAT, value: '9.99' },
    { kind: Kind.FLOAT, value: '1e3' },
    { kind: Kind.ENUM, value: 'NINE' },
    { kind: Kind.BOOLEAN, value: true },
    { kind: Kind.NULL },
    { kind: Kind.STRING, value: '9.999' },
    { kind: Kind.LIST, values: [] },
  ] as const)('a literal like %j is an error', (node) => {
    expect(() => AmountScalar.parseLiteral(node)).toThrow(/^Amount must be yuan as text/);
  });

  test('only fen go out', () => {
    for (const value of ['9.99', 9.99, -1n, null]) expect(() => AmountScalar.serialize(value)).toThrow();
  });
});

describe('DateTime', () => {
  // biome-ignore format: a table
  test.each([
    ['2026-11-23T08:00:00.000Z',       '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00:00Z',           '2026-11-23T08:00:00.000Z'],
    ['2026-11-23t08:00:00z',           '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T16:00:00+08:00',      '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00:00.123456789Z', '2026-11-23T08:00:00.123Z'],
    ['2028-02-29T00:00:00Z',           '2028-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z',           '1970-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, out) => {
    const time = DateTimeScalar.parseValue(text);
    expect(DateTimeScalar.serialize(time)).toBe(out);
    expect(DateTimeScalar.parseLiteral({ kind: Kind.STRING, value: text })).toEqual(time);
  });

  test.each<unknown>([
    '',
    '2026-11-23',
    '2026-11-23T08:00Z',
    '2026-11-23T08:00:00',
    '2026-11-23 08:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2026-11-23T25:00:00Z',
    '2026-11-23T08:00:60Z',
    '1969-12-31T23:59:59Z',
    '2026-11-23T08:00:00+99:99',
    '2026-11-23T08:00:00.Z',
    '９999-01-01T00:00:00Z',
    '9999-12-31T23:59:59-01:00',
    1_795_420_800,
    null,
    undefined,
    true,
    {},
    ['2026-11-23T08:00:00Z'],
    new Date(),
  ])('%o is an error', (value) => {
    expect(() => DateTimeScalar.parseValue(value)).toThrow(/^DateTime must be RFC 3339/);
  });

  test('a literal must be text', () => {
    expect(() => DateTimeScalar.parseLiteral({ kind: Kind.INT, value: '1795420800' })).toThrow();
  });
});

test('both describe themselves to clients', () => {
  for (const scalar of [AmountScalar, DateTimeScalar]) {
    expect(scalar).toBeInstanceOf(GraphQLScalarType);
    expect(scalar.description).toMatch(/.{20,}/);
  }
});
