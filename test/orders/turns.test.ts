import { expect, test } from 'vitest';
import { Turns } from '../../src/orders/turns.ts';

test('one at a time for a key, in the order they came', async () => {
  const turns = new Turns();
  const log: string[] = [];
  await Promise.all(
    [1, 2, 3].map((n) =>
      turns.take('order', async (waited) => {
        log.push(`${n} in${waited ? ' after waiting' : ''}`);
        await Promise.resolve();
        log.push(`${n} out`);
      }),
    ),
  );
  expect(log).toEqual(['1 in', '1 out', '2 in after waiting', '2 out', '3 in after waiting', '3 out']);
});

test('other keys do not wait', async () => {
  const turns = new Turns();
  const never = turns.take('a', () => new Promise(() => {}));
  expect(await turns.take('b', async (waited) => waited)).toBe(false);
  expect(never).toBeInstanceOf(Promise);
});

test('one that fails tells its caller, and the next one has its turn', async () => {
  const turns = new Turns();
  const failing = turns.take('order', async () => {
    throw new Error('lost');
  });
  const next = turns.take('order', async (waited) => waited);
  await expect(failing).rejects.toThrow('lost');
  expect(await next).toBe(true);
});

test('when all are through, nothing is remembered: a newcomer has not waited', async () => {
  const turns = new Turns();
  await Promise.all([turns.take('order', async () => 1), turns.take('order', async () => 2)]);
  expect(await turns.take('order', async (waited) => waited)).toBe(false);
});
