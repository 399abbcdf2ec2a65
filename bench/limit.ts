// The limit: the least a program can do for the same durable work. Bare node:http, one named statement a request, no
// schema, no log, no metrics, no relay. It authenticates (a hashed key, compared in constant time), verifies Alipay's
// signature with a KeyObject kept ready, and answers the same fields; ids stay plain UUIDs.
import { createPublicKey, hash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'pg';
import { limitWork } from './limit-work.ts';

const MAX_BODY_BYTES = 64 * 1024;
/** As many as the gateway's pool. */
const POOL_MAX = 10;

const pool = new Pool({ connectionString: needed('DATABASE_URL'), max: POOL_MAX });
const work = await limitWork({
  pool,
  appId: needed('ALI_APP_ID'),
  sellerId: needed('ALI_SELLER_ID'),
  alipayKey: createPublicKey(needed('ALI_PUBLIC_KEY')),
});
const keyHash = hash('sha256', `Bearer ${needed('API_KEY')}`, 'buffer');

const server = createServer((request, response) => {
  serve(request).then(
    (answer) => send(response, answer),
    (error: unknown) => send(response, { status: 500, type: 'text/plain', text: String(error) }),
  );
});
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
  if (url === '/alipay/notify') return { status: 200, type: 'text/plain', text: await work.hear(body) };
  const given = hash('sha256', headers.authorization ?? '', 'buffer');
  if (!timingSafeEqual(given, keyHash)) return { status: 401, type: 'text/plain', text: 'who are you' };
  const asked = JSON.parse(body.toString('utf8'));
  if (url === '/orders') return json(await work.createOrder(asked));
  if (url === '/order') return json(await work.order(asked.id));
  return { status: 404, type: 'text/plain', text: 'nothing here' };
}

function json(value: object | null): Answer {
  return { status: value === null ? 404 : 200, type: 'application/json', text: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, type, text }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) request.destroy(new Error('the body is too large'));
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
