import { expect, test } from 'vitest';
import { sealedSecrets } from '../../src/credentials/sealed-secrets.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ours = sealedSecrets('k'.repeat(32));

test('what is sealed opens for its owner, and shows nothing of itself', () => {
  const sealed = ours.seal(SECRET, 'webhook:1');
  expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
  expect(sealed).not.toContain(SECRET.slice(6, 16));
  expect(ours.open(sealed, 'webhook:1')).toBe(SECRET);
  expect(sealedSecrets('k'.repeat(32)).open(sealed, 'webhook:1')).toBe(SECRET);
  expect(ours.seal(SECRET, 'webhook:1')).not.toBe(sealed);
});

test('it opens for no other owner', () => {
  expect(() => ours.open(ours.seal(SECRET, 'webhook:1'), 'webhook:2')).toThrow();
});

test('under another SECRET_KEY it says which key it needs, and nothing else', () => {
  const theirs = sealedSecrets('x'.repeat(32));
  const sealed = ours.seal(SECRET, 'o');
  const keyId = sealed.split('.')[1];
  expect(() => theirs.open(sealed, 'o')).toThrow(new RegExp(`^sealed under another SECRET_KEY \\(key ${keyId}, `));
});

test('while SECRET_KEY is exchanged both open; only what is under the old one is sealed anew', () => {
  const both = sealedSecrets('n'.repeat(32), ['k'.repeat(32)]);
  const [old, fresh] = [ours.seal(SECRET, 'o'), both.seal(SECRET, 'o')];
  expect([both.open(old, 'o'), both.open(fresh, 'o')]).toEqual([SECRET, SECRET]);
  expect(both.reseal(fresh, 'o')).toBeUndefined();
  const resealed = both.reseal(old, 'o') ?? '';
  expect(resealed.split('.')[1]).toBe(both.keyId);
  expect(sealedSecrets('n'.repeat(32)).open(resealed, 'o')).toBe(SECRET);
  expect(() => sealedSecrets('n'.repeat(32)).reseal(old, 'o')).toThrow('sealed under another SECRET_KEY');
});

test('every changed byte is noticed', () => {
  const sealed = ours.seal(SECRET, 'o');
  const [version, keyId, nonce = '', box = ''] = sealed.split('.');
  const flipped = (text: string, at: number) => {
    const bytes = Buffer.from(text, 'base64url');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes.toString('base64url');
  };
  for (let at = 0; at < 12; at += 1)
    expect(() => ours.open([version, keyId, flipped(nonce, at), box].join('.'), 'o')).toThrow();
  for (let at = 0; at < Buffer.from(box, 'base64url').length; at += 1)
    expect(() => ours.open([version, keyId, nonce, flipped(box, at)].join('.'), 'o')).toThrow();
  for (const broken of ['', 'v1', 'v2.a.b.c', `v1.${keyId}.${nonce}`, `v1.${keyId}.${nonce}.`, SECRET])
    expect(() => ours.open(broken, 'o')).toThrow();
  expect(() =>
    ours.open(
      [version, keyId, nonce, Buffer.from(box, 'base64url').subarray(0, -4).toString('base64url')].join('.'),
      'o',
    ),
  ).toThrow();
});
