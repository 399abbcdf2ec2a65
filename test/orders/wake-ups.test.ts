import { expect, onTestFinished, test, vi } from 'vitest';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import { anEvent, anOrder } from '../support/orders.ts';

test('a wake-up reaches whoever waits for that order, and nobody else', async () => {
  const wakeUps = new WakeUps();
  const [mine, also, other] = [wakeUps.listen('a'), wakeUps.listen('a'), wakeUps.listen('b')];
  const heard: string[] = [];
  other.next().then(() => heard.push('other'));
  const both = Promise.all([mine.next(), also.next()]);
  wakeUps.wake(['a', 'nobody']);
  expect(await both).toEqual([true, true]);
  expect(heard).toEqual([]);
});

test('one that came between two calls is not lost, and many are one', async () => {
  const wakeUps = new WakeUps();
  const listener = wakeUps.listen('a');
  wakeUps.wake(['a']);
  wakeUps.wake(['a', 'a']);
  expect(await listener.next()).toBe(true);
  let again = false;
  const second = listener.next().then(() => {
    again = true;
  });
  await Promise.resolve();
  expect(again).toBe(false);
  wakeUps.wakeAll(0);
  await second;
});

test('what this process has written comes with its content; who does not take it is woken', async () => {
  const wakeUps = new WakeUps();
  const order = anOrder();
  const event = anEvent(order, 2, {});
  const took: number[] = [];
  const taker = wakeUps.listen(order.id, (_, events) => took.push(...events.map(({ version }) => version)) > 0);
  const [refuser, reader] = [wakeUps.listen(order.id, () => false), wakeUps.listen(order.id)];
  const all = Promise.all([taker.next(), refuser.next(), reader.next()]);
  wakeUps.tell(order, [event]);
  expect(await all).toEqual([true, true, true]);
  expect(took).toEqual([2]);
});

test('who has been woken takes nothing before it has read: what it was woken for could be older', async () => {
  const wakeUps = new WakeUps();
  const order = anOrder();
  const took: number[] = [];
  const listener = wakeUps.listen(order.id, (_, [event]) => took.push(event?.version ?? 0) > 0);
  const woken = listener.next();
  wakeUps.wake([order.id]);
  wakeUps.tell(order, [anEvent(order, 2, {})]);
  expect([await woken, took]).toEqual([true, []]);
  // It has been told since, and must read again.
  expect(await listener.next()).toBe(true);
  const next = listener.next();
  wakeUps.tell(order, [anEvent(order, 3, {})]);
  expect([await next, took]).toEqual([true, [3]]);
});

test('close ends a wait, and every later one', async () => {
  const wakeUps = new WakeUps();
  const listener = wakeUps.listen('a');
  const waiting = listener.next();
  listener.close();
  expect(await waiting).toBe(false);
  wakeUps.wake(['a']);
  expect(await listener.next()).toBe(false);
});

test('who has closed is forgotten; who closes twice takes nobody else along', () => {
  const wakeUps = new WakeUps();
  const [first, second] = [wakeUps.listen('a'), wakeUps.listen('a')];
  expect(wakeUps.size).toBe(2);
  first.close();
  first.close();
  expect(wakeUps.size).toBe(1);
  second.close();
  const third = wakeUps.listen('a');
  second.close();
  expect(wakeUps.size).toBe(1);
  third.close();
  expect(wakeUps.size).toBe(0);
});

test('all are woken in slices, each listener once, those with news meanwhile at once', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const wakeUps = new WakeUps();
  let woken = 0;
  for (let i = 0; i < 640; i++)
    wakeUps
      .listen(String(i))
      .next()
      .then(() => woken++);
  wakeUps.wakeAll(1_000);
  await vi.advanceTimersByTimeAsync(0);
  expect(woken).toBe(64);
  wakeUps.wake(['639']);
  await vi.advanceTimersByTimeAsync(450);
  expect(woken).toBe(5 * 64 + 1);
  await vi.advanceTimersByTimeAsync(550);
  expect(woken).toBe(640);
});
