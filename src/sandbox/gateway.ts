import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkRequest } from './check-request.ts';
import { type GatewayFault, takeGatewayFault } from './faults.ts';
import { type GatewayParams, readGatewayParams } from './gateway-params.ts';
import { newTraceId } from './ids.ts';
import type { Sandbox } from './sandbox.ts';
import { anyAnswer, refuse } from './sub-codes.ts';
import { type Answer, encodeAnswer, type Signing } from './wire/answer.ts';

/** What the caller gets: a node, an HTTP failure, or a dead connection. */
type Ending =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly signing: Signing }
  | { readonly kind: 'http_500' }
  | { readonly kind: 'drop' };

/** `/gateway.do`, by POST and by GET, in any content type. */
export function gatewayRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.route({
    method: ['GET', 'POST'],
    url: '/gateway.do',
    handler: async (request, reply) => {
      const params = readGatewayParams(request);
      return send(sandbox, params, { request, reply, ending: await handle(sandbox, params) });
    },
  });
}

async function handle(sandbox: Sandbox, params: GatewayParams): Promise<Ending> {
  const checked = checkRequest(sandbox, params);
  if (checked.kind === 'refused') return { ...checked, kind: 'answer' };
  const { call, perform } = checked;
  const number = call.biz.out_trade_no;
  const fault = takeGatewayFault(sandbox.faults, call.method, typeof number === 'string' ? number : null);
  return withFault(fault, () => perform(sandbox, call));
}

function answered(answer: Answer, signing: Signing = 'right'): Ending {
  return { kind: 'answer', answer, signing };
}

async function withFault(fault: GatewayFault | null, act: () => Answer): Promise<Ending> {
  switch (fault?.kind) {
    case undefined:
      return answered(act());
    case 'drop':
      return { kind: 'drop' };
    case 'act_then_drop':
      act();
      return { kind: 'drop' };
    case 'delay':
      return delayed(fault.delayMs, fault.when, act);
    case 'unknown':
      if (fault.acts) act();
      return answered(refuse('isp.unknow-error'));
    case 'http_500':
      if (fault.acts) act();
      return { kind: 'http_500' };
    case 'wrong_sign':
      return answered(act(), 'wrong');
    case 'no_sign':
      return answered(act(), 'none');
    case 'answer':
      if (fault.acts) act();
      return answered(anyAnswer(fault));
  }
}

async function delayed(delayMs: number, when: 'before' | 'after', act: () => Answer): Promise<Ending> {
  const done = when === 'after' ? act() : null;
  await sleep(delayMs, undefined, { ref: false });
  return answered(done ?? act());
}

type Delivery = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly ending: Ending };

function send(sandbox: Sandbox, params: GatewayParams, { request, reply, ending }: Delivery): FastifyReply {
  switch (ending.kind) {
    case 'drop':
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    case 'http_500':
      return reply.code(500).type('text/html').send('<html><body>500 Internal Server Error</body></html>');
    case 'answer':
      return reply
        .header('content-type', `text/html;charset=${params.codec === 'gbk' ? 'GBK' : 'utf-8'}`)
        .header('trace_id', newTraceId())
        .send(encode(sandbox, params, ending));
  }
}

function encode(sandbox: Sandbox, params: GatewayParams, ending: Extract<Ending, { kind: 'answer' }>): Buffer {
  return encodeAnswer({
    node: nodeName(params.values.get('method')),
    answer: ending.answer,
    codec: params.codec,
    signing: ending.signing,
    key: sandbox.app.alipayPrivateKey,
    escapeSlash: sandbox.settings.escapeSlash,
  });
}

/** `alipay.trade.query` → `alipay_trade_query_response`; anything that is no method name → `error_response`. */
function nodeName(method: string | undefined): string {
  return method !== undefined && /^[a-z][a-z0-9_.]{0,127}$/i.test(method)
    ? `${method.replaceAll('.', '_')}_response`
    : 'error_response';
}
