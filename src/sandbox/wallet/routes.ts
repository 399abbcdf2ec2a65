import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { pay, scan } from '../buyer.ts';
import type { Sandbox } from '../sandbox.ts';
import { codePageRoutes } from './code-routes.ts';
import { codeJs } from './code-script.ts';
import { walletPage } from './page.ts';
import { safely } from './safely.ts';
import { walletJs } from './script.ts';
import { walletCss } from './style.ts';
import { walletView } from './view.ts';
import { chooseLanguage, languageQuery } from './words.ts';

const byCode = z.object({ code: z.string().max(64) });

/**
 * What a QR code or a cashier's redirect opens. Reading the page changes nothing: a QR code's script scans, a
 * cashier's payer logs on, and a finger pays.
 */
export function walletRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  assetRoutes(server);
  codePageRoutes(server, sandbox);
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

function stateOf(sandbox: Sandbox, code: string): { state: string; returnTo?: string } {
  const { state, returnTo } = walletView(sandbox, code);
  return { state: state === 'open' ? 'opening' : state, ...(returnTo === null ? {} : { returnTo }) };
}

function assetRoutes(server: FastifyInstance): void {
  server.get('/wallet/assets/wallet.css', async (_request, reply) =>
    safely(reply).type('text/css; charset=utf-8').send(walletCss),
  );
  server.get('/wallet/assets/wallet.js', async (_request, reply) =>
    safely(reply).type('text/javascript; charset=utf-8').send(walletJs),
  );
  server.get('/wallet/assets/code.js', async (_request, reply) =>
    safely(reply).type('text/javascript; charset=utf-8').send(codeJs),
  );
}
