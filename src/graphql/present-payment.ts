import { renderSVG } from 'uqr';
import { toTypeId } from '../ids.ts';
import type { PaymentFailure as Failure, Payment } from '../orders/payment.ts';
import { make } from './make.ts';
import { PaymentFailure, type PaymentType, QrCode } from './payment.types.ts';

/** A payment without its order, which present-order.ts adds. */
export function paymentFields(payment: Payment): Omit<PaymentType, 'order'> {
  const { method, offer } = payment;
  return {
    id: toTypeId('pay', payment.id),
    method,
    status: payment.status,
    amount: payment.amountFen,
    outTradeNo: payment.outTradeNo,
    tradeNo: payment.tradeNo,
    qrCode: presentQrCode(payment),
    redirectUrl: method === 'PAGE' || method === 'WAP' ? offer : null,
    orderString: method === 'APP' ? offer : null,
    callOffAt: payment.cancelAt,
    failure: presentFailure(payment.failure),
    createdAt: payment.createdAt,
    succeededAt: payment.succeededAt,
  };
}

export function presentFailure(failure: Failure | null): PaymentFailure | null {
  if (failure === null) return null;
  const { subCode, message, messageZh } = failure;
  return make(PaymentFailure, { subCode, message, messageZh });
}

function presentQrCode({ method, offer, payableUntil }: Payment): QrCode | null {
  if (method !== 'QR_CODE' || offer === null || payableUntil === null) return null;
  return make(QrCode, { content: offer, svg: () => renderSVG(offer), expiresAt: payableUntil });
}
