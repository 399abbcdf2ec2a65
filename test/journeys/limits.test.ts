// What a caller may ask for at most, over HTTP and WebSocket alike, checked before anything runs.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import { askRaw, openFeed, openRawFeed } from '../support/graphql-client.ts';
import { alipayEnv } from '../support/notifier.ts';
import { createOrder, newOrder, readOrder } from '../support/sale.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway(alipayEnv('http://127.0.0.1:1/gateway.do'));
});

const many = (count: number, make: (n: number) => string) => Array.from({ length: count }, (_, n) => make(n)).join(' ');
const nested = (depth: number): string => (depth === 0 ? 'id' : `payments { order { ${nested(depth - 1)} } }`);
const aliased = many(16, (n) => `a${n}: order(ref: { id: "x" }) { id }`);

const attacks: [string, string][] = [
  ['depth', `{ order(ref: { id: "x" }) { ${nested(7)} } }`],
  ['depth in fragments', `{ order(ref: { id: "x" }) { ...A } } fragment A on Order { ${nested(7)} }`],
  ['aliases', `{ ${aliased} }`],
  ['aliases in a fragment', `{ ...A } fragment A on Query { ${aliased} }`],
  ['the same field a thousand times', `{ ${many(1_000, () => '__typename')} }`],
  ['directives', `{ __typename ${many(30, () => '@include(if: true)')} }`],
  ['unknown directives', `{ __typename ${many(400, (n) => `@a${n}`)} }`],
  ['tokens', `{ __typename } ${many(300, (n) => `fragment F${n} on Query { __typename }`)}`],
  ['a fragment that holds itself', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
  [
    'lists of lists',
    `{ orders(first: 100) { edges { node { ${many(15, (n) => `a${n}: payments { order { events { id } payments { order { events { id type } } } } }`)} } } } }`,
  ],
  ['an unclosed document', `{ ${'order { '.repeat(90)}`],
  ['not GraphQL', 'select * from orders'],
];

describe.each(attacks)('%s', (_, query) => {
  test('is refused over HTTP', async () => {
    const { status, data, errors } = await askRaw(gateway, query);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors?.[0]?.extensions?.code).toMatch(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$|^BAD_USER_INPUT$/);
  });

  test('is refused over WebSocket', async () => {
    const feed = openRawFeed(gateway, { query });
    expect(await feed.ended).toMatchObject({ kind: 'refused' });
    expect(feed.answers).toEqual([]);
  });
});

const ONE = graphql(`query OneOrder($id: ID!) { order(ref: { id: $id }) { id } }`);

test('what the till and the cashier page ask for is well within', async () => {
  const { id } = await createOrder(gateway, newOrder());
  expect(await readOrder(gateway, { id })).toMatchObject({ id });
  const feed = openFeed(gateway, ONE, { variables: { id } });
  expect(await feed.ended).toEqual({ kind: 'completed' });
  expect(feed.answers).toMatchObject([{ data: { order: { id } } }]);
});

interface Sent {
  readonly method?: string;
  readonly type?: string;
  readonly body?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

async function send({ method = 'POST', type = 'application/json', body, path = '', headers = {} }: Sent) {
  const response = await fetch(`${gateway.url}/graphql${path}`, {
    method,
    headers: { 'content-type': type, authorization: `Bearer ${gateway.apiKey}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const TYPENAME = JSON.stringify({ query: '{ __typename }' });
const MUTATION = encodeURIComponent('mutation { issueSubmissionToken { token } }');

test.each<[string, Sent, number[]]>([
  ['a batch', { body: `[${TYPENAME},${TYPENAME}]` }, [400]],
  ['an empty batch', { body: '[]' }, [400]],
  ['a mutation by GET', { method: 'GET', path: `?query=${MUTATION}` }, [405]],
  [
    'a form, as other sites can post',
    { type: 'application/x-www-form-urlencoded', body: 'query={__typename}' },
    [400, 415],
  ],
  ['plain text, as other sites can post', { type: 'text/plain', body: TYPENAME }, [400, 415]],
  ['a multipart form', { type: 'multipart/form-data; boundary=x', body: '--x--' }, [400, 415]],
  ['200 KB', { body: JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(200_000) }) }, [413]],
  ['half of JSON', { body: '{"query":' }, [400]],
  ['a number', { body: '7' }, [400]],
  ['no query', { body: '{}' }, [400]],
  ['a query of numbers', { body: '{"query":7}' }, [400]],
  ['variables as text', { body: '{"query":"{ __typename }","variables":"x"}' }, [400]],
  ['a prototype', { body: '{"query":"{ __typename }","__proto__":{"x":1}}' }, [400]],
  ['an operation that is not there', { body: '{"query":"query A { __typename }","operationName":"B"}' }, [400, 500]],
  ['a persisted query', { body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}' }, [200, 400]],
  ['a subscription', { body: '{"query":"subscription { paymentStatus(orderId: \\"x\\") { id } }"}' }, [400]],
  ['a subscription by GET', { method: 'GET', path: '?query=subscription{paymentStatus(orderId:"x"){id}}' }, [400, 405]],
  ['DELETE', { method: 'DELETE', body: TYPENAME }, [404, 405]],
])('%s is refused', async (_, sent, right) => {
  const { status, text } = await send(sent);
  expect(right, text).toContain(status);
  expect(text).not.toContain('"data"');
  expect(text).not.toMatch(/\bat .*\.js|node_modules|Unexpected fault/);
});

test('a query by GET is answered', async () => {
  const { status, text } = await send({ method: 'GET', path: `?query=${encodeURIComponent('{ __typename }')}` });
  expect([status, text.trim()]).toEqual([200, '{"data":{"__typename":"Query"}}']);
});

test.each(['', 'x', 'Basic abc', 'Bearer', 'Bearer x', `Bearer ${'x'.repeat(5_000)}`, 'Bearer a b'])(
  'the authorization %j opens nothing',
  async (authorization) => {
    const { status, text, headers } = await send({ body: TYPENAME, headers: { authorization } });
    expect(status).toBe(401);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(headers.get('www-authenticate')).toBe('Bearer');
  },
);

test('nobody without a credential learns whether a document is valid', async () => {
  for (const query of ['{ __typename }', '{ nonsense }', 'mutation { issueSubmissionToken { token } }'])
    expect((await askRaw({ url: gateway.url }, query)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
