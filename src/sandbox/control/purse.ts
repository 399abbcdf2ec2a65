import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AUTH_CODE_LIFE_MS, issueAuthCode } from '../auth-codes.ts';
import { LARGEST_ORDER_FEN } from '../methods/order-fields.ts';
import { formatYuan, parseYuan } from '../money.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { readBody } from './read-body.ts';

const authCodeBody = z.strictObject({ kind: z.enum(['bar', 'face']).default('bar') });
const topUpBody = z.strictObject({
  amount: z.string().refine((text) => isTopUp(parseYuan(text) ?? 0), 'must be yuan as text, such as "8800.81"'),
});

function isTopUp(fen: number): boolean {
  return fen > 0 && fen <= LARGEST_ORDER_FEN;
}

/** A payment code out of the buyer's pocket, and money into the seller's. */
export function purseRoutes(server: FastifyInstance, sandbox: Sandbox): void {
  server.post('/_sandbox/auth-code', async (request) => {
    const { code, issuedAtMs } = issueAuthCode(sandbox, readBody(authCodeBody, request.body).kind);
    return { authCode: code, expiresAt: new Date(issuedAtMs + AUTH_CODE_LIFE_MS).toISOString() };
  });
  server.post('/_sandbox/top-up', async (request) => {
    const { amount } = readBody(topUpBody, request.body);
    record(sandbox, [{ kind: 'topped_up', fen: parseYuan(amount) ?? 0 }]);
    return { toppedUp: formatYuan(sandbox.books.purseFen) };
  });
}
