import { expect, test } from 'vitest';
import type { Problem } from '../../web/api/answer.ts';
import { type Counter, openTill, type Sold } from '../../web/pos/sale.ts';
import { orderView } from './order-view.ts';

const draft = { amount: '9.99', subject: 'tea' };
const sold: Sold = { kind: 'sold', order: orderView() };
const lost: Problem = { kind: 'no_answer' };
const stale: Problem = { kind: 'refused', code: 'SUBMISSION_TOKEN_INVALID' };

/** Answers in turn, then "sold"; keeps the tokens it was asked with. */
function counterThat(...answers: readonly (Sold | Problem)[]): Counter & { readonly asked: string[] } {
  const asked: string[] = [];
  let issued = 0;
  return {
    asked,
    now: () => 0,
    pause: async () => {},
    issueToken: async () => ({ token: `token${++issued}`, expiresAt: '1970-01-01T00:05:00.000Z' }),
    createOrder: async (_, token) => answers[asked.push(token) - 1] ?? sold,
  };
}

test('a double click makes one order', async () => {
  const counter = counterThat();
  const seller = openTill(counter);
  const [first, second] = await Promise.all([seller.sell(draft), seller.sell(draft)]);
  expect(counter.asked).toEqual(['token1']);
  expect(second).toBe(first);
});

test('a lost answer is asked for again with the same token', async () => {
  const counter = counterThat(lost, lost);
  expect(await openTill(counter).sell(draft)).toBe(sold);
  expect(counter.asked).toEqual(['token1', 'token1', 'token1']);
});

test('when all answers are lost, the next press still asks with the same token', async () => {
  const counter = counterThat(lost, lost, lost, lost);
  const seller = openTill(counter);
  expect(await seller.sell(draft)).toEqual(lost);
  expect(await seller.sell(draft)).toBe(sold);
  expect(new Set(counter.asked)).toEqual(new Set(['token1']));
});

test('the same amount for another buyer is another order', async () => {
  const counter = counterThat(lost, lost, lost, lost);
  const seller = openTill(counter);
  await seller.sell(draft);
  seller.startOver();
  await seller.sell(draft);
  expect(counter.asked.at(-1)).toBe('token2');
});

test('another amount never goes out under a token that was used', async () => {
  const counter = counterThat(lost, lost, lost, lost);
  const seller = openTill(counter);
  await seller.sell(draft);
  await seller.sell({ ...draft, amount: '10.00' });
  expect(counter.asked.at(-1)).toBe('token2');
});

test('two sales of the same thing are two orders', async () => {
  const counter = counterThat();
  const seller = openTill(counter);
  await seller.sell(draft);
  await seller.sell(draft);
  expect(counter.asked).toEqual(['token1', 'token2']);
});

test('a token that ran out unused is replaced, once', async () => {
  const counter = counterThat(stale);
  expect(await openTill(counter).sell(draft)).toBe(sold);
  expect(counter.asked).toEqual(['token1', 'token2']);
  const hopeless = counterThat(stale, stale);
  expect(await openTill(hopeless).sell(draft)).toEqual(stale);
});
