import { cancel } from './cancel.ts';
import { close } from './close.ts';
import type { Method } from './method.ts';
import { precreate } from './precreate.ts';
import { query } from './query.ts';

/** Every API method the sandbox answers, by its name on the wire. */
export const methods: ReadonlyMap<string, Method> = new Map([
  ['alipay.trade.precreate', precreate],
  ['alipay.trade.query', query],
  ['alipay.trade.close', close],
  ['alipay.trade.cancel', cancel],
]);
