import { z } from 'zod';
import { checkRequest } from '../check-request.ts';
import { readOrderString } from '../gateway-params.ts';
import { readFields } from '../methods/fields.ts';
import type { Call } from '../methods/method.ts';
import { orderFields } from '../methods/order-fields.ts';
import { refusedCancelled, refusedSale, tradeOfSale } from '../methods/sale.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Ending, strike } from '../strike.ts';
import type { Trade } from '../trade.ts';
import { moveTrade } from '../trade-moves.ts';
import type { Answer } from '../wire/answer.ts';

const APP_PAY = 'alipay.trade.app.pay';
const PRODUCT = 'QUICK_MSECURITY_PAY';
const appFields = orderFields.and(z.object({ product_code: z.literal(PRODUCT, `必须是${PRODUCT}`) }));

export type AppAct = 'pay' | 'leave';
export type AppOutcome =
  | { readonly kind: 'shown'; readonly trade: Trade }
  | { readonly kind: 'refused'; readonly answer: Answer };

/**
 * What the wallet does with the order string a merchant's app hands over (alipay.trade.app.pay): its user is logged on
 * already, so the trade is made at once; then it is paid, or left as it is.
 */
export async function appPay(sandbox: Sandbox, orderString: string, act: AppAct): Promise<Ending<AppOutcome>> {
  const checked = checkRequest(sandbox, readOrderString(orderString), (name) => name === APP_PAY);
  if (checked.kind === 'refused') return { kind: 'instead', answer: checked.answer };
  return strike(sandbox, checked.call, () => showSale(sandbox, checked.call, act));
}

function showSale(sandbox: Sandbox, call: Call, act: AppAct): AppOutcome {
  const read = readFields(appFields, call.biz);
  if (read.kind === 'refused') return read;
  const answer = refusedSale(sandbox, read.fields) ?? refusedCancelled(sandbox, read.fields);
  if (answer !== null) return { kind: 'refused', answer };
  const trade = tradeOfSale(sandbox, read.fields, { call, by: 'app' });
  return { kind: 'shown', trade: act === 'pay' ? (moveTrade(sandbox, trade, { fact: 'paid' }) ?? trade) : trade };
}
