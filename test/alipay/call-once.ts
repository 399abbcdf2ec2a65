// Asks a gateway once, for tests that need a process of their own: `node call-once.ts <gateway URL>`.
import { alipayChannel } from '../../src/alipay/channel.ts';
import { accountFor } from './keys.ts';

const channel = alipayChannel({
  account: accountFor(process.argv[2] ?? ''),
  notifyUrl: 'https://shop.example/alipay/notify',
  now: () => new Date('2026-03-08T10:30:00Z'), // half past two on the night when Los Angeles has no such hour
});
await channel.precreate({
  outTradeNo: 'order-1',
  amountFen: 1n,
  subject: 'tea',
  body: null,
  storeId: null,
  terminalId: null,
  operatorId: null,
  expiresAt: new Date('2026-03-08T11:00:00Z'),
});
await channel.disconnect();
