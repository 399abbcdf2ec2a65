import { newCode } from '../ids.ts';
import { qrContent, record } from '../sandbox.ts';
import { succeed } from '../sub-codes.ts';
import { endOfTimeout, LONGEST_CODE_LIFE_MS } from '../timeouts.ts';
import type { Code } from '../trade.ts';
import { readFields } from './fields.ts';
import type { Method } from './method.ts';
import { type OrderFields, orderFields } from './order-fields.ts';
import { endOfTrade, orderEntry, refusedSale } from './sale.ts';

/**
 * alipay.trade.precreate: registers an order and hands out a QR code. No trade exists until somebody scans it.
 * The same number with the same sale may be asked for again and gets another code of the same order.
 */
export const precreate: Method = (sandbox, call) => {
  const read = readFields(orderFields, call.biz);
  if (read.kind === 'refused') return read.answer;
  const { fields } = read;
  const refused = refusedSale(sandbox, fields);
  if (refused !== null) return refused;
  const times = codeTimes(fields, sandbox.clock.now());
  const code: Code = { code: newCode('bax'), outTradeNo: fields.out_trade_no, ...times, revoked: false };
  record(sandbox, [orderEntry(sandbox, fields, { call, by: 'precreate' }), { kind: 'code_issued', code }]);
  return succeed({ out_trade_no: fields.out_trade_no, qr_code: qrContent(sandbox, code.code) });
};

type CodeTimes = Pick<Code, 'createdAtMs' | 'expiresAtMs' | 'tradeExpiresAtMs'>;

// A code ends with its trade, by its own timeout or after two hours.
function codeTimes(fields: OrderFields, nowMs: number): CodeTimes {
  const own = fields.qr_code_timeout_express;
  const tradeExpiresAtMs = endOfTrade(fields, nowMs);
  const ends = [nowMs + LONGEST_CODE_LIFE_MS, tradeExpiresAtMs, own === undefined ? null : endOfTimeout(own, nowMs)];
  return { createdAtMs: nowMs, expiresAtMs: Math.min(...ends.filter((one) => one !== null)), tradeExpiresAtMs };
}
