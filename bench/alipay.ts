// Alipay, as little of it as can be: a process of its own that both sides call. It verifies what they signed, says
// that all went well, and signs that, after a while that the bench sets. It keeps no books: who asks twice is told the same.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { formatBeijingTime } from '../src/alipay/beijing-time.ts';
import { bodyOf } from './body.ts';
import { needed } from './needed.ts';

const ourKey = createPrivateKey(needed('ALIPAY_PRIVATE_KEY'));
/** The application's public key follows from its private one, which the bench made. */
const appKey = createPublicKey(createPrivateKey(needed('ALI_PRIVATE_KEY')));

type Fields = Readonly<Record<string, string>>;

const server = createServer((request, response) => {
  answerTo(request).then(
    (text) => response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(Number(needed('PORT')), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});

let delayMs = 0;

async function answerTo(request: IncomingMessage): Promise<string> {
  const wanted = /^\/delay\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (wanted !== undefined) delayMs = Number(wanted);
  if (request.method === 'GET') return 'ready';
  const query = new URL(request.url ?? '', 'http://localhost').searchParams;
  const form = new URLSearchParams((await bodyOf(request)).toString('utf8'));
  const params = new Map([...query, ...form]);
  if (!isSigned(params, appKey)) throw new Error('a wrong signature');
  if (delayMs > 0) await delay(delayMs);
  const method = params.get('method') ?? '';
  const json = JSON.stringify(said(method, JSON.parse(params.get('biz_content') ?? '{}')));
  const signature = sign('sha256', Buffer.from(json), ourKey).toString('base64');
  return `{"${method.replaceAll('.', '_')}_response":${json},"sign":"${signature}"}`;
}

/** A request is signed over all of its parameters but the signature, sorted by name (dossier 2.2). */
function isSigned(params: ReadonlyMap<string, string>, key: KeyObject): boolean {
  const names = [...params.keys()].filter((name) => name !== 'sign').sort();
  const text = names.map((name) => `${name}=${params.get(name)}`).join('&');
  return verify('sha256', Buffer.from(text), key, Buffer.from(params.get('sign') ?? '', 'base64'));
}

function said(method: string, asked: Fields): Fields {
  const { out_trade_no: number = '' } = asked;
  const now = formatBeijingTime(new Date());
  const trade_no = `20260101220014${number.replaceAll(/\D/g, '').padStart(14, '0')}`;
  const trade = { code: '10000', msg: 'Success', trade_no, out_trade_no: number, buyer_logon_id: '138****0000' };
  switch (method) {
    case 'alipay.trade.precreate':
      return { code: '10000', msg: 'Success', out_trade_no: number, qr_code: `https://qr.alipay.com/${number}` };
    case 'alipay.trade.pay':
      return { ...trade, ...paid(asked.total_amount ?? ''), gmt_payment: now };
    case 'alipay.trade.refund':
      return { ...trade, fund_change: 'Y', refund_fee: asked.refund_amount ?? '', gmt_refund_pay: now };
  }
  return { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST', sub_msg: 'no such trade' };
}

function paid(amount: string): Fields {
  return {
    total_amount: amount,
    receipt_amount: amount,
    buyer_pay_amount: amount,
    invoice_amount: amount,
    point_amount: '0.00',
  };
}
