import type { PaymentRequest } from '../../src/orders/ports.ts';

export const REQUEST: PaymentRequest = {
  outTradeNo: 'order-1',
  amountFen: 888n,
  subject: 'tea + 茶 "100%"',
  body: null,
  storeId: null,
  terminalId: null,
  operatorId: null,
  expiresAt: new Date('2026-11-23T03:00:00Z'),
};

export const AUTH_CODE = '281234567890123456';
export const TRADE_NO = '2026112322001400000000000001';
