import { describe, expect, test } from 'vitest';
import { verifyReturn } from '../../src/alipay/return-url.ts';
import { APP_ID, accountFor, onlyApp, PLACE, stranger } from './keys.ts';
import { type Fields, type Manner, notice, without } from './notice.ts';

const account = accountFor('https://gateway.example/gateway.do');
const NOW = new Date('2026-11-23T03:00:00Z'); // 11:00 in Beijing
const BACK: Fields = {
  app_id: APP_ID,
  charset: 'utf-8',
  method: 'alipay.trade.page.pay.return',
  out_trade_no: 'order-1',
  timestamp: '2026-11-23 10:59:30',
  total_amount: '8.88',
  version: '1.0',
};
const back = (fields: Fields, manner?: Manner) =>
  verifyReturn(notice(fields, manner).toString(), onlyApp(account), NOW);

describe('the buyer’s return', () => {
  test('names the order', () => {
    expect(back(BACK)).toEqual({ ...PLACE, outTradeNo: 'order-1' });
    expect(verifyReturn(`?${notice(BACK)}`, onlyApp(account), NOW)).toEqual({ ...PLACE, outTradeNo: 'order-1' });
  });

  test.each<[string, Fields, Manner?]>([
    ['more than an hour ago', { ...BACK, timestamp: '2026-11-23 09:59:59' }],
    ['far ahead of our clock', { ...BACK, timestamp: '2026-11-23 11:10:01' }],
    ['no timestamp', without(BACK, 'timestamp')],
    ['another application', { ...BACK, app_id: '1' }],
    ['no order', without(BACK, 'out_trade_no')],
    ['a stranger’s signature', BACK, { key: stranger.privateKey }],
  ])('%s: nothing', (_, fields, manner) => expect(back(fields, manner)).toBeUndefined());

  test.each(['', '?', 'out_trade_no=order-1', '%', '?a=1&a=1'])('%j: nothing', (query) =>
    expect(verifyReturn(query, onlyApp(account), NOW)).toBeUndefined(),
  );
});
