// A gateway that runs only what its manifest holds, as clients of each kind meet it.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient as createStreams } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Gateway, newDataDir, startGateway } from '../support/gateway.ts';
import { alipayEnv } from '../support/notifier.ts';

const LISTED = 'query Listed { __typename }';
const HASH = createHash('sha256').update(LISTED).digest('hex');
const APQ = { persistedQuery: { version: 1, sha256Hash: HASH } };
const DATA = { data: { __typename: 'Query' } };

let gateway: Gateway;

beforeAll(async () => {
  const manifest = join(await newDataDir(), 'manifest.json');
  await writeFile(manifest, JSON.stringify({ [`sha256:${HASH}`]: LISTED }));
  const env = { PERSISTED_OPERATIONS: 'enforce', PERSISTED_MANIFEST: manifest };
  gateway = await startGateway({ ...alipayEnv('http://127.0.0.1:1/gateway.do'), ...env });
});

interface Sent {
  readonly query?: string;
  readonly documentId?: string;
  readonly extensions?: Record<string, unknown>;
}

const bearer = () => ({ authorization: `Bearer ${gateway.apiKey}` });

function params(sent: Sent): string {
  const { extensions, ...rest } = sent;
  return `${new URLSearchParams({ ...rest, ...(extensions && { extensions: JSON.stringify(extensions) }) })}`;
}

interface Said {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[] | undefined;
}

const ways: Record<string, (sent: Sent) => Promise<Said>> = {
  async post(sent) {
    const headers = { 'content-type': 'application/json', ...bearer() };
    return (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(sent) })).json();
  },
  get: async (sent) => (await fetch(`${gateway.url}/graphql?${params(sent)}`, { headers: bearer() })).json(),
  async socket(sent) {
    const client = createClient({
      url: gateway.wsUrl,
      webSocketImpl: WebSocket,
      connectionParams: bearer(),
      retryAttempts: 0,
    });
    return first((sink) => client.subscribe({ query: '', ...sent }, sink)).finally(() => client.dispose());
  },
  async stream(sent) {
    const client = createStreams({ url: `${gateway.url}/graphql/stream`, headers: bearer(), retryAttempts: 0 });
    return first((sink) => client.subscribe({ query: '', ...sent }, sink));
  },
  async 'stream by GET'(sent) {
    const headers = { accept: 'text/event-stream', ...bearer() };
    const text = await (await fetch(`${gateway.url}/graphql/stream?${params(sent)}`, { headers })).text();
    return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}');
  },
};

interface Sink {
  next(value: Said): void;
  error(error: unknown): void;
  complete(): void;
}

function first(subscribe: (sink: Sink) => unknown): Promise<Said> {
  return new Promise((resolve, reject) =>
    subscribe({
      next: resolve,
      error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(error)),
      complete: () => {},
    }),
  );
}

describe.each(Object.entries(ways))('by %s', (_, ask) => {
  test.each<[string, Sent]>([
    ['the hash, as urql and Apollo Client send it', { extensions: APQ }],
    ['the document’s id', { documentId: `sha256:${HASH}` }],
    ['the text', { query: LISTED }],
  ])('%s is answered', async (_what, sent) => {
    expect(await ask(sent)).toMatchObject(DATA);
  });

  test.each<[string, Sent, string]>([
    ['another text', { query: '{ __typename }' }, 'PERSISTED_OPERATION_REQUIRED'],
    ['what is no GraphQL', { query: 'select 1' }, 'PERSISTED_OPERATION_REQUIRED'],
    ['introspection', { query: '{ __schema { types { name } } }' }, 'PERSISTED_OPERATION_REQUIRED'],
    [
      'another text under another hash',
      { query: '{ __typename }', extensions: { documentId: 'x' } },
      'PERSISTED_OPERATION_REQUIRED',
    ],
    [
      'an unknown hash',
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
      'PERSISTED_QUERY_NOT_FOUND',
    ],
  ])('%s is refused', async (_what, sent, code) => {
    const { data, errors } = await ask(sent);
    expect([data ?? null, errors?.[0]?.extensions?.code]).toEqual([null, code]);
  });
});

test('a search that two parsers read in two ways brings in no other text', async () => {
  const twice = `query=${encodeURIComponent(LISTED)}&query=${encodeURIComponent('{ other: __typename }')}`;
  const text = await (await fetch(`${gateway.url}/graphql?${twice}`, { headers: bearer() })).text();
  expect(text).not.toContain('other');
});
