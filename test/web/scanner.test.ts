import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Burst, hearKey, hearSilence, isPaymentCode, type Judged, SILENCE } from '../../web/pos/scanner.ts';

const CODE = '281234567890123456';

/** Plays keys with `gapMs` between them, then silence; answers what was judged, without what is only held. */
function play(keys: readonly string[], gapMs: number): Judged[] {
  const judged: Judged[] = [];
  let burst: Burst = SILENCE;
  let atMs = 1_000;
  for (const key of keys) {
    const step = hearKey(burst, { key, atMs });
    judged.push(...(step.before === undefined ? [] : [step.before]), step.judged);
    burst = step.burst;
    atMs += gapMs;
  }
  if (burst.digits !== '') judged.push(hearSilence(burst));
  return judged.filter(({ kind }) => kind !== 'held');
}

const typed = (...digits: string[]): Judged[] => digits.map((one) => ({ kind: 'typed', digits: one }));
const code = (text: string): Judged => ({ kind: 'code', code: text });

test.each<[string, string[], number, Judged[]]>([
  // what happens                      keys                                ms    is
  ['a scanner with Enter', [...CODE, 'Enter'], 5, [code(CODE)]],
  ['a scanner with Tab', [...CODE, 'Tab'], 5, [code(CODE)]],
  ['a scanner without an end', [...CODE], 5, [code(CODE)]],
  ['a slow radio link', [...CODE, 'Enter'], 55, [code(CODE)]],
  ['the shortest code', [...'2512345678901234', 'Enter'], 5, [code('2512345678901234')]],
  ['the longest code', [...'301234567890123456789012', 'Enter'], 5, [code('301234567890123456789012')]],
  ['another wallet’s code', [...'131234567890123456', 'Enter'], 5, [{ kind: 'misread' }]],
  ['a code too long', [...'3012345678901234567890123', 'Enter'], 5, [{ kind: 'misread' }]],
  ['a bar code of goods', [...'6901234567892', 'Enter'], 5, [{ kind: 'misread' }]],
  ['an amount typed in a hurry', ['1', '2', '.', '5', 'Enter'], 1, [...typed('12'), ...typed('5')]],
  ['an amount typed by hand', ['8', '8', 'Enter'], 120, [...typed('8'), ...typed('8'), ...typed('')]],
  ['the most that can be sold', [...'100000000', 'Enter'], 1, typed('100000000')],
  ['Enter alone', ['Enter'], 1, typed('')],
  ['a letter', ['a'], 1, typed('')],
])('%s', (_, keys, gapMs, judged) => {
  expect(play(keys, gapMs)).toEqual(judged);
});

test('a scan right after a digit by hand keeps them apart', () => {
  const first = hearKey(SILENCE, { key: '9', atMs: 0 });
  const second = hearKey(first.burst, { key: '2', atMs: 400 });
  expect(second).toEqual({
    before: { kind: 'typed', digits: '9' },
    burst: { digits: '2', lastMs: 400 },
    judged: { kind: 'held' },
  });
});

test('a key that is held down is a hand’s', () => {
  let burst = hearKey(SILENCE, { key: '0', atMs: 0 }).burst;
  const step = hearKey(burst, { key: '0', atMs: 30, repeat: true });
  burst = step.burst;
  expect(step.judged).toEqual({ kind: 'typed', digits: '0' });
  expect(burst).toEqual(SILENCE);
});

test('no digit of a payment code is ever given to the amount, however the scanner pauses', () => {
  const codes = fc.tuple(
    fc.constantFrom('25', '26', '27', '28', '29', '30'),
    fc.array(fc.constantFrom(...'0123456789'), { minLength: 14, maxLength: 22 }),
  );
  fc.assert(
    fc.property(codes, fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 25, maxLength: 25 }), (parts, gaps) => {
      const digits = parts[0] + parts[1].join('');
      let burst: Burst = SILENCE;
      let atMs = 0;
      for (const [place, key] of [...digits].entries()) {
        atMs += gaps[place] ?? 0;
        const step = hearKey(burst, { key, atMs });
        expect([step.judged.kind, step.before]).toEqual(['held', undefined]);
        burst = step.burst;
      }
      expect(hearKey(burst, { key: 'Enter', atMs: atMs + 1 }).judged).toEqual({ kind: 'code', code: digits });
    }),
  );
});

test('only Alipay’s digits are a payment code', () => {
  expect(isPaymentCode(CODE)).toBe(true);
  for (const text of ['', '28', `${CODE} `, `fp${CODE}`, '311234567890123456', '２８１２３４５６７８９０１２３４５６'])
    expect(isPaymentCode(text), text).toBe(false);
});
