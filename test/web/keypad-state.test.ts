import { expect, test } from 'vitest';
import { fenTyped, type Key, keyFor, press } from '../../web/pos/keypad-state.ts';

const type = (keys: readonly Key[], from = '') => keys.reduce(press, from);

test.each<[string, Key, string]>([
  // display      key       then
  ['', '7', '7'],
  ['', '0', '0'],
  ['0', '5', '5'], // no leading zero
  ['0', '0', '0'],
  ['', 'point', '0.'],
  ['12', 'point', '12.'],
  ['12.', 'point', '12.'],
  ['12.5', 'point', '12.5'],
  ['12.5', '0', '12.50'],
  ['12.50', '1', '12.50'], // no third fraction digit
  ['12.50', 'back', '12.5'],
  ['0.', 'back', ''],
  ['7', 'back', ''],
  ['', 'back', ''],
  ['12.50', 'clear', ''],
  ['10000000', '0', '100000000'],
  ['100000000', '0', '100000000'], // Alipay's most
  ['100000000.0', '1', '100000000.0'],
  ['99999999', '9', '99999999'],
])('%j and %s: %j', (typed, key, then) => {
  expect(press(typed, key)).toBe(then);
});

test.each([
  ['', 0n],
  ['0.', 0n],
  ['12', 1_200n],
  ['12.5', 1_250n],
  ['12.05', 1_205n],
  ['100000000', 10_000_000_000n],
] as const)('%j is %s fen', (typed, fen) => {
  expect(fenTyped(typed)).toBe(fen);
});

test('any keys in any order leave an amount that can be sold or nothing', () => {
  const keys: readonly Key[] = ['9', 'point', '0', 'back', '5', 'point', '9', '9', '9', 'back', 'back', 'back', '1'];
  for (let start = 0; start < keys.length; start += 1)
    expect(type(keys.slice(start))).toMatch(/^(|0|[1-9]\d*|(0|[1-9]\d*)\.\d{0,2})$/);
});

test.each([
  ['7', '7'],
  ['.', 'point'],
  [',', 'point'],
  ['Decimal', 'point'],
  ['Backspace', 'back'],
  ['Escape', 'clear'],
  ['Enter', undefined],
  ['a', undefined],
  ['F1', undefined],
])('the keyboard’s %s means %s', (key, means) => {
  expect(keyFor(key)).toBe(means);
});
