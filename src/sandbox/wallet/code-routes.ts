import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { issueAuthCode } from '../auth-codes.ts';
import { pay } from '../buyer.ts';
import type { Sandbox } from '../sandbox.ts';
import { codePage } from './code-page.ts';
import { codeView } from './code-view.ts';
import { safely } from './safely.ts';
import { chooseLanguage, languageQuery } from './words.ts';

const byCode = z.object({ code: z.string().max(64) });

/** `/wallet/code` shows a fresh payment code at every opening, and asks the buyer when the payment wants it. */
export function codePageRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  server.get('/wallet/code', async (request, reply) => {
    const language = chooseLanguage(languageQuery.parse(request.query).lang, request.headers['accept-language']);
    return safely(reply)
      .type('text/html; charset=utf-8')
      .send(codePage(issueAuthCode(sandbox).code, language));
  });
  server.get('/wallet/code/:code/state', async (request, reply) =>
    safely(reply).send(codeView(sandbox, byCode.parse(request.params).code)),
  );
  server.post('/wallet/code/:code/pay', async (request, reply) => {
    const { code } = byCode.parse(request.params);
    const usedFor = sandbox.books.authCodes.get(code)?.usedFor ?? null;
    if (usedFor !== null && codeView(sandbox, code).state === 'ready') pay(sandbox, usedFor);
    return safely(reply).send(codeView(sandbox, code));
  });
}
