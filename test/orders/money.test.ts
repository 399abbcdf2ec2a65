import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAmount, MAX_AMOUNT_FEN, parseAmount, sumFen } from '../../src/orders/money.ts';

const anyFen = fc.bigInt({ min: 0n, max: MAX_AMOUNT_FEN });

test('every amount reads back as it was written', () => {
  fc.assert(fc.property(anyFen, (fen) => parseAmount(formatAmount(fen)) === fen));
});

test('every amount is written with exactly two decimals and no zeros in front', () => {
  fc.assert(fc.property(anyFen, (fen) => /^(0|[1-9]\d*)\.\d\d$/.test(formatAmount(fen))));
});

test('whatever text comes, only plain decimals are read, and as the number they are', () => {
  const digits = fc.stringMatching(/^[0-9.\-+eEx ,_]{0,14}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), digits), (text) => {
      const fen = parseAmount(text);
      return fen === undefined || (/^\d+(\.\d{1,2})?$/.test(text) && fen === BigInt(Math.round(Number(text) * 100)));
    }),
  );
});

// biome-ignore format: a table
test.each<[string, bigint]>([
  ['0',            0n],
  ['0.01',         1n],
  ['1',            100n],
  ['1.5',          150n],
  ['9.99',         999n],
  ['0.29',         29n],           // 0.29 × 100 is 28.999999999999996 in floating point
  ['100000000',    MAX_AMOUNT_FEN],
  ['100000000.00', MAX_AMOUNT_FEN],
])('"%s" is %d fen', (text, fen) => {
  expect(parseAmount(text)).toBe(fen);
});

test.each([
  '',
  ' ',
  ' 1',
  '1 ',
  '1\n',
  '-1',
  '+1',
  '-0',
  '1e3',
  '0x1',
  '0b1',
  '1_000',
  '1,000',
  '1,5',
  '.5',
  '5.',
  '00',
  '01',
  '9.999',
  '9.990',
  '1.2.3',
  'NaN',
  'Infinity',
  '１',
  '٣',
  '¥1',
  '100000000.01',
  '100000001',
  '999999999',
  '9'.repeat(5_000),
])('"%s" is refused', (text) => {
  expect(parseAmount(text)).toBeUndefined();
});

test('a negative amount is never written', () => {
  expect(() => formatAmount(-1n)).toThrow(RangeError);
});

test('amounts add up', () => {
  expect(sumFen([])).toBe(0n);
  expect(sumFen([1n, MAX_AMOUNT_FEN, 2n])).toBe(MAX_AMOUNT_FEN + 3n);
});
