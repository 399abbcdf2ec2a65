// The requests after which Alipay is asked. The answer must say that the money has moved: a refund alone may still be on
// its way, and then the books must show it soon after.
import { fieldsOf } from './dialects.ts';
import { ask, faultIn, type Request, type Sale, type Till, thingIn } from './requests.ts';

export function payRequest(till: Till, sale: Sale): Request {
  const { id: orderId, amount, merchantOrderNo: outTradeNo } = sale;
  const authCode = `28${outTradeNo.replaceAll(/\D/g, '').padStart(16, '0')}`;
  return {
    bytes: ask(till, till.dialect.payByAuthCode({ orderId, authCode })),
    does: ['scanned'],
    accept(answer) {
      const payment = thingIn(till, answer);
      const expected = { method: 'AUTH_CODE', status: 'SUCCEEDED', amount, outTradeNo };
      const fault =
        faultIn(payment, expected, ['id', 'tradeNo', 'succeededAt']) ??
        faultIn(fieldsOf(payment.order), { id: orderId, status: 'PAID', version: 3 }, []);
      if (fault !== undefined) return `payByAuthCode: ${fault}`;
      sale.status = 'PAID';
      sale.version = 3;
      return undefined;
    },
  };
}

export function refundRequest(till: Till, sale: Sale): Request {
  const { id: orderId, amount } = sale;
  const refundNo = `r-${sale.merchantOrderNo}`;
  return {
    bytes: ask(till, till.dialect.refundOrder({ orderId, refundNo, amount })),
    does: ['refunded'],
    accept(answer) {
      const refund = thingIn(till, answer);
      const isDone = refund.status !== 'PENDING';
      const order = isDone
        ? { id: orderId, status: 'REFUNDED', version: sale.version + 2, refundedAmount: amount }
        : { id: orderId, status: 'PAID', version: sale.version + 1, refundedAmount: '0.00' };
      const fault =
        faultIn(refund, { refundNo, amount, ...(isDone && { status: 'SUCCEEDED' }) }, ['id']) ??
        faultIn(fieldsOf(refund.order), order, []);
      if (fault !== undefined) return `refundOrder: ${fault}`;
      sale.status = 'REFUNDED';
      sale.version += 2;
      return undefined;
    },
  };
}
