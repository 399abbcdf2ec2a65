import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkRequest } from '../check-request.ts';
import type { GatewayParams } from '../gateway-params.ts';
import type { Sandbox } from '../sandbox.ts';
import { dropConnection, sendHttp500 } from '../send-ending.ts';
import { type Ending, strike } from '../strike.ts';
import type { Answer } from '../wire/answer.ts';
import { sendErrorPage } from './error-page.ts';
import { type CashierOpened, cashierKind, openCashier } from './open-cashier.ts';

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

/** What the payer's browser gets from `/gateway.do`: a redirect to its cashier page, or a page that says why not. */
export async function showCashier(sandbox: Sandbox, params: GatewayParams, exchange: Exchange): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const ending = await handle(sandbox, params);
  switch (ending.kind) {
    case 'drop':
      return dropConnection(request, reply);
    case 'http_500':
      return sendHttp500(reply);
    case 'instead':
      return sendErrorPage(reply, ending.answer);
    case 'done':
      return ending.result.kind === 'refused'
        ? sendErrorPage(reply, ending.result.answer)
        : reply.redirect(`wallet/${ending.result.code}`, 302);
  }
}

async function handle(sandbox: Sandbox, params: GatewayParams): Promise<Ending<CashierOpened>> {
  const checked = checkRequest(sandbox, params, (name) => cashierKind(name) !== null);
  if (checked.kind === 'refused') return instead(checked.answer);
  return strike(sandbox, checked.call, (signing) => openCashier(sandbox, checked.call, signing));
}

function instead(answer: Answer): Ending<never> {
  return { kind: 'instead', answer };
}
