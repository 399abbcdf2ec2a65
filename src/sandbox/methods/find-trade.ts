import { z } from 'zod';
import type { Sandbox } from '../sandbox.ts';
import type { Trade } from '../trade.ts';
import { tradeNow } from '../trade-moves.ts';
import { outTradeNo, tradeNo } from './fields.ts';

/** How query, close and cancel name a trade: one of the two numbers. */
export const tradeReference = z
  .object({ out_trade_no: outTradeNo.optional(), trade_no: tradeNo.optional() })
  .refine((ref) => ref.out_trade_no !== undefined || ref.trade_no !== undefined, 'out_trade_no和trade_no不能同时为空');

export type TradeReference = z.infer<typeof tradeReference>;

/** The trade meant; trade_no wins when both are given. null: none exists (not scanned yet, or never heard of). */
export function findTrade(sandbox: Sandbox, ref: TradeReference): Trade | null {
  const number = ref.trade_no === undefined ? ref.out_trade_no : sandbox.books.numbers.get(ref.trade_no);
  return number === undefined ? null : tradeNow(sandbox, number);
}
