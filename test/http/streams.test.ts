import { get, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { type Edge, openEdge } from './edge.ts';

async function open(edge: Edge, query: string): Promise<IncomingMessage> {
  const url = `${edge.url}/graphql/stream?query=${encodeURIComponent(query)}`;
  return new Promise((resolve, reject) =>
    get(url, { agent: false, headers: { accept: 'text/event-stream', authorization: 'Bearer key' } }, resolve).once(
      'error',
      reject,
    ),
  );
}

const stalls = (edge: Edge) => () => edge.connections.all().filter(({ stalledSince }) => stalledSince !== undefined);

test('for who does not read nothing is made; who reads on gets on', async () => {
  const edge = await openEdge();
  const slow = await open(edge, 'subscription { flood }');
  await until(stalls(edge), (stalling) => stalling.length === 1, 15_000);
  const pulled = edge.pulled();
  const other = await open(edge, 'subscription { beats }');
  const heard: string[] = [];
  other.setEncoding('utf8').on('data', (text: string) => heard.push(text));
  for (let n = 1; n <= 20; n++) {
    edge.beat();
    await until(
      () => heard.join(''),
      (text) => text.includes(`{"beats":${n}}`),
    );
  }
  expect(edge.pulled()).toBe(pulled);
  slow.on('error', () => undefined).resume();
  await until(edge.pulled, (now) => now > pulled + 100);
});

test.each<[string, (edge: Edge) => void, string]>([
  ['reads too slowly', () => undefined, 'slow'],
  ['has lost its credential', ({ callers }) => callers.delete('key'), 'revoked'],
])('a stream that %s is ended and gives its place back', async (_, act, why) => {
  const edge = await openEdge({ roundMs: 100, stallMs: 300 });
  const stream = await open(edge, why === 'slow' ? 'subscription { flood }' : 'subscription { beats }');
  const broken = new Promise((resolve) => stream.once('error', resolve));
  act(edge);
  await until(
    () => edge.ended,
    ([ending]) => ending === why,
    15_000,
  );
  stream.resume();
  await broken;
  // The other side may hear of it first.
  await until(
    () => edge.connections.size,
    (size) => size === 0,
  );
  const pulled = edge.pulled();
  edge.beat();
  await new Promise(setImmediate);
  expect(edge.pulled()).toBe(pulled);
});

test('who leaves is forgotten, and what it asked for is not gone on with', async () => {
  const edge = await openEdge();
  const stream = await open(edge, 'subscription { flood }');
  stream.destroy();
  await until(
    () => edge.connections.size,
    (size) => size === 0,
  );
  const pulled = edge.pulled();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(edge.pulled()).toBe(pulled);
});
