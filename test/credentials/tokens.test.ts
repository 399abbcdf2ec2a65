import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientTokens } from '../../src/credentials/client-tokens.ts';
import { signer } from '../../src/credentials/signed-token.ts';
import { submissionTokens } from '../../src/credentials/submission-tokens.ts';

const KEY = 'a'.repeat(32);
const OTHER_KEY = 'b'.repeat(32);
const MERCHANT = '01890a5d-ac96-774b-bcce-b302099a8057';
const ORDER = '01890a5d-ac96-774b-bcce-b302099a8058';
const expiresAt = new Date('2026-11-23T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const order = { merchantId: MERCHANT, id: ORDER, expiresAt };

/** A token with any one character changed into another of its alphabet. */
function altered(token: string): string[] {
  const start = token.indexOf('_') + 1;
  return [...token.slice(start)].flatMap((char, i) => {
    const other = char === 'A' ? 'B' : 'A';
    return token.slice(0, start + i) + other + token.slice(start + i + 1);
  });
}

describe('a client token', () => {
  const tokens = clientTokens(KEY);
  const token = tokens.issue(order);

  test('opens its order until an hour after the order expires', () => {
    const lastMs = expiresAt.getTime() + HOUR_MS;
    expect(tokens.read(token, expiresAt)).toEqual({ merchantId: MERCHANT, orderId: ORDER });
    expect(tokens.read(token, new Date(lastMs - 1))).toEqual({ merchantId: MERCHANT, orderId: ORDER });
    expect(tokens.read(token, new Date(lastMs))).toBeUndefined();
  });

  test('of an order is always the same, on every replica with the key', () => {
    expect(clientTokens(KEY).issue(order)).toBe(token);
    expect(token).toMatch(/^client_[A-Za-z0-9_-]+$/);
  });

  test('opens nothing under another key', () => {
    expect(clientTokens(OTHER_KEY).read(token, expiresAt)).toBeUndefined();
  });

  test('with one character changed, cut off or added opens nothing', () => {
    for (const forged of [...altered(token), token.slice(0, -1), `${token}A`, `${token}=`, ` ${token}`, `${token}\n`])
      expect(tokens.read(forged, expiresAt)).toBeUndefined();
  });
});

describe('a submission token', () => {
  const tokens = submissionTokens(KEY);

  test('says whose it is, until when, and the number of its order', () => {
    const read = tokens.read(tokens.issue(MERCHANT, expiresAt));
    expect(read).toMatchObject({ merchantId: MERCHANT, expiresAt });
    expect(read?.merchantOrderNo).toMatch(/^[A-Za-z0-9_]{1,60}$/);
  });

  test('is one of its own each time, and always means the same number', () => {
    const issued = Array.from({ length: 1_000 }, () => tokens.issue(MERCHANT, expiresAt));
    const numbers = issued.map((token) => tokens.read(token)?.merchantOrderNo);
    expect(new Set(numbers).size).toBe(1_000);
    expect(issued.map((token) => submissionTokens(KEY).read(token)?.merchantOrderNo)).toEqual(numbers);
  });

  test('with one character changed, or under another key, says nothing', () => {
    const token = tokens.issue(MERCHANT, expiresAt);
    for (const forged of [...altered(token), token.slice(0, -1), `${token}A`])
      expect(tokens.read(forged)).toBeUndefined();
    expect(submissionTokens(OTHER_KEY).read(token)).toBeUndefined();
  });
});

test('while SECRET_KEY is exchanged, tokens of both keys are read, and new ones made under the new one', () => {
  const both = { client: clientTokens(OTHER_KEY, [KEY]), submission: submissionTokens(OTHER_KEY, [KEY]) };
  expect(both.client.read(clientTokens(KEY).issue(order), expiresAt)).toMatchObject({ orderId: ORDER });
  expect(both.submission.read(submissionTokens(KEY).issue(MERCHANT, expiresAt))).toMatchObject({
    merchantId: MERCHANT,
  });
  expect(clientTokens(OTHER_KEY).read(both.client.issue(order), expiresAt)).toMatchObject({ orderId: ORDER });
  expect(submissionTokens(OTHER_KEY).read(both.submission.issue(MERCHANT, expiresAt))).toBeDefined();
});

describe('a token of one kind never passes for another', () => {
  test('even with the prefix changed', () => {
    const submission = submissionTokens(KEY).issue(MERCHANT, expiresAt);
    const client = clientTokens(KEY).issue(order);
    expect(clientTokens(KEY).read(submission.replace('sub_', 'client_'), expiresAt)).toBeUndefined();
    expect(submissionTokens(KEY).read(client.replace('client_', 'sub_'))).toBeUndefined();
    expect(clientTokens(KEY).read(submission, expiresAt)).toBeUndefined();
    expect(submissionTokens(KEY).read(client)).toBeUndefined();
  });

  test('not even with a payload of the same length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 38, maxLength: 38 }), (payload) => {
        const { sign, open } = signer(KEY, 'one purpose');
        expect(open(sign(payload))).toEqual(Buffer.from(payload));
        expect(signer(KEY, 'another purpose').open(sign(payload))).toBeUndefined();
      }),
    );
  });
});

test('whatever text comes, nothing opens and nothing throws', () => {
  const { open } = signer(KEY, 'client-token');
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^client_[A-Za-z0-9_-]{0,300}$/)),
      (text) => {
        expect(open(text)).toBeUndefined();
        expect(clientTokens(KEY).read(text, expiresAt)).toBeUndefined();
        expect(submissionTokens(KEY).read(text)).toBeUndefined();
      },
    ),
  );
});
