import { z } from 'zod';
import { parseChinaTime } from '../china-time.ts';
import { parseYuan } from '../money.ts';
import { endOfTimeout } from '../timeouts.ts';
import type { OrderTerms } from '../trade.ts';
import { outTradeNo, text } from './fields.ts';

// The order fields precreate, pay and create have in common (Alipay's API pages of alipay.trade.*).

/** Yuan with at most two decimals. */
export const amount = text(14).pipe(z.string().refine((yuan) => parseYuan(yuan) !== null, '必须是最多两位小数的金额'));
const timeout = text(6).pipe(z.string().refine((express) => endOfTimeout(express, 0) !== null, '必须是1m～15d或1c'));
const goods = z.object({
  goods_id: text(256),
  goods_name: text(256),
  quantity: text(10),
  price: amount,
});

export const MOST_GOODS = 150;
export const LARGEST_ORDER_FEN = 100_000_000_00;

export const orderFields = z
  .object({
    out_trade_no: outTradeNo,
    total_amount: amount,
    subject: text(256),
    body: text(400).optional(),
    product_code: text(64).default('FACE_TO_FACE_PAYMENT'),
    seller_id: text(32).optional(),
    discountable_amount: amount.optional(),
    undiscountable_amount: amount.optional(),
    goods_detail: z.array(goods, '必须是数组').optional(),
    operator_id: text(30).optional(),
    store_id: text(32).optional(),
    terminal_id: text(32).optional(),
    merchant_order_no: text(32).optional(),
    enable_pay_channels: text(1024).optional(),
    disable_pay_channels: text(1024).optional(),
    passback_params: text(512).optional(),
    timeout_express: timeout.optional(),
    time_expire: text(32)
      .pipe(z.string().refine((time) => parseChinaTime(time) !== null, '必须是yyyy-MM-dd HH:mm:ss'))
      .optional(),
    qr_code_timeout_express: timeout.optional(),
  })
  .refine((order) => order.enable_pay_channels === undefined || order.disable_pay_channels === undefined, {
    path: ['enable_pay_channels'],
    message: '和disable_pay_channels不能同时传入',
  })
  .refine(partsAddUp, { path: ['total_amount'], message: '不等于discountable_amount与undiscountable_amount之和' });

export type OrderFields = z.infer<typeof orderFields>;

function partsAddUp(order: {
  total_amount: string;
  discountable_amount?: string | undefined;
  undiscountable_amount?: string | undefined;
}): boolean {
  const { discountable_amount: one, undiscountable_amount: other } = order;
  if (one === undefined || other === undefined) return true;
  return (parseYuan(one) ?? 0) + (parseYuan(other) ?? 0) === parseYuan(order.total_amount);
}

export function termsOf(fields: OrderFields): OrderTerms {
  return {
    totalFen: parseYuan(fields.total_amount) ?? 0,
    subject: fields.subject,
    body: fields.body ?? null,
    productCode: fields.product_code,
    storeId: fields.store_id ?? null,
    terminalId: fields.terminal_id ?? null,
    passbackParams: fields.passback_params ?? null,
  };
}

/** Whether a repeated call means the same sale: amount, subject, body and product. */
export function sameSale(a: OrderTerms, b: OrderTerms): boolean {
  return a.totalFen === b.totalFen && a.subject === b.subject && a.body === b.body && a.productCode === b.productCode;
}
