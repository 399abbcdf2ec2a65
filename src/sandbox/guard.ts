import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What a control route or a wallet action answers when it cannot do what was asked. */
export type Refusal = { readonly status: number; readonly code: string; readonly message: string };

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, code, message } = refusal;
  return reply.code(status).send({ error: { code, message } });
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Whether only this machine can reach an address the server is bound to. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Keeps websites in the same browser out. A page cannot send JSON across origins unasked (no CORS header is ever
 * answered), and a name that was rebound to 127.0.0.1 shows in the Host header.
 */
export function guardFromWebsites(server: FastifyInstance, bind: { host: string; publicUrl: () => string }): void {
  server.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host ?? '';
    if (isLoopback(bind.host) && !isOwnHost(host, bind.publicUrl()))
      return sendRefusal(reply, {
        status: 403,
        code: 'WRONG_HOST',
        message: `Host ${JSON.stringify(host.slice(0, 100))} is not this sandbox; use localhost or SANDBOX_PUBLIC_URL`,
      });
    if (request.method === 'POST' && !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      return sendRefusal(reply, {
        status: 415,
        code: 'JSON_REQUIRED',
        message: 'Send a JSON body with content-type: application/json',
      });
  });
}

function isOwnHost(host: string, publicUrl: string): boolean {
  return host === new URL(publicUrl).host || LOOPBACK_NAMES.includes(host.replace(/:\d+$/, ''));
}
