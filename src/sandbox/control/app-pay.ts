import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type AppAct, type AppOutcome, appPay } from '../cashier/app-pay.ts';
import { sendRefusal } from '../guard.ts';
import type { Sandbox } from '../sandbox.ts';
import { dropConnection, sendHttp500 } from '../send-ending.ts';
import type { Ending } from '../strike.ts';
import type { Answer } from '../wire/answer.ts';
import { readBody } from './read-body.ts';
import { tradeSummary } from './trade-view.ts';

const appBody = z.strictObject({
  orderString: z.string().min(1).max(32_000),
  act: z.enum(['pay', 'leave']).default('pay'),
});

// What Alipay's SDK tells the merchant's app.
const RESULT_STATUS = { pay: '9000', leave: '6001', failed: '4000', unknown: '6004' } as const;

/** The buyer's phone: takes the order string a merchant's app would hand to the wallet. */
export function appPayRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  server.post('/_sandbox/app-pay', async (request, reply) => {
    const { orderString, act } = readBody(appBody, request.body);
    return sendEnding({ request, reply, act }, await appPay(sandbox, orderString, act));
  });
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly act: AppAct };

function sendEnding({ request, reply, act }: Exchange, ending: Ending<AppOutcome>): FastifyReply {
  switch (ending.kind) {
    case 'drop':
      return dropConnection(request, reply);
    case 'http_500':
      return sendHttp500(reply);
    case 'instead':
      return sendAnswer(reply, ending.answer);
    case 'done':
      return ending.result.kind === 'refused'
        ? sendAnswer(reply, ending.result.answer)
        : reply.send({ ...tradeSummary(ending.result.trade), resultStatus: RESULT_STATUS[act] });
  }
}

// The wallet does not know what became of a 20000; anything else is why it shows no cashier.
function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.code === '20000') return reply.send({ resultStatus: RESULT_STATUS.unknown });
  const message = `${answer.sub_code ?? answer.code} ${answer.sub_msg ?? answer.msg} (resultStatus ${RESULT_STATUS.failed})`;
  return sendRefusal(reply, { status: 409, code: 'ORDER_STRING_REFUSED', message });
}
