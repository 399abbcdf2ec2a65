import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BrokerEars } from '../../src/broker/rabbit.ts';
import { brokerHints, onlyNotify, tellingTake } from '../../src/worker/hints.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function aProcess() {
  const seen = { told: 0, woken: 0, hints: [] as string[] };
  let ears: BrokerEars | undefined;
  const broker = { up: true, hearing: true };
  const hints = brokerHints({
    broker: {
      fault: () => (broker.up ? undefined : 'away'),
      isHearing: () => broker.hearing,
      hear: (given) => {
        ears = given;
      },
      tell: (hint, ids) => void seen.hints.push(`${hint} ${ids}`),
    },
    onHint: () => {},
    tellDeaf: async () => {
      seen.told += 1;
    },
    wakeAll: () => {
      seen.woken += 1;
    },
    log: pino({ level: 'silent' }),
  });
  return { hints, broker, seen, ears: () => ears };
}

test('while the broker carries the hints, NOTIFY is not needed', () => {
  const { hints, seen } = aProcess();
  hints.tell('news', ['a']);
  vi.advanceTimersByTime(60_000);
  expect([hints.needsNotify(), seen.hints, seen.told]).toEqual([false, ['news a'], 0]);
  hints.stop();
});

test('without the broker it is, and without any broker always', () => {
  const { hints, broker } = aProcess();
  broker.up = false;
  expect([hints.needsNotify(), onlyNotify.needsNotify()]).toEqual([true, true]);
  hints.stop();
});

test('who hears nothing asks the others at once and on, and looks for itself twice', () => {
  const { hints, broker, seen, ears } = aProcess();
  broker.hearing = false;
  ears()?.onDeaf();
  expect([seen.told, seen.woken]).toEqual([1, 1]);
  vi.advanceTimersByTime(10_000);
  expect([seen.told, seen.woken]).toEqual([6, 2]);
  broker.hearing = true;
  ears()?.onHearing();
  vi.advanceTimersByTime(10_000);
  expect([seen.told, seen.woken]).toEqual([6, 3]);
  hints.stop();
});

test('who has been asked notifies until it was not asked for a while', () => {
  const { hints } = aProcess();
  hints.heardDeaf();
  vi.advanceTimersByTime(5_000);
  expect(hints.needsNotify()).toBe(true);
  hints.heardDeaf();
  vi.advanceTimersByTime(5_900);
  expect(hints.needsNotify()).toBe(true);
  vi.advanceTimersByTime(200);
  expect(hints.needsNotify()).toBe(false);
  hints.stop();
});

test('what may not have been told: this process looks, and tells the others to', () => {
  const { hints, seen } = aProcess();
  hints.lookAgain();
  expect([seen.woken, seen.hints]).toEqual([1, ['look all']]);
  hints.stop();
});

test('everybody looks after the first take of a process and after one whose answer was lost, and only then', async () => {
  let looks = 0;
  const answers = [3, 0, new Error('cut off'), new Error('cut off'), 0, 2];
  const take = tellingTake(
    async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => {
      looks += 1;
    },
  );
  const seen: unknown[] = [];
  while (answers.length > 0) seen.push([await take(1).catch(String), looks]);
  expect(seen).toEqual([
    [3, 1],
    [0, 1],
    ['Error: cut off', 1],
    ['Error: cut off', 1],
    [0, 2],
    [2, 2],
  ]);
});
