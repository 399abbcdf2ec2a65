import { cancel } from './cancel.ts';
import { close } from './close.ts';
import { create } from './create.ts';
import type { Method } from './method.ts';
import { pay } from './pay.ts';
import { precreate } from './precreate.ts';
import { query } from './query.ts';
import { refund } from './refund.ts';
import { refundQuery } from './refund-query.ts';

/** Every API method the sandbox answers, by its name on the wire. */
export const methods: ReadonlyMap<string, Method> = new Map([
  ['alipay.trade.precreate', precreate],
  ['alipay.trade.pay', pay],
  ['alipay.trade.create', create],
  ['alipay.trade.query', query],
  ['alipay.trade.close', close],
  ['alipay.trade.cancel', cancel],
  ['alipay.trade.refund', refund],
  ['alipay.trade.fastpay.refund.query', refundQuery],
]);
