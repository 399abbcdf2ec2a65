import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface PagesNeeds {
  /** The folder with the built pages. */
  readonly webDir: string;
  /** The key with which the till signs in by itself: only with the built-in sandbox and its play money. */
  readonly sandboxApiKey: string | undefined;
  /** The order that Alipay's signed return URL names, to be shown to the browser that carries it. */
  readonly returned: (query: string) => Promise<{ orderId: string; clientToken: string } | undefined>;
}

const CSP =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The till, the buyer's cashier page and the page a buyer comes back to. */
export async function pages(app: FastifyInstance, { webDir, sandboxApiKey, returned }: PagesNeeds): Promise<void> {
  await app.register(fastifyStatic, { root: webDir, prefix: '/web/', immutable: true, maxAge: '365d', index: false });
  app.get('/', (_request, reply) => reply.redirect('/pos'));
  app.get('/pos', (_request, reply) => page(reply, 'pos.html'));
  app.get('/pay/:orderId', (_request, reply) => page(reply, 'pay.html'));
  app.get('/alipay/return', (_request, reply) => page(reply, 'return.html'));
  app.get('/alipay/return/view', async (request, reply) => {
    const view = await returned(request.url.split('?')[1] ?? '');
    reply.header('cache-control', 'no-store');
    return view ?? reply.code(404).send({ message: 'no valid return from Alipay' });
  });
  app.get('/pos/session', (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (sandboxApiKey === undefined || !isOwnPage(request))
      return reply.code(404).send({ message: 'sign in with an API key' });
    return { apiKey: sandboxApiKey, sandbox: true };
  });
}

function page(reply: FastifyReply, file: string): FastifyReply {
  return reply
    .header('content-security-policy', CSP)
    .header('cache-control', 'no-cache')
    .header('referrer-policy', 'no-referrer')
    .sendFile(file, { maxAge: 0, immutable: false, cacheControl: false });
}

/** A foreign site that reads this through a name of its own (DNS rebinding) or across origins gets nothing. */
function isOwnPage({ headers, hostname, ip }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  const local = hostname === 'localhost' || hostname === '[::1]' || /^[0-9.]+$/.test(hostname) || hostname === '::1';
  // A tablet in the shop types the key once; only this machine gets it for nothing.
  const here = ip === '::1' || ip.startsWith('127.') || ip.startsWith('::ffff:127.');
  return here && local && (site === undefined || site === 'same-origin' || site === 'none');
}
