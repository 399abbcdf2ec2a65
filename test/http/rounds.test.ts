import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Connection, Connections } from '../../src/http/connections.ts';
import { startRounds } from '../../src/http/rounds.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('each is asked for a sign of life once in fourteen rounds, and never more than a fourteenth of them in one', async () => {
  const connections = new Connections();
  const asked = new Map<Connection, number[]>();
  let round = 0;
  const open = () => {
    const holder = connections.take('key', { kind: 'merchant' });
    if (holder === undefined) throw new Error('no room');
    const connection: Connection = {
      holder,
      stalledSince: undefined,
      isAlive: () => asked.get(connection)?.push(round) !== undefined,
      end: () => undefined,
    };
    connections.enter(connection);
    asked.set(connection, []);
    return connection;
  };
  const all = Array.from({ length: 140 }, open);
  const rounds = startRounds({
    connections,
    authenticate: async () => ({ kind: 'merchant', merchantId: 'm', keyId: 'k', scopes: [] }),
    onEnd: () => undefined,
    roundMs: 1_000,
  });
  // Those who leave don't move the turns of the others.
  for (const gone of all.slice(0, 3)) connections.leave(gone, 0);
  for (round = 1; round <= 42; round++) await vi.advanceTimersByTimeAsync(1_000);
  rounds.stop();
  const stayed = all.slice(3).map((connection) => asked.get(connection) ?? []);
  expect(stayed.every(([first = 0, second, third]) => second === first + 14 && third === first + 28)).toBe(true);
  const perRound = Array.from({ length: 42 }, (_, n) => stayed.flat().filter((in_) => in_ === n + 1).length);
  expect(Math.max(...perRound)).toBe(10);
});

test('each credential is asked about once for those looked at together, and those of a revoked one are ended', async () => {
  const connections = new Connections();
  const ended: string[] = [];
  const open = (credential: string) => {
    const holder = connections.take(credential, { kind: 'merchant' });
    if (holder === undefined) throw new Error('no room');
    connections.enter({
      holder,
      stalledSince: undefined,
      isAlive: () => true,
      end: (why) => ended.push(`${credential} ${why}`),
    });
  };
  for (let n = 0; n < 100; n++) open(n % 10 === 0 ? 'revoked' : 'good');
  const asked: string[] = [];
  const rounds = startRounds({
    connections,
    authenticate: async (credential) => {
      asked.push(credential);
      return credential === 'good' ? { kind: 'merchant', merchantId: 'm', keyId: 'k', scopes: [] } : undefined;
    },
    onEnd: () => undefined,
    roundMs: 1_000,
  });
  await vi.advanceTimersByTimeAsync(1_000);
  rounds.stop();
  expect(asked.filter((credential) => credential === 'good')).toHaveLength(20);
  expect(ended).toEqual(Array.from({ length: 10 }, () => 'revoked revoked'));
});
