import { expect, test } from 'vitest';
import { CASHIER } from '../support/schema.ts';
import { until } from '../support/until.ts';
import { type Client, connect, type Edge, openEdge } from './edge.ts';

/** A client that has asked for a flood and does not read it, with all that lies between filled up. */
async function stalled(edge: Edge): Promise<Client> {
  const client = await connect(edge);
  client.socket.pause();
  client.subscribe('subscription { flood }');
  await until(stalls(edge), (stalling) => stalling.length > 0, 15_000);
  return client;
}

const stalls = (edge: Edge) => () => edge.connections.all().filter(({ stalledSince }) => stalledSince !== undefined);

async function beats(edge: Edge, client: Client, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const before = client.heard.length;
    edge.beat();
    await until(
      () => client.heard.length,
      (length) => length > before,
      1_000,
    );
  }
}

test('for who does not read nothing is made and nothing is read, and others notice nothing', async () => {
  const edge = await openEdge();
  const other = await connect(edge);
  other.subscribe('subscription { beats }');
  const slow = await stalled(edge);
  const pulled = edge.pulled();
  // Each of these is to be answered by as many bytes, which nobody takes.
  for (let n = 0; n < 300; n++) slow.send({ type: 'ping', payload: { said: 'x'.repeat(60_000) } });
  await beats(edge, other, 50);
  expect(edge.pulled()).toBe(pulled);
  expect(slow.socket.bufferedAmount).toBeGreaterThan(0);

  edge.dry();
  slow.socket.resume();
  const count = (type: string) => slow.heard.filter((one) => one.type === type).length;
  await until(
    () => [count('next'), count('complete'), count('pong')],
    ([next, complete, pong]) => next === pulled && complete === 1 && pong === 300,
    15_000,
  );
});

test('who has not read for too long is ended with 4420, and told why when it reads on', async () => {
  const edge = await openEdge({ roundMs: 100, stallMs: 300 });
  const slow = await stalled(edge);
  await until(
    () => edge.ended,
    ([why]) => why === 'slow',
  );
  slow.socket.resume();
  expect(await slow.closed).toEqual([4420, 'Reads too slowly: come back with after']);
  await until(
    () => edge.connections.size,
    (size) => size === 0,
  );
});

test('a side that gives no sign of life is cut; one that does stays', async () => {
  const edge = await openEdge({ roundMs: 50 });
  const living = await connect(edge);
  const dead = await connect(edge, { autoPong: false });
  expect((await dead.closed)[0]).toBe(1006);
  expect(edge.ended).toEqual(['dead']);
  living.subscribe('subscription { beats }');
  await beats(edge, living, 1);
});

test('a credential that is taken back ends what it opened, and nothing else', async () => {
  const edge = await openEdge({ roundMs: 50 });
  edge.callers.set('other', CASHIER);
  const [mine, other] = [await connect(edge), await connect(edge, { credential: 'other' })];
  for (const client of [mine, other]) client.subscribe('subscription { beats }');
  // Both operations have been admitted: a later one would be turned away by itself.
  for (const client of [mine, other]) await beats(edge, client, 1);
  edge.callers.delete('key');
  expect(await mine.closed).toEqual([4403, 'The credential is not valid any more']);
  await beats(edge, other, 1);
  expect(edge.ended).toEqual(['revoked']);
});

test('a client token holds a hundred sockets; one more is told so, until one leaves', async () => {
  const edge = await openEdge();
  edge.callers.set('token', { kind: 'client', merchantId: 'm', orderId: 'o', token: 'token' });
  const held = await Promise.all(Array.from({ length: 100 }, () => connect(edge, { credential: 'token' })));
  const late = await connect(edge, { credential: 'token' });
  expect(await late.closed).toEqual([1013, 'At most 100 connections with one credential']);
  held[0]?.socket.terminate();
  await until(
    () => edge.connections.size,
    (size) => size === 99,
  );
  expect((await connect(edge, { credential: 'token' })).heard).toEqual([{ type: 'connection_ack' }]);
});

test('operations are counted over all sockets of a credential, and given back when they end or their socket does', async () => {
  const edge = await openEdge();
  edge.callers.set('token', { kind: 'client', merchantId: 'm', orderId: 'o', token: 'token' });
  const clients = await Promise.all([1, 2, 3].map(() => connect(edge, { credential: 'token' })));
  const [first, second, third] = clients;
  for (const client of [first, second])
    for (let n = 0; n < 100; n++)
      client?.send({ id: String(n), type: 'subscribe', payload: { query: 'subscription { beats }' } });
  await until(
    () => clients.map(({ heard }) => heard.length),
    ([one, two]) => one === 101 && two === 101,
  );
  third?.subscribe('subscription { beats }');
  await until(
    () => third?.heard.at(-1),
    (last) => last?.type === 'error',
  );
  expect(JSON.stringify(third?.heard.at(-1))).toContain('At most 200 operations at a time with one credential');
  first?.send({ id: '0', type: 'complete' });
  second?.socket.terminate();
  await until(
    () => edge.connections.size,
    (size) => size === 2,
  );
  // An async generator hears that it is to end when it wakes up.
  edge.beat();
  const operations = () => edge.connections.all()[0]?.holder.operations;
  await until(operations, (count) => count === 99);
});
