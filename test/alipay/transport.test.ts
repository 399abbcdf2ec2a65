import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTransport } from '../../src/alipay/transport.ts';
import { fakeGateway } from './fake-gateway.ts';

const FORM = { query: 'method=alipay.trade.pay', body: 'biz_content=%7B%7D' };

test('a call that was given up before its connection stood is never sent', async () => {
  const gateway = await fakeGateway();
  const limits = { connectTimeoutMs: 2_000, maxAnswerBytes: 1_000 };
  const transport = openTransport({ gateway: gateway.url, userAgent: 'test', limits });
  try {
    const posted = transport.post(FORM, 50);
    // Nothing of this process runs meanwhile: its time is over first, and only then does it learn that it is connected.
    const until = performance.now() + 100;
    while (performance.now() < until);
    expect(await posted).toEqual({
      sent: false,
      repeated: false,
      answer: undefined,
      fault: 'no whole answer within 50 ms',
    });
    await pause(200);
    expect(gateway.asked).toEqual([]);
  } finally {
    await transport.close();
    await gateway.close();
  }
});
