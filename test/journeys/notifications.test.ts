// What Alipay, and whoever claims to be Alipay, posts to the notification route.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { alipay, stranger } from '../alipay/keys.ts';
import { type Fields, formOf, notice, signatureOf, without } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, follow, newOrder, precreate, theOrder } from '../support/sale.ts';

let gateway: Gateway;

beforeAll(async () => {
  const { url, close } = await startAlipay();
  gateway = await startGateway(alipayEnv(url));
  return close;
});

const SUCCESS = { status: 200, body: 'success', bytes: 7 };

interface Sold {
  readonly number: string;
  readonly id: string;
  paid(more?: Fields): Fields;
}

async function sold(): Promise<Sold> {
  const { id, merchantOrderNo: number } = await createOrder(gateway, newOrder());
  expect((await precreate(gateway, { id })).__typename).toBe('Payment');
  return { number, id, paid: (more) => paidFields(number, '8.88', more) };
}

async function stateOf(number: string): Promise<readonly [status: string, ...types: string[]]> {
  const { status, events } = await theOrder(gateway, number);
  return [status, ...events.map(({ type }) => type)];
}

const UNPAID = ['PENDING', 'order.created', 'payment.precreated'];
const PAID = ['PAID', 'order.created', 'payment.precreated', 'payment.succeeded'];

test('a paid notice is answered with the seven bytes Alipay waits for, as plain text', async () => {
  const { number, paid } = await sold();
  const reply = await notify(gateway, notice(paid()));
  expect(reply).toMatchObject(SUCCESS);
  expect(reply.type).toMatch(/^text\/plain\b/);
  expect(await stateOf(number)).toEqual(PAID);
});

test('a hundred copies at once make one event and a hundred successes', async () => {
  const { number, id, paid } = await sold();
  const feed = follow(gateway, { orderId: id, after: 2 });
  const body = notice(paid());
  const replies = await Promise.all(Array.from({ length: 100 }, () => notify(gateway, body)));
  expect(new Set(replies.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 success']));
  expect(await stateOf(number)).toEqual(PAID);
  expect((await feed.count(1)).map(({ version }) => version)).toEqual([3]);
  feed.stop();
});

test('the same fact under a hundred notification ids makes one event', async () => {
  const { number, paid } = await sold();
  const { trade_no = '' } = paid();
  const bodies = Array.from({ length: 100 }, () => notice(paid({ trade_no })));
  const replies = await Promise.all(bodies.map((body) => notify(gateway, body)));
  expect(new Set(replies.map(({ body }) => body))).toEqual(new Set(['success']));
  expect(await stateOf(number)).toEqual(PAID);
});

test('GBK, finished instead of paid, and a field nobody knows are as good', async () => {
  const gbk = await sold();
  expect(await notify(gateway, notice(gbk.paid({ charset: 'GBK' }), { encoding: 'gbk' }))).toMatchObject(SUCCESS);
  const finished = await sold();
  expect(await notify(gateway, notice(finished.paid({ trade_status: 'TRADE_FINISHED' })))).toMatchObject(SUCCESS);
  const strange = await sold();
  expect(await notify(gateway, notice(strange.paid({ new_in_2027: 'x' })))).toMatchObject(SUCCESS);
  for (const { number } of [gbk, finished, strange]) expect(await stateOf(number)).toEqual(PAID);
});

/** A byte of the form's value of `name` becomes another one after signing. */
function flipped(body: Buffer, name: string): string {
  return body.toString('latin1').replace(new RegExp(`(^|&)${name}=(.)`), (_, start: string, first: string) => {
    return `${start}${name}=${first === '1' ? '2' : '1'}`;
  });
}

const bad: [string, (fields: Fields) => Buffer | string][] = [
  ['signed by a stranger', (fields) => notice(fields, { key: stranger.privateKey })],
  ['not signed', (fields) => formOf(fields)],
  ['signed, an empty sign', (fields) => formOf({ ...fields, sign: '', sign_type: 'RSA2' })],
  ['another amount than signed', (fields) => flipped(notice(fields), 'total_amount')],
  ['another number than signed', (fields) => flipped(notice(fields), 'trade_no')],
  ['another status than signed', (fields) => notice(fields).toString().replace('TRADE_SUCCESS', 'TRADE_FINISHED')],
  ['a changed signature', (fields) => flipped(notice(fields), 'sign')],
  ['a repeated field', (fields) => `${notice(fields)}&total_amount=8.88`],
  ['a repeated field in front', (fields) => `out_trade_no=x&${notice(fields)}`],
  ['a field added', (fields) => `${notice(fields)}&refund_fee=8.88`],
  ['SHA1 under the name RSA', (fields) => notice(fields, { algorithm: 'sha1', signType: 'RSA' })],
  ['SHA256 under the name RSA', (fields) => notice(fields, { signType: 'RSA' })],
  ['no sign_type', (fields) => formOf({ ...fields, sign: signatureOf(fields, { key: alipay.privateKey }) })],
  ['GBK bytes called UTF-8', (fields) => notice(fields, { encoding: 'gbk' })],
  ['an unknown charset', (fields) => notice({ ...fields, charset: 'utf-7' })],
  ['cut in half', (fields) => notice(fields).subarray(0, 400)],
  ['a foreign app', (fields) => notice({ ...fields, app_id: '2021000000000999' })],
  ['no app', (fields) => notice(without(fields, 'app_id'))],
  ['no notify_id', (fields) => notice(without(fields, 'notify_id'))],
  ['no trade_no', (fields) => notice(without(fields, 'trade_no'))],
  ['an amount in words', (fields) => notice({ ...fields, total_amount: '8.880' })],
  ['an unknown status', (fields) => notice({ ...fields, trade_status: 'TRADE_TELEPORTED' })],
  ['an empty body', () => ''],
  ['noise', () => Buffer.from([0xff, 0, 0x26, 0x3d, 0x25, 0xc3, 0x28])],
  ['70 KB', (fields) => notice({ ...fields, body: 'x'.repeat(70_000) })],
];

test.each(bad)('%s: failure, no event, no fault of ours', async (_, make) => {
  const { number, paid } = await sold();
  const reply = await notify(gateway, make(paid()));
  expect(reply.body).toBe('failure');
  expect(reply.status).toBeLessThan(500);
  expect(await stateOf(number)).toEqual(UNPAID);
});

test.each([
  ['application/json', '{"trade_status":"TRADE_SUCCESS"}'],
  ['multipart/form-data; boundary=x', '--x--'],
  ['text/plain', 'success'],
  ['nonsense', 'x'],
])('%s is no notification', async (type, body) => {
  const reply = await notify(gateway, body, { type });
  expect([reply.status < 500, reply.body]).toEqual([true, 'failure']);
});

test('every single flipped byte of a notice is noticed', async () => {
  const { number, paid } = await sold();
  const body = notice(paid());
  const places = Array.from({ length: 150 }, (_, index) => Math.floor((index * body.length) / 150));
  const replies = await Promise.all(places.map((place) => notify(gateway, withFlip(body, place))));
  expect(new Set(replies.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 failure']));
  expect(await stateOf(number)).toEqual(UNPAID);
});

function withFlip(body: Buffer, place: number): Buffer {
  const copy = Buffer.from(body);
  // Another case of a letter is the same escape to a form reader: three bits at once are never that.
  copy[place] = (copy[place] ?? 0) ^ 0b111;
  return copy;
}

test('the query of the notification URL is not mixed into what is signed', async () => {
  const { number, paid } = await sold();
  const body = notice(without(paid(), 'trade_status'));
  const forged = await notify(gateway, body, { query: '?trade_status=TRADE_SUCCESS' });
  expect(forged.body).toBe('failure');
  const other = await notify(gateway, notice(paid()), { query: '?out_trade_no=other&total_amount=0.01' });
  expect(other).toMatchObject(SUCCESS);
  expect(await stateOf(number)).toEqual(PAID);
});

test.each<[string, Fields]>([
  ['another amount', { total_amount: '0.01' }],
  ['another seller', { seller_id: '2088000000000999' }],
])('%s under a good signature is a case, never a payment', async (_, more) => {
  const { number, paid } = await sold();
  const body = notice(paid(more));
  for (let copy = 0; copy < 3; copy++) expect(await notify(gateway, body)).toMatchObject(SUCCESS);
  expect(await stateOf(number)).toEqual([...UNPAID, 'case.opened']);
  expect(await notify(gateway, notice(paid()))).toMatchObject(SUCCESS);
  expect((await stateOf(number))[0]).toBe('PAID');
});

test('an unknown order is refused until it is there, then paid by the same notice', async () => {
  const input = newOrder();
  const body = notice(paidFields(input.merchantOrderNo, '8.88'));
  const early = await Promise.all(Array.from({ length: 10 }, () => notify(gateway, body)));
  expect(new Set(early.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 failure']));
  await createOrder(gateway, input);
  expect(await notify(gateway, body)).toMatchObject(SUCCESS);
  expect(await stateOf(input.merchantOrderNo)).toEqual(['PAID', 'order.created', 'payment.succeeded']);
});

test('money given back: a part, then all of it, heard out of order and twice', async () => {
  const { number, paid } = await sold();
  const { trade_no = '' } = paid();
  const refund = (fee: string, no: string) =>
    notice(paid({ trade_no, refund_fee: fee, gmt_refund: '2026-11-23 11:00:00.123', out_biz_no: no }));
  expect(await notify(gateway, refund('3.00', 'R1'))).toMatchObject(SUCCESS);
  expect(await theOrder(gateway, number)).toMatchObject({ status: 'PAID', refundedAmount: '3.00' });
  expect(await notify(gateway, notice(paid({ trade_no })))).toMatchObject(SUCCESS);
  expect(await notify(gateway, refund('3.00', 'R1'))).toMatchObject(SUCCESS);
  expect(await notify(gateway, refund('8.88', 'R2'))).toMatchObject(SUCCESS);
  expect(await notify(gateway, refund('3.00', 'R1'))).toMatchObject(SUCCESS);
  expect(await theOrder(gateway, number)).toMatchObject({ status: 'REFUNDED', refundedAmount: '8.88' });
  expect(await stateOf(number)).toEqual(['REFUNDED', ...PAID.slice(1), 'refund.succeeded', 'refund.succeeded']);
});

test('closed unpaid ends the payment, not the order; closed after payment is a full refund', async () => {
  const unpaid = await sold();
  expect(
    await notify(gateway, notice(without(unpaid.paid({ trade_status: 'TRADE_CLOSED' }), 'gmt_payment'))),
  ).toMatchObject(SUCCESS);
  expect(await stateOf(unpaid.number)).toEqual([...UNPAID, 'payment.closed']);
  const refunded = await sold();
  const closed = refunded.paid({ trade_status: 'TRADE_CLOSED', refund_fee: '8.88', gmt_refund: '2026-11-23 11:00:00' });
  expect(await notify(gateway, notice(closed))).toMatchObject(SUCCESS);
  expect(await stateOf(refunded.number)).toEqual(['REFUNDED', ...PAID.slice(1), 'refund.succeeded']);
});

test('money of a second trade under the number is a case', async () => {
  const { number, paid } = await sold();
  expect(await notify(gateway, notice(paid()))).toMatchObject(SUCCESS);
  expect(await notify(gateway, notice(paid()))).toMatchObject(SUCCESS);
  expect(await stateOf(number)).toEqual([...PAID, 'case.opened']);
});

function write(socket: Socket, text: string): Promise<void> {
  return new Promise((sent, failed) => socket.write(text, (error) => (error ? failed(error) : sent())));
}

/** Posts a body in pieces and answers the status line, as a sender hears it that writes to the end before it reads. */
async function postSlowly(path: string, { type, pieces }: { type: string; pieces: number }): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const piece = 'x'.repeat(64 * 1024);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: ${type}\r\ncontent-length: ${pieces * piece.length}\r\n\r\n`,
  );
  for (let n = 0; n < pieces; n++) await write(socket, piece);
  const [said] = await once(socket, 'data');
  socket.destroy();
  return String(said).split('\r\n', 1)[0] ?? '';
}

test.each([
  ['/alipay/notify', 'application/x-www-form-urlencoded'],
  ['/graphql', 'application/json'],
])('whoever posts 3 MB to %s hears why it is refused', async (path, type) => {
  expect(await postSlowly(path, { type, pieces: 48 })).toBe('HTTP/1.1 413 Payload Too Large');
});
