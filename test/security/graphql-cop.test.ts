// graphql-cop's detections against a gateway in production, over HTTP with a key and without, and over the WebSocket.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { openRawFeed } from '../support/graphql-client.ts';
import { alipayEnv } from '../support/notifier.ts';
import { DETECTIONS, DOCUMENTS, type Speak } from './graphql-detections.ts';
import { startOpenGraphQL } from './open-graphql.ts';

let gateway: Gateway;
let open: Awaited<ReturnType<typeof startOpenGraphQL>>;

beforeAll(async () => {
  open = await startOpenGraphQL();
  gateway = await startGateway({
    ...alipayEnv('http://127.0.0.1:1/gateway.do'),
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://pay.example.com',
  });
});
afterAll(() => open?.close());

function speakTo(endpoint: string, apiKey?: string): Speak {
  return async ({ method, path = '', type, accept, body }) => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: {
        ...(type !== undefined && { 'content-type': type }),
        ...(accept !== undefined && { accept }),
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { text, json: jsonOf(text) };
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

test('there are twelve', () => {
  expect(Object.keys(DETECTIONS)).toHaveLength(12);
});

describe.each(Object.entries(DETECTIONS))('%s', (_, detect) => {
  test('is found where it is', async () => {
    expect(await detect(speakTo(open.url))).toBe(true);
  });

  test('is not found without a key', async () => {
    expect(await detect(speakTo(`${gateway.url}/graphql`))).toBe(false);
  });
});

/** This one is about what a page of somebody else's makes a browser send, and such a page has no key to send along. */
const FOREIGN = 'queries by GET';

test.each(Object.entries(DETECTIONS).filter(([name]) => name !== FOREIGN))(
  '%s is not found with a key',
  async (_, detect) => {
    expect(await detect(speakTo(`${gateway.url}/graphql`, gateway.apiKey))).toBe(false);
  },
);

test('whoever sends a key is no foreign page: its query is answered by GET too', async () => {
  expect(await DETECTIONS[FOREIGN]?.(speakTo(`${gateway.url}/graphql`, gateway.apiKey))).toBe(true);
});

test.each(Object.entries(DOCUMENTS))('%s over the WebSocket', async (_, query) => {
  const { ended, answers } = openRawFeed(gateway, { query });
  const end = await ended;
  expect([end.kind, answers]).toEqual(['refused', []]);
  const errors = end.kind === 'refused' ? end.errors : [];
  expect(errors.length).toBeLessThan(10);
  expect(JSON.stringify(errors)).not.toMatch(/Did you mean|stacktrace|\.js:/);
});
