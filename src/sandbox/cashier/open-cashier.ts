import { z } from 'zod';
import { newCode } from '../ids.ts';
import { readFields, text } from '../methods/fields.ts';
import type { Call } from '../methods/method.ts';
import { type OrderFields, orderFields } from '../methods/order-fields.ts';
import { endOfTrade, orderEntry, refusedCancelled, refusedSale } from '../methods/sale.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { LONGEST_MS } from '../timeouts.ts';
import type { Cashier, Code } from '../trade.ts';
import type { Answer, Signing } from '../wire/answer.ts';

type CashierKind = Cashier['kind'];

export type CashierOpened =
  | { readonly kind: 'opened'; readonly code: string }
  | { readonly kind: 'refused'; readonly answer: Answer };

const KINDS = new Map<string, CashierKind>([
  ['alipay.trade.page.pay', 'page'],
  ['alipay.trade.wap.pay', 'wap'],
]);
const PRODUCTS = { page: 'FAST_INSTANT_TRADE_PAY', wap: 'QUICK_WAP_WAY' } as const;

/** Which cashier a method opens; null when it opens none. */
export function cashierKind(method: string | undefined): CashierKind | null {
  return KINDS.get(method ?? '') ?? null;
}

/**
 * alipay.trade.page.pay and wap.pay: registers the order and opens a page for the payer. No trade exists until the
 * payer logs on there. Every call opens a page of its own, for the same sale.
 */
export function openCashier(sandbox: Sandbox, call: Call, signing: Signing): CashierOpened {
  const by = cashierKind(call.method) ?? 'page';
  const read = readFields(fieldsOf(by), withSeconds(call.biz));
  if (read.kind === 'refused') return read;
  const { fields } = read;
  const answer = refusedSale(sandbox, fields) ?? refusedCancelled(sandbox, fields);
  if (answer !== null) return { kind: 'refused', answer };
  const { returnUrl, charset } = call;
  const cashier: Cashier = { kind: by, returnUrl, quitUrl: quitUrlOf(fields.quit_url), charset, signing };
  const code = pageCode(sandbox, fields, cashier);
  record(sandbox, [orderEntry(sandbox, fields, { call, by }), { kind: 'code_issued', code }]);
  return { kind: 'opened', code: code.code };
}

function fieldsOf(kind: CashierKind) {
  const product = PRODUCTS[kind];
  return orderFields.and(
    z.object({ product_code: z.literal(product, `必须是${product}`), quit_url: text(400).optional() }),
  );
}

// Older pages of wap.pay write time_expire without seconds.
function withSeconds(biz: Call['biz']): Call['biz'] {
  const { time_expire } = biz;
  const isShort = typeof time_expire === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(time_expire);
  return isShort ? { ...biz, time_expire: `${time_expire}:00` } : biz;
}

// Anything but a web address (an app's own scheme) cannot be opened here.
function quitUrlOf(url: string | undefined): string | null {
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
}

// A page can be opened for as long as the sale may be paid.
function pageCode(sandbox: Sandbox, fields: OrderFields, cashier: Cashier): Code {
  const createdAtMs = sandbox.clock.now();
  const tradeExpiresAtMs = endOfTrade(fields, createdAtMs);
  const expiresAtMs = tradeExpiresAtMs ?? createdAtMs + LONGEST_MS;
  const outTradeNo = fields.out_trade_no;
  return { code: newCode('cas'), outTradeNo, createdAtMs, expiresAtMs, tradeExpiresAtMs, revoked: false, cashier };
}
