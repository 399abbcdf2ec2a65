import { expect, test } from 'vitest';
import { hashApiKey, newApiKey } from '../../src/credentials/api-keys.ts';

test('a new key is one unbroken word that no one has had before', () => {
  const keys = Array.from({ length: 1_000 }, newApiKey);
  for (const key of keys) expect(key).toMatch(/^kassa_[A-Za-z0-9_-]{43}$/);
  expect(new Set(keys).size).toBe(1_000);
});

test('what is kept of it is its SHA-256', () => {
  expect(hashApiKey('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
