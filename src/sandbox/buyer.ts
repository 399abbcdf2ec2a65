import { createTrade } from './new-trade.ts';
import type { Sandbox } from './sandbox.ts';
import { defaultTradeLifeMs } from './timeouts.ts';
import type { Code, Order, Trade } from './trade.ts';
import { moveTrade, tradeNow } from './trade-moves.ts';

// What a person does with the wallet.

export type ActOutcome =
  | { readonly kind: 'done'; readonly trade: Trade }
  | { readonly kind: 'unknown_code' }
  | { readonly kind: 'unknown_order' }
  | { readonly kind: 'code_dead'; readonly why: 'expired' | 'revoked' }
  | { readonly kind: 'not_possible'; readonly trade: Trade };

/** Scanning a QR code, or logging on at a cashier page, makes the trade. A code whose order has a trade already leads to that trade, as it stands. */
export function scan(sandbox: Sandbox, codeText: string): ActOutcome {
  const code = sandbox.books.codes.get(codeText);
  const order = sandbox.books.orders.get(code?.outTradeNo ?? '');
  if (code === undefined || order === undefined) return { kind: 'unknown_code' };
  const trade = tradeNow(sandbox, order.outTradeNo);
  if (trade !== null) return { kind: 'done', trade };
  const dead = whyDead(code, sandbox.clock.now());
  return dead === null
    ? { kind: 'done', trade: createScanned(sandbox, order, code) }
    : { kind: 'code_dead', why: dead };
}

/** Why a code can no longer be scanned; null while it can. */
export function whyDead(code: Code, nowMs: number): 'expired' | 'revoked' | null {
  if (code.revoked) return 'revoked';
  return code.expiresAtMs <= nowMs ? 'expired' : null;
}

function createScanned(sandbox: Sandbox, order: Order, code: Code): Trade {
  const madeBy = code.cashier?.kind ?? 'scan';
  return createTrade(sandbox, order, {
    madeBy,
    expiresAtMs: code.tradeExpiresAtMs ?? sandbox.clock.now() + defaultTradeLifeMs(madeBy),
  });
}

/** Pays the trade of a number; one nobody scanned yet is scanned first. Paying a paid trade changes nothing. */
export function pay(sandbox: Sandbox, outTradeNo: string, notify?: boolean): ActOutcome {
  const order = sandbox.books.orders.get(outTradeNo);
  if (order === undefined) return { kind: 'unknown_order' };
  const scanned = tradeNow(sandbox, outTradeNo) ?? scanNewest(sandbox, order);
  if ('kind' in scanned) return scanned;
  if (scanned.status === 'TRADE_SUCCESS' || scanned.status === 'TRADE_FINISHED')
    return { kind: 'done', trade: scanned };
  const paid = moveTrade(sandbox, scanned, { fact: 'paid', notify });
  return paid === null ? { kind: 'not_possible', trade: scanned } : { kind: 'done', trade: paid };
}

function scanNewest(sandbox: Sandbox, order: Order): Trade | ActOutcome {
  const nowMs = sandbox.clock.now();
  const code = order.codes.findLast((one) => whyDead(one, nowMs) === null) ?? order.codes.at(-1);
  const outcome = scan(sandbox, code?.code ?? '');
  return outcome.kind === 'done' ? outcome.trade : outcome;
}
