import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { together } from '../../src/postgres/together.ts';

/** Answers ten times the number once its batch is let go; the batches as they were run. */
function heldBack() {
  const batches: { readonly numbers: readonly number[]; readonly go: () => void }[] = [];
  const ask = together<number, number>({
    groupOf: (number) => (number < 1_000 ? 'small' : 'great'),
    run: (numbers) =>
      new Promise((resolve) => batches.push({ numbers, go: () => resolve(numbers.map((number) => number * 10)) })),
  });
  return { ask, batches };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

function faultOf(code: string): DatabaseError {
  const error = new DatabaseError('no', 2, 'error');
  error.code = code;
  return error;
}

test('callers of one moment share one run, and each gets its own answer', async () => {
  const { ask, batches } = heldBack();
  const answers = Promise.all([ask(1), ask(2), ask(3)]);
  await nextTurn();
  expect(batches.map(({ numbers }) => numbers)).toEqual([[1, 2, 3]]);
  batches[0]?.go();
  expect(await answers).toEqual([10, 20, 30]);
});

test('two runs at a time, of 64 at most; the others gather meanwhile', async () => {
  const { ask, batches } = heldBack();
  const answers = Promise.all(upTo(150).map(ask));
  await nextTurn();
  await nextTurn();
  await nextTurn();
  expect(batches.map(({ numbers }) => numbers.length)).toEqual([64, 64]);
  batches[1]?.go();
  await nextTurn();
  await nextTurn();
  expect(batches.map(({ numbers }) => numbers.length)).toEqual([64, 64, 22]);
  for (const { go } of batches) go();
  expect(await answers).toEqual(upTo(150).map((number) => number * 10));
});

test('groups neither share a run nor wait for each other', async () => {
  const { ask, batches } = heldBack();
  const answers = Promise.all([ask(1), ask(1_000)]);
  await nextTurn();
  expect(batches.map(({ numbers }) => numbers)).toEqual([[1], [1_000]]);
  for (const { go } of batches) go();
  expect(await answers).toEqual([10, 10_000]);
});

test('a run that fails rejects its callers only, and the next one is fine', async () => {
  const runs: number[] = [];
  const ask = together<number, number>({
    groupOf: () => '',
    async run(numbers) {
      runs.push(numbers.length);
      if (numbers.includes(7)) throw faultOf('57014');
      return numbers;
    },
  });
  const failed = await Promise.allSettled([ask(6), ask(7)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask(8)).toBe(8);
  expect(runs).toEqual([2, 1]);
});

test.each(['22021', '23514', '40P01'])('values that fail with %s harm no other caller', async (code) => {
  const ask = together<number, number>({
    groupOf: () => '',
    async run(numbers) {
      if (numbers.includes(7)) throw faultOf(code);
      return numbers;
    },
  });
  const settled = await Promise.allSettled([ask(6), ask(7), ask(8)]);
  expect(settled).toMatchObject([{ value: 6 }, { reason: { code } }, { value: 8 }]);
});

test('an answer short is an error, not a caller left waiting', async () => {
  const ask = together<number, number>({ groupOf: () => '', run: async () => [] });
  await expect(ask(1)).rejects.toThrow('1 asked, 0 answered');
});
