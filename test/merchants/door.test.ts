import { expect, test } from 'vitest';
import type { Caller } from '../../src/merchants/caller.ts';
import { type Admitted, openDoor } from '../../src/merchants/door.ts';
import { type LimitKind, rateLimits, tooManyText } from '../../src/merchants/limits.ts';
import { standingClock } from '../support/orders.ts';

const key = (keyId: string, merchantId = 'm'): Caller => ({ kind: 'merchant', merchantId, keyId, scopes: [] });
const buyer = (orderId: string): Caller => ({ kind: 'client', merchantId: 'm', orderId, token: orderId });

/** A door at ten requests a second. Keys are known by their own name; `known` holds who else is. */
function aDoor(perSecond = 10) {
  const clock = standingClock();
  const callers = new Map<string, Caller>();
  const asked: string[] = [];
  const refused: LimitKind[] = [];
  const door = openDoor({
    authenticate: async (credential) => {
      asked.push(credential);
      return callers.get(credential);
    },
    limits: rateLimits(perSecond, clock),
    onRefused: (limit) => refused.push(limit),
  });
  const add = (caller: Caller) => callers.set(caller.kind === 'client' ? caller.orderId : caller.keyId, caller);
  return { door, clock, callers, add, asked, refused };
}

const word = (admitted: Admitted) => (admitted.kind === 'too_many' ? admitted.limit : admitted.kind);

async function times(count: number, ask: (n: number) => Promise<Admitted>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let n = 0; n < count; n++) {
    const said = word(await ask(n));
    counts[said] = (counts[said] ?? 0) + 1;
  }
  return counts;
}

test('a credential has its own limit, and is told how long to wait', async () => {
  const { door, add, clock, refused } = aDoor();
  add(key('a'));
  expect(await times(25, () => door.ask('a', '192.0.2.1'))).toEqual({ caller: 20, credential: 5 });
  expect(refused).toHaveLength(5);
  const told = await door.ask('a', '192.0.2.1');
  expect(told).toEqual({ kind: 'too_many', limit: 'credential', waitSeconds: 1 });
  expect(told.kind === 'too_many' && tooManyText(told)).toBe(
    'Too many requests with this credential: try again in 1 s',
  );
  clock.forward(1_000);
  expect(word(await door.ask('a', '192.0.2.1'))).toBe('caller');
});

test("all credentials of a merchant have a limit together; another merchant's and the buyers' do not count", async () => {
  const { door, add } = aDoor();
  const names = Array.from({ length: 6 }, (_, n) => `k${n}`);
  for (const name of names) add(key(name));
  add(key('other', 'n'));
  add(buyer('order'));
  const many = await times(120, (n) => door.ask(names[n % 6], '192.0.2.1'));
  expect(many).toEqual({ caller: 100, merchant: 20 });
  expect(await times(20, () => door.ask('order', '192.0.2.1'))).toEqual({ caller: 20 });
  expect(word(await door.ask('other', '192.0.2.1'))).toBe('caller');
});

test('an address that guesses waits before anything is looked up; others do not', async () => {
  const { door, add, asked } = aDoor();
  add(key('good'));
  expect(await times(50, (n) => door.admit(`guess ${n}`, '192.0.2.1'))).toEqual({ stranger: 2, address: 48 });
  expect(asked).toHaveLength(2);
  expect(word(await door.admit('good', '192.0.2.1'))).toBe('address');
  expect(word(await door.admit('good', '192.0.2.2'))).toBe('caller');
});

test('a credential that was good gets in all the same, until it is not good any more', async () => {
  const { door, add, callers } = aDoor();
  add(key('good'));
  expect(word(await door.ask('good', '192.0.2.1'))).toBe('caller');
  await times(50, () => door.ask(undefined, '192.0.2.1'));
  expect(word(await door.ask('good', '192.0.2.1'))).toBe('caller');
  callers.delete('good');
  expect(word(await door.ask('good', '192.0.2.1'))).toBe('stranger');
  expect(word(await door.ask('good', '192.0.2.1'))).toBe('address');
});

test('guesses that are under way at the same time are owed', async () => {
  const { door, clock } = aDoor();
  await Promise.all(Array.from({ length: 40 }, (_, n) => door.admit(`guess ${n}`, '192.0.2.1')));
  clock.forward(2_000);
  expect(word(await door.admit('guess', '192.0.2.1'))).toBe('address');
});

test('with a limit of 0 nobody waits', async () => {
  const { door, add, refused } = aDoor(0);
  add(key('a'));
  expect(await times(500, () => door.ask('a', ''))).toEqual({ caller: 500 });
  expect(await times(500, (n) => door.ask(`guess ${n}`, ''))).toEqual({ stranger: 500 });
  expect(refused).toEqual([]);
});
