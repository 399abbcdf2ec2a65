// The limit: the least a program can do for the same durable work. Bare node:http, as few named statements as will do, no
// schema, no log, no metrics, no relay. It authenticates (a hashed key, compared in constant time), verifies Alipay's
// signature with a KeyObject kept ready, and answers the same fields; ids stay plain UUIDs.
import { createPrivateKey, createPublicKey, hash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'pg';
import { bodyOf } from '../body.ts';
import { needed } from '../needed.ts';
import { limitAlipay } from './alipay.ts';
import { followers } from './follow.ts';
import { limitWork } from './work.ts';

/** As many as the gateway's pool. */
const POOL_MAX = 10;

/** Planned as the gateway's connections plan. */
const PLANNER = '-c enable_seqscan=off -c jit=off';

const pool = new Pool({ connectionString: needed('DATABASE_URL'), max: POOL_MAX, options: PLANNER });
const appId = needed('ALI_APP_ID');
const alipayKey = createPublicKey(needed('ALI_PUBLIC_KEY'));
const call = limitAlipay({
  gateway: needed('ALI_GATEWAY'),
  appId,
  notifyUrl: `${needed('PUBLIC_URL')}/alipay/notify`,
  appKey: createPrivateKey(needed('ALI_PRIVATE_KEY')),
  alipayKey,
});
const sellerId = needed('ALI_SELLER_ID');
const work = await limitWork({ pool, appId, sellerId, alipayKey, call, secretKey: needed('SECRET_KEY') });
const keyHash = hash('sha256', `Bearer ${needed('API_KEY')}`, 'buffer');

const server = createServer((request, response) => {
  serve(request).then(
    (answer) => send(response, answer),
    (error: unknown) => send(response, { status: 500, type: 'text/plain', text: String(error) }),
  );
});
const tell = followers(server, { keyHash, standingOf: work.standingOf });
server.listen(Number(needed('PORT')), '127.0.0.1');
process.once('SIGTERM', () => server.close(() => pool.end()));

interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain';
  readonly text: string;
}

async function serve(request: IncomingMessage): Promise<Answer> {
  const { method, url, headers } = request;
  if (method === 'GET' && url === '/readyz') return { status: 200, type: 'text/plain', text: 'ready' };
  if (method !== 'POST') return { status: 404, type: 'text/plain', text: 'nothing here' };
  const body = await bodyOf(request);
  if (url === '/alipay/notify') return hear(body);
  const given = hash('sha256', headers.authorization ?? '', 'buffer');
  if (!timingSafeEqual(given, keyHash)) return { status: 401, type: 'text/plain', text: 'who are you' };
  const asked = JSON.parse(body.toString('utf8'));
  if (url === '/orders') return json(await work.createOrder(asked));
  if (url === '/sell') return json(await work.sell(asked));
  if (url === '/order') return json(await work.order(asked.id));
  if (url === '/page') return json(await work.page(asked.after));
  if (url === '/pay') return json(await work.payByAuthCode(asked));
  if (url === '/refund') return json(await work.refundOrder(asked));
  return { status: 404, type: 'text/plain', text: 'nothing here' };
}

async function hear(body: Buffer): Promise<Answer> {
  const { answer, change } = await work.hear(body);
  if (change !== undefined) tell(change);
  return { status: 200, type: 'text/plain', text: answer };
}

function json(value: object | null): Answer {
  return { status: value === null ? 404 : 200, type: 'application/json', text: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, type, text }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
