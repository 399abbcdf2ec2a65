import { expect, test } from 'vitest';
import { newTotpSecret, totpCode, totpStep } from '../../src/credentials/totp.ts';

/** RFC 6238, appendix B: the ASCII text 12345678901234567890, here in Base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

// biome-ignore format: a table; the last six of the RFC's eight digits
test.each([
  [59,             '287082'],
  [1_111_111_109,  '081804'],
  [1_111_111_111,  '050471'],
  [1_234_567_890,  '005924'],
  [2_000_000_000,  '279037'],
  [20_000_000_000, '353130'],
])('after %i seconds the code is %s', (seconds, code) => {
  expect(totpCode(SECRET, Math.floor(seconds / 30))).toBe(code);
  expect(totpStep(SECRET, code, new Date(seconds * 1_000))).toBe(Math.floor(seconds / 30));
});

test('the code before and the one after are as good, those further away are not', () => {
  const now = new Date(1_111_111_111_000);
  const step = Math.floor(now.getTime() / 30_000);
  for (const away of [-1, 0, 1]) expect(totpStep(SECRET, totpCode(SECRET, step + away), now)).toBe(step + away);
  for (const away of [-2, 2]) expect(totpStep(SECRET, totpCode(SECRET, step + away), now)).toBeUndefined();
});

test.each(['', '28708', '2870822', '287 82', '２８７０８２'])('%s is no code', (code) => {
  expect(totpStep(SECRET, code, new Date(59_000))).toBeUndefined();
});

test('a secret has 160 random bits, as apps take them', () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(newTotpSecret());
});
