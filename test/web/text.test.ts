import { expect, test } from 'vitest';
import { chooseLanguage } from '../../web/text/choose-language.ts';
import { problemText } from '../../web/text/problem-text.ts';
import { texts } from '../../web/text/text.ts';

/** Every string with its path; functions are asked with numbers, so that a lost placeholder shows. */
function strings(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value('4711', '4711'))]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => strings(member, `${path}.${key}`));
}

const en = new Map(strings(texts.en));
const zh = new Map(strings(texts.zh));

test('both languages say the same things', () => {
  expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
});

test('nothing is empty and no placeholder is lost', () => {
  for (const [path, said] of [...en, ...zh]) expect(said.trim(), path).not.toBe('');
  for (const [path, said] of en) expect(zh.get(path)?.includes('4711'), path).toBe(said.includes('4711'));
});

test('Chinese is Chinese, English is English', () => {
  const foreign = new Set(['.language', '.htmlLang', '.otherLanguage']);
  for (const [path, said] of zh) if (!foreign.has(path)) expect(said, path).toMatch(/\p{Script=Han}/u);
  for (const [path, said] of en) if (!foreign.has(path)) expect(said, path).not.toMatch(/\p{Script=Han}/u);
});

test('Alipay’s own refusal is said in the page’s language', () => {
  const rejected = {
    kind: 'refused',
    code: 'PAYMENT_REJECTED',
    subCode: 'X',
    message: 'No.',
    messageZh: '不行',
  } as const;
  expect(problemText(texts.en, rejected)).toBe('No. (X)');
  expect(problemText(texts.zh, rejected)).toBe('不行 (X)');
});

test.each([
  ['zh', ['en-GB'], 'zh'],
  [null, ['de-DE', 'zh-TW', 'en'], 'zh'],
  [null, ['EN-us'], 'en'],
  [null, ['de'], 'en'],
  ['fr', ['zh-CN'], 'zh'],
] as const)('chosen %s, wanted %s: %s', (chosen, wanted, language) => {
  expect(chooseLanguage(chosen, wanted)).toBe(language);
});

test('a refusal is said by its code; an unknown one too', () => {
  const said = (code: string, more = {}) => problemText(texts.en, { kind: 'refused', code, ...more });
  expect(said('INVALID_INPUT', { field: 'subject' })).toBe(texts.en.invalid.subject);
  expect(said('INVALID_INPUT', { field: 'terminalId' })).toBe(texts.en.invalid.other);
  expect(said('PAYMENT_REJECTED', { subCode: 'ACQ.X' })).toContain('(ACQ.X)');
  expect(said('ILLEGAL_TRANSITION', { allowed: ['SHIPPING', 'COMPLETED'] })).toContain('ship, hand over');
  expect(said('REFUND_EXCEEDS_PAID', { refundable: '1.50' })).toContain('1.50');
  expect(said('SOMETHING_NEW')).toBe(texts.en.refusal.other);
  expect(problemText(texts.en, { kind: 'no_answer' })).toBe(texts.en.noAnswer);
});
