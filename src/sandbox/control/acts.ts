import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { pay, scan } from '../buyer.ts';
import { type Refusal, sendRefusal } from '../guard.ts';
import { formatYuan, parseYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import { endByTime, finish, refundBySeller, type SiteOutcome } from '../seller-site.ts';
import { readBody } from './read-body.ts';
import { tradeSummary } from './trade-view.ts';

const number = z.string().min(1).max(64);
const notify = z.boolean().optional();
const byNumber = z.strictObject({ outTradeNo: number, notify });
const byCode = z.strictObject({ qrCode: z.string().min(1).max(1024) });
const yuan = z.string().refine((text) => (parseYuan(text) ?? 0) > 0, 'must be yuan as text, such as "8.80"');
const refundBody = z.strictObject({
  outTradeNo: number,
  amount: yuan,
  outRequestNo: z.string().min(1).max(64).optional(),
  notify: z.boolean().default(true),
});

/** What the buyer, time, or the seller's people do. Each answers the trade. */
export function actRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  server.post('/_sandbox/scan', async (request, reply) =>
    sendOutcome(reply, scan(sandbox, codeOf(readBody(byCode, request.body).qrCode))),
  );
  server.post('/_sandbox/pay', async (request, reply) => {
    const body = readBody(byNumber, request.body);
    return sendOutcome(reply, pay(sandbox, body.outTradeNo, body.notify));
  });
  server.post('/_sandbox/close', async (request, reply) => {
    const body = readBody(byNumber, request.body);
    return sendOutcome(reply, endByTime(sandbox, body.outTradeNo, body.notify));
  });
  server.post('/_sandbox/finish', async (request, reply) => {
    const body = readBody(byNumber, request.body);
    return sendOutcome(reply, finish(sandbox, body.outTradeNo, body.notify));
  });
  server.post('/_sandbox/refund', async (request, reply) => {
    const { amount, outRequestNo, ...body } = readBody(refundBody, request.body);
    return sendOutcome(reply, refundBySeller(sandbox, { ...body, fen: parseYuan(amount) ?? 0, outRequestNo }));
  });
}

// The last part of the path is what counts: a phone may reach the sandbox under another name.
function codeOf(qrCode: string): string {
  return qrCode.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
}

function sendOutcome(reply: FastifyReply, outcome: SiteOutcome): FastifyReply {
  switch (outcome.kind) {
    case 'done':
      return reply.send(tradeSummary(outcome.trade));
    case 'not_scanned':
      return reply.send({
        outTradeNo: outcome.outTradeNo,
        tradeNo: null,
        status: 'TRADE_NOT_EXIST',
        amount: formatYuan(outcome.totalFen),
      });
    case 'unknown_code':
    case 'unknown_order':
    case 'code_dead':
    case 'not_possible':
    case 'refund_refused':
      return sendRefusal(reply, refusalOf(outcome));
  }
}

/** Why nothing was done, for a person. */
function refusalOf(outcome: Exclude<SiteOutcome, { kind: 'done' | 'not_scanned' }>): Refusal {
  switch (outcome.kind) {
    case 'unknown_code':
      return { status: 404, code: 'UNKNOWN_CODE', message: 'No such QR code was ever handed out' };
    case 'unknown_order':
      return { status: 404, code: 'UNKNOWN_NUMBER', message: 'No order or trade has this outTradeNo' };
    case 'code_dead':
      return { status: 409, code: `CODE_${outcome.why.toUpperCase()}`, message: `The QR code is ${outcome.why}` };
    case 'not_possible':
      return { status: 409, code: 'WRONG_STATUS', message: `The trade is ${outcome.trade.status}` };
    case 'refund_refused':
      return { status: 409, code: 'REFUND_REFUSED', message: outcome.why };
  }
}
