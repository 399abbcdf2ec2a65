import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { pay, scan } from '../buyer.ts';
import type { Sandbox } from '../sandbox.ts';
import { walletPage } from './page.ts';
import { walletJs } from './script.ts';
import { walletCss } from './style.ts';
import { walletView } from './view.ts';
import { chooseLanguage } from './words.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const byCode = z.object({ code: z.string().max(64) });
const languageQuery = z.object({ lang: z.string().optional().catch(undefined) });

/** What a QR code opens. Reading the page changes nothing; its script scans, and the buyer's finger pays. */
export function walletRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  assetRoutes(server);
  server.get('/wallet/:code', async (request, reply) => {
    const view = walletView(sandbox, byCode.parse(request.params).code);
    const language = chooseLanguage(languageQuery.parse(request.query).lang, request.headers['accept-language']);
    return safely(reply)
      .code(view.state === 'unknown' ? 404 : 200)
      .type('text/html; charset=utf-8')
      .send(walletPage(view, language));
  });
  server.get('/wallet/:code/state', async (request, reply) => {
    const { code } = byCode.parse(request.params);
    return safely(reply).send(stateOf(sandbox, code));
  });
  server.post('/wallet/:code/scan', async (request, reply) => {
    const { code } = byCode.parse(request.params);
    scan(sandbox, code);
    return safely(reply).send(stateOf(sandbox, code));
  });
  server.post('/wallet/:code/pay', async (request, reply) => {
    const { code } = byCode.parse(request.params);
    const scanned = scan(sandbox, code);
    if (scanned.kind === 'done') pay(sandbox, scanned.trade.outTradeNo);
    return safely(reply).send(stateOf(sandbox, code));
  });
}

function stateOf(sandbox: Sandbox, code: string): { state: string } {
  const { state } = walletView(sandbox, code);
  return { state: state === 'open' ? 'opening' : state };
}

function assetRoutes(server: FastifyInstance): void {
  server.get('/wallet/assets/wallet.css', async (_request, reply) =>
    safely(reply).type('text/css; charset=utf-8').send(walletCss),
  );
  server.get('/wallet/assets/wallet.js', async (_request, reply) =>
    safely(reply).type('text/javascript; charset=utf-8').send(walletJs),
  );
}

function safely(reply: FastifyReply): FastifyReply {
  return reply.headers({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
}
