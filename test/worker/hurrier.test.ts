import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HurrierNeeds, hurrier } from '../../src/worker/hurrier.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const GAP_MS = 3_000;

function aHurrier(hurry?: HurrierNeeds['checks']['hurry']) {
  const hurried: [merchantId: string, orderIds: readonly string[], at: Date][] = [];
  const warned: unknown[] = [];
  const look = hurrier({
    checks: {
      hurry: async (...asked) => {
        hurried.push(asked);
        await hurry?.(...asked);
      },
    },
    clock: { now: () => new Date() },
    gapMs: GAP_MS,
    log: { warn: (said: unknown) => warned.push(said) },
  });
  return { look: (merchantId: string, id: string) => look({ merchantId, id }), hurried, warned };
}

const ofMerchants = (hurried: ReturnType<typeof aHurrier>['hurried']) => hurried.map(([id, ids]) => [id, ids]);

test('looks of a moment share one statement for each merchant, and the time it goes by is its own', async () => {
  const { look, hurried } = aHurrier();
  for (const [merchantId, id] of ['ma', 'nb', 'mc'].map((name) => [name.slice(0, 1), name.slice(1)] as const))
    look(merchantId, id);
  expect(hurried).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(hurried).toEqual([
    ['m', ['a', 'c'], new Date()],
    ['n', ['b'], new Date()],
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(hurried).toHaveLength(2);
});

test('an order is hurried once in its gap, however many look', async () => {
  const { look, hurried } = aHurrier();
  for (let ms = 0; ms < 2 * GAP_MS; ms += 50) {
    look('m', 'a');
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(ofMerchants(hurried)).toEqual([
    ['m', ['a']],
    ['m', ['a']],
  ]);
});

test('a statement has a thousand orders at most, and all of them go', async () => {
  const { look, hurried } = aHurrier();
  const ids = Array.from({ length: 2_500 }, (_, index) => `order ${index}`);
  for (const id of ids) look('m', id);
  await vi.advanceTimersByTimeAsync(100);
  expect(hurried.map(([, { length }]) => length)).toEqual([1_000, 1_000, 500]);
  expect(hurried.flatMap(([, some]) => some)).toEqual(ids);
});

test('a database that fails is warned of and stops neither the others nor what comes later', async () => {
  const { look, hurried, warned } = aHurrier(async (merchantId) => {
    if (merchantId === 'bad') throw new Error('gone');
  });
  look('bad', 'a');
  look('good', 'b');
  await vi.advanceTimersByTimeAsync(100);
  expect(warned).toMatchObject([{ err: { message: 'gone' } }]);
  look('good', 'c');
  await vi.advanceTimersByTimeAsync(100);
  expect(ofMerchants(hurried)).toEqual([
    ['bad', ['a']],
    ['good', ['b']],
    ['good', ['c']],
  ]);
});
