// Documents made from the schema by every kind of credential: no unexpected fault, and nothing of anybody else's in an answer.
// `npm run fuzz -- --documents 100000` for a long run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { randomOf } from '../faults/random.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { documentMaker, type Made } from './documents.ts';
import { readRun, rssOf, Tally, tell } from './figures.ts';
import { type Credential, openCredentials } from './shops.ts';

const RUN = readRun('DOCUMENTS', 600);
const AT_A_TIME = 6;
/** A subscription is listened to for so long. */
const LISTEN_MS = 60;
/** Mutations reach the database and Alipay: a busy machine takes its time, none is stuck. */
const ANSWER_WITHIN_MS = 20_000;

const EXPECTED = new Set([
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'CONFIRMATION_REQUIRED',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'ORDER_NOT_FOUND',
  'RESYNC',
  'UNAUTHENTICATED',
]);

const schema = buildSchema(readFileSync(join(import.meta.dirname, '..', '..', 'schema.graphql'), 'utf8'));
let gateway: Gateway;
let credentials: readonly [Credential, ...Credential[]];

beforeAll(async () => {
  gateway = await startGateway({ RATE_LIMIT: '0', LOG_LEVEL: 'error', AUTH_CODE_DEADLINE_SECONDS: '1' });
  credentials = await openCredentials(gateway);
}, 120_000);

test(`${RUN.count} documents (seed ${RUN.seed})`, async () => {
  const makers = new Map(credentials.map((one) => [one, documentMaker(schema, one.words)]));
  const mighty = credentials.filter(({ name }) => name === 'everything') as [Credential, Credential];
  const [random, codes, callers] = [randomOf(RUN.seed), new Tally(), new Tally()];
  const [startedAt, before] = [performance.now(), rssOf(gateway.pid)];
  let warm = before;
  let asked = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (asked < RUN.count) {
        asked += 1;
        if (asked === Math.floor(RUN.count / 10)) warm = rssOf(gateway.pid);
        // Who may do more gets further in.
        const who = random.chance(40) ? random.pick(mighty) : random.pick(credentials);
        const made = makers.get(who)?.make(random);
        if (made === undefined) continue;
        callers.add(who.name);
        for (const code of await judge(who, made)) codes.add(code);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  tell(
    RUN,
    `documents: ${RUN.count} in ${seconds.toFixed(1)} s, ${Math.round(RUN.count / seconds)}/s; RSS of the gateway ${before}, warm ${warm}, at the end ${rssOf(gateway.pid)} MiB`,
  );
  tell(RUN, `  ${codes}\n  ${callers}`);
  expect(gateway.stderr()).not.toContain('unexpected fault');
  expect(codes.of('answered')).toBeGreaterThan(RUN.count / 20);
}, 36_000_000);

/** What came of it, by code. @throws with the document when it was not as it must be. */
async function judge(who: Credential, made: Made): Promise<readonly string[]> {
  const { status, text } = made.kind === 'subscription' ? await listen(who, made) : await ask(who, made);
  const wrong = (why: string) =>
    new Error(
      `${why}: ${who.name} asked\n${made.source}\nand heard ${status} ${text}\n${gateway.stderr().slice(-2_000)}`,
    );
  if (status >= 500) throw wrong('a fault of ours');
  // What was asked for may be named in a complaint; as a value it would be there.
  const leaks = who.foreign.filter((mark) =>
    text.includes(made.source.includes(mark) ? `:${JSON.stringify(mark)}` : mark),
  );
  if (leaks.length > 0) throw wrong(`what is not its own (${leaks.join()})`);
  const codes = [...text.matchAll(/"extensions":\{"code":"(\w+)"/g)].map(([, code = '']) => code);
  const strange = codes.filter((code) => !EXPECTED.has(code));
  if (strange.length > 0) throw wrong(`an unexpected ${strange.join()}`);
  if (codes.length > 0) return [...new Set(codes)];
  return [made.kind === 'subscription' ? 'listened' : (/"code":"(\w+)"/.exec(text)?.[1] ?? 'answered')];
}

const headersOf = ({ apiKey }: Credential): Record<string, string> => ({
  'content-type': 'application/json',
  ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
});

async function ask(who: Credential, { source }: Made) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: headersOf(who),
    body: JSON.stringify({ query: source }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { status: response.status, text: await response.text() };
}

/** Whatever comes within a moment; an order that nothing happens to says no more. */
async function listen(who: Credential, { source }: Made) {
  const enough = new AbortController();
  const response = await fetch(`${gateway.url}/graphql/stream`, {
    method: 'POST',
    headers: { ...headersOf(who), accept: 'text/event-stream' },
    body: JSON.stringify({ query: source }),
    signal: enough.signal,
  });
  const timer = setTimeout(() => enough.abort(), LISTEN_MS);
  let text = '';
  try {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('utf8');
  } catch {
    // We have heard enough.
  } finally {
    clearTimeout(timer);
  }
  return { status: response.status, text };
}
