import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { showCashier } from './cashier/gateway-page.ts';
import { cashierKind } from './cashier/open-cashier.ts';
import { checkRequest } from './check-request.ts';
import { type GatewayParams, readGatewayParams } from './gateway-params.ts';
import { newTraceId } from './ids.ts';
import { methods } from './methods/methods.ts';
import type { Sandbox } from './sandbox.ts';
import { dropConnection, sendHttp500 } from './send-ending.ts';
import { type Ending, strike } from './strike.ts';
import { type Answer, encodeAnswer, type Signing } from './wire/answer.ts';

/** `/gateway.do`, by POST and by GET, in any content type. */
export function gatewayRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.route({
    method: ['GET', 'POST'],
    url: '/gateway.do',
    handler: (request, reply) => {
      const params = readGatewayParams(request);
      return cashierKind(params.values.get('method')) === null
        ? answerCall(sandbox, params, { request, reply })
        : showCashier(sandbox, params, { request, reply });
    },
  });
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

async function answerCall(sandbox: Sandbox, params: GatewayParams, exchange: Exchange): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const ending = await handle(sandbox, params);
  switch (ending.kind) {
    case 'drop':
      return dropConnection(request, reply);
    case 'http_500':
      return sendHttp500(reply);
    case 'done':
      return send(sandbox, params, { reply, answer: ending.result, signing: ending.signing });
    case 'instead':
      return send(sandbox, params, { reply, answer: ending.answer, signing: 'right' });
  }
}

async function handle(sandbox: Sandbox, params: GatewayParams): Promise<Ending<Answer>> {
  const checked = checkRequest(sandbox, params, (name) => methods.has(name));
  if (checked.kind === 'refused') return { kind: 'done', result: checked.answer, signing: checked.signing };
  const { call } = checked;
  const perform = methods.get(call.method);
  if (perform === undefined) throw new Error(`${call.method} passed the check and is no method`);
  return strike(sandbox, call, () => perform(sandbox, call));
}

type Delivery = { readonly reply: FastifyReply; readonly answer: Answer; readonly signing: Signing };

function send(sandbox: Sandbox, params: GatewayParams, { reply, answer, signing }: Delivery): FastifyReply {
  const bytes = encodeAnswer({
    node: nodeName(params.values.get('method')),
    answer,
    codec: params.codec,
    signing,
    key: sandbox.app.alipayPrivateKey,
    escapeSlash: sandbox.settings.escapeSlash,
  });
  return reply
    .header('content-type', `text/html;charset=${params.codec === 'gbk' ? 'GBK' : 'utf-8'}`)
    .header('trace_id', newTraceId())
    .send(bytes);
}

/** `alipay.trade.query` → `alipay_trade_query_response`; anything that is no method name → `error_response`. */
function nodeName(method: string | undefined): string {
  return method !== undefined && /^[a-z][a-z0-9_.]{0,127}$/i.test(method)
    ? `${method.replaceAll('.', '_')}_response`
    : 'error_response';
}
