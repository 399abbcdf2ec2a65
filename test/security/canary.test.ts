// Markers in every secret and in every input, through success and every error that can be reached, with the chattiest
// log: then everything that the gateway has said is searched for them. A marker of what one merchant sends may come back
// to that merchant; in logs and figures nobody's has any business.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAY, says, signedAnswer } from '../alipay/fake-gateway.ts';
import { stranger } from '../alipay/keys.ts';
import { type Fields, notice } from '../alipay/notice.ts';
import { handOut } from '../support/alipay-server.ts';
import { dumpOf } from '../support/behind.ts';
import { askRaw, openRawFeed } from '../support/graphql-client.ts';
import { notify, paidFields } from '../support/notifier.ts';
import { until } from '../support/until.ts';
import { type Ground, layGround } from './canary-ground.ts';
import {
  CREATE,
  ERROR,
  markedBuyer,
  markedTill,
  PAY_BY_CODE,
  PRECREATE,
  shout,
  type Till,
  TOLD_SINCE,
  WHOLE,
} from './canary-till.ts';
import { listenIn, newMarkers } from './markers.ts';

const markers = newMarkers();
const { mark, known, seenIn } = markers;
const ear = listenIn();
let ground: Ground;
let till: Till;

const { buyer, told } = markedBuyer(markers);

beforeAll(async () => {
  ground = await layGround(markers);
  till = markedTill(ground.gateway, markers);
});

afterAll(async () => {
  ear.stop();
  await ground?.close();
});

/** The log leaves the process within moments, in pieces. */
const logged = () => ground.gateway.stdout() + ground.gateway.stderr();

test('what succeeds', async () => {
  ground.shop.answer = (_, response) => void response.end(mark('input', 'a webhook answer'));
  await till.openEndpoint(ground.shop);
  const token = await till.say('mutation { issueSubmissionToken { token } }');
  known('secret', 'submissionToken', token.data?.issueSubmissionToken?.token ?? '');
  await till.sale({ merchantOrderNo: undefined, submissionToken: token.data?.issueSubmissionToken?.token });

  const paid = await till.sale();
  await till.say(PRECREATE, { id: paid.id });
  const fields = paidFields(paid.number, '8.88', told);
  expect((await notify(ground.gateway, notice(fields))).body).toBe('success');
  expect((await till.say(WHOLE, { id: paid.id })).data?.order).toMatchObject({ payments: [{ status: 'SUCCEEDED' }] });
  await askRaw(
    { ...ground.gateway, apiKey: paid.clientToken },
    `query ($id: ID!) { order(ref: { id: $id }) { id subject } }`,
    { id: paid.id },
  );

  const scanned = await till.sale();
  ground.channel.answer = says(
    signedAnswer(PAY, {
      code: '10000',
      msg: 'Success',
      out_trade_no: scanned.number,
      trade_no: fields.trade_no?.replace('2026', '2027'),
      total_amount: '8.88',
      gmt_payment: fields.gmt_payment,
      ...buyer,
    }),
  );
  const collected = await till.say(PAY_BY_CODE, { id: scanned.id, code: till.authCode() });
  ground.channel.answer = handOut;
  expect(collected.data?.payByAuthCode).toMatchObject({ status: 'SUCCEEDED' });
  await till.say(
    `mutation ($id: ID!, $reason: String) { refundOrder(input: { order: { id: $id }, refundNo: "R", amount: "1.00", reason: $reason }) { ${ERROR} } }`,
    { id: scanned.id, reason: mark('input', 'reason') },
  );
  await until(
    () => ground.shop.received,
    ({ length }) => length >= 6,
    10_000,
  );
});

test('what Alipay refuses or never answers', async () => {
  const { id } = await till.sale();
  for (const answer of [
    signedAnswer(PAY, {
      code: '40004',
      msg: 'Business Failed',
      sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
      sub_msg: mark('input', 'sub_msg'),
      ...buyer,
    }),
    signedAnswer(PAY, {
      code: '20000',
      msg: 'unknown',
      sub_code: 'aop.x',
      sub_msg: mark('input', 'sub_msg of 20000'),
      ...buyer,
    }),
    `{"nonsense":"${mark('buyer', 'an answer without a signature')}"}`,
  ]) {
    ground.channel.answer = says(answer);
    await till.say(PAY_BY_CODE, { id, code: till.authCode() });
  }
  ground.channel.answer = (_, response) => response.destroy();
  await till.say(PRECREATE, { id: (await till.sale()).id });
  await till.say(PAY_BY_CODE, { id: (await till.sale()).id, code: till.authCode() });
  ground.channel.answer = handOut;
});

test('notifications that do not fit, and such as nobody signed', async () => {
  const { number } = await till.sale();
  const genuine = paidFields(number, '8.88', told);
  const other = (more: Fields) => ({ ...genuine, ...more, notify_id: randomBytes(16).toString('hex') });
  const bodies: (Buffer | string)[] = [
    notice(other({ total_amount: '9.99', trade_no: '2026110022001400000000000901' })),
    notice(other({ seller_id: '2088000000000099', trade_no: '2026110022001400000000000902' })),
    notice(other({ out_trade_no: 'nobody', trade_no: '2026110022001400000000000903' })),
    notice(other({ app_id: '2021000000000099' })),
    notice(other({ trade_status: mark('input', 'trade_status') })),
    notice(genuine, { key: stranger.privateKey }),
    `${notice(genuine)}&${mark('input', 'a field more')}=1`,
    `${mark('input', 'a body of one word')}`,
    `{"${mark('input', 'JSON to the notify route')}":1}`,
    Buffer.concat([notice(genuine), Buffer.from([0xff, 0xfe])]),
    `${notice(genuine)}&x=${mark('input', 'too long').repeat(10_000)}`,
  ];
  for (const body of bodies)
    await notify(ground.gateway, body, { query: `?shop=${mark('input', 'query of the notify URL')}` });
  await notify(ground.gateway, notice(genuine), { type: `multipart/${mark('input', 'content type')}` });
});

test('documents, variables, headers, paths and tokens that are wrong', async () => {
  const word = (name: string) => mark('input', name);
  const { id } = await till.sale();
  await till.say(`{ ${word('a field')} }`);
  await till.say(`query ${word('an operation name')} { viewer { ${word('a field below')} } }`);
  await till.say(`{ order(ref: { id: "${word('an id')}" }) { id } }`);
  await till.say(`{ node(id: "${word('a node id')}") { id } }`);
  await till.say(`{ orders(after: "${word('a cursor')}") { edges { cursor } } }`);
  await till.say(`query ($x: ${word('a type')}) { viewer { merchantId } }`);
  await till.say(CREATE, {
    input: { amount: word('an amount'), subject: word('a subject'), [word('a field of no input')]: 1 },
  });
  await till.say(CREATE, {
    input: { amount: '1.00', subject: `${word('a bad subject')}/`, merchantOrderNo: word('a number') },
  });
  await till.say(CREATE, {
    input: {
      amount: '1.00',
      subject: 'x',
      submissionToken: mark('secret', 'a bad submissionToken', (text) => `sub_${text}`),
    },
  });
  await till.say(PAY_BY_CODE, { id, code: word('a code that is none') });
  await till.say('mutation { setCasePolicy(policy: HOLD) }');

  const raw = (path: string, init: RequestInit = {}) => fetch(`${ground.gateway.url}${path}`, init);
  const authorization = `Bearer ${ground.gateway.apiKey}`;
  const json = { 'content-type': 'application/json', authorization };
  await raw('/graphql', { method: 'POST', headers: json, body: `{"query": "${word('half of a body')}` });
  await raw('/graphql', {
    method: 'POST',
    headers: { ...json, 'content-type': `text/${word('a type of body')}` },
    body: word('a plain body'),
  });
  await raw('/graphql', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ query: '{ __typename }', extensions: { [word('an extension')]: 1 } }),
  });
  const spoken = Object.fromEntries(
    ['user-agent', 'cookie', 'referer', 'origin', 'x-request-id', 'x-forwarded-for', 'traceparent', 'baggage'].map(
      (name) => [name, word(`header ${name}`)],
    ),
  );
  await raw('/graphql', { method: 'POST', headers: { ...json, ...spoken }, body: '{"query":"{ __typename }"}' });
  for (const path of [
    '/graphql?query={',
    '/pay/',
    '/',
    '/alipay/return?sign=',
    '/alipay/return/view?sign=',
    '/pos/session?x=',
    '/web/',
    '/graphql/stream?token=',
    '/metrics?x=',
  ])
    await raw(`${path}${word(`the path ${path}`)}`, { headers: { accept: 'text/event-stream, */*', authorization } });
  await raw(
    `/graphql/stream?query=${encodeURIComponent(`subscription { paymentStatus(orderId: "${word('an id in a stream')}") { id } }`)}`,
    { headers: { accept: 'text/event-stream', authorization } },
  );

  const bad = [
    mark('secret', 'a bad API key', (text) => `kassa_${text}`),
    mark('secret', 'a bad client token', (text) => `client_${text}`),
    mark('secret', 'a bad access token', (text) => `eyJhbGciOiJSUzI1NiJ9.${text}.${text}`),
    mark('secret', 'a bad scheme', (text) => `${text} x`),
  ];
  for (const token of bad) {
    await raw('/graphql', {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${token}` },
      body: '{"query":"{ __typename }"}',
    });
    await raw('/graphql/stream', { headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } });
    await openRawFeed(ground.gateway, {
      query: '{ __typename }',
      connectionParams: { authorization: `Bearer ${token}`, clientToken: token },
    }).ended;
  }
  const { ended, answers } = openRawFeed(ground.gateway, { query: `{ ${word('a field on a socket')} }` });
  await ended;
  expect(answers).toEqual([]);
  await shout(ground.gateway, word('no JSON on a socket'));
  await shout(ground.gateway, JSON.stringify({ type: 'connection_init', payload: word('a payload') }));
});

test('faults of PostgreSQL, whose details quote whole rows', async () => {
  const paid = await till.sale();
  await till.say(PRECREATE, { id: paid.id });
  const refuse = (table: string) =>
    ground.database.query(`alter table ${table} add constraint canary check (now() < '2000-01-01') not valid`);
  const accept = (table: string) => ground.database.query(`alter table ${table} drop constraint canary`);
  for (const table of ['orders', 'evidence', 'api_keys', 'webhook_endpoints']) await refuse(table);
  const input = { amount: '1.00', merchantOrderNo: 'canary-fault', subject: mark('input', 'subject of a fault') };
  const { errors } = await till.say(CREATE, { input });
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect((await notify(ground.gateway, notice(paidFields(paid.number, '8.88', told)))).status).toBe(500);
  const label = mark('input', 'label of a fault');
  await till.say(`mutation { createApiKey(input: { label: "${label}", scopes: [ADMIN] }) { ${ERROR} } }`);
  await till.say(`mutation ($url: String!) { createWebhookEndpoint(input: { url: $url }) { ${ERROR} } }`, {
    url: `${ground.shop.url}?token=${mark('input', 'query of a URL that can not be kept')}`,
  });
  for (const table of ['orders', 'evidence', 'api_keys', 'webhook_endpoints']) await accept(table);
  await ground.database.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [
    ground.role,
  ]);
  await till.say(WHOLE, { id: paid.id });
  await until(
    () => logged().match(/unexpected fault|could not be applied/g)?.length ?? 0,
    (faults) => faults >= 5,
  );
});

test('the log and the figures hold no marker at all', async () => {
  const figures = await (await fetch(`${ground.gateway.url}/metrics`)).text();
  expect(figures).toContain('kassa_graphql_operations_total');
  expect((await till.say(TOLD_SINCE)).errors).toBeUndefined();
  await ground.gateway.stop();
  expect(logged()).toContain('"operation":"mutation.createOrder"');
  expect(logged()).toContain('notification refused');
  expect([seenIn(logged(), 'secret', 'input', 'buyer'), seenIn(figures, 'secret', 'input', 'buyer')]).toEqual([[], []]);
});

test('no answer holds a secret but the one that it was asked to make, nor what Alipay says of a buyer', () => {
  const made = ['clientToken', 'submissionToken', 'webhook secret'];
  const seen = ear.heard.flatMap((answer) => seenIn(answer, 'secret', 'buyer'));
  expect(new Set(seen)).toEqual(new Set(made));
  for (const name of ['submissionToken', 'webhook secret'])
    expect(ear.heard.filter((answer) => seenIn(answer, 'secret').includes(name))).toHaveLength(1);
});

test('webhooks tell events, no secret and no buyer; Alipay hears no secret but the scanned code', () => {
  expect(seenIn(JSON.stringify(ground.shop.received), 'secret', 'buyer')).toEqual([]);
  const asked = ground.channel.asked.map(({ url, headers, bizContent, form }) =>
    JSON.stringify([url, headers, bizContent, `${form}`]),
  );
  expect(new Set(asked.flatMap((one) => seenIn(one, 'secret')))).toEqual(new Set(['authCode']));
});

test('the database keeps secrets only sealed or hashed, and the buyer only inside the evidence', async () => {
  const dump = await dumpOf(ground.gateway.env.DATABASE_URL ?? '');
  expect(seenIn(dump, 'secret', 'buyer')).toEqual([]);
  const { rows } = await ground.database.query<{ held: string }>(
    `select convert_from(bytes, 'UTF8') as held from evidence where verdict = 'applied'`,
  );
  expect(seenIn(rows.map(({ held }) => held).join(), 'buyer')).toContain('buyer_logon_id');
});
