import { problemOf, refused } from '../api/answer.ts';
import { pause } from '../api/ask-until-answered.ts';
import { refundOrder } from '../api/desk-documents.ts';
import type { Gateway } from '../api/gateway.ts';
import { openRefundDesk, type RefundCounter, type RefundDesk } from './refund-desk.ts';

/** One desk an order for as long as the till stands: leaving an order forgets no refund whose answer is missing. */
export function refundDesks(gateway: Gateway): (orderId: string) => RefundDesk {
  const desks = new Map<string, RefundDesk>();
  return (orderId) => {
    const desk = desks.get(orderId) ?? openRefundDesk(gatewayRefunds(gateway, orderId));
    desks.set(orderId, desk);
    return desk;
  };
}

function gatewayRefunds({ client }: Gateway, orderId: string): RefundCounter {
  return {
    pause,
    newNumber: () => `till-${randomText()}`,
    async refund({ refundNo, amount, reason }) {
      const asked = { orderId, refundNo, amount, ...(reason === undefined ? {} : { reason }) };
      const { data, error } = await client.mutation(refundOrder, asked).toPromise();
      const answer = data?.refundOrder;
      if (answer === undefined) return problemOf(error);
      if (answer.__typename === 'Refund') return { kind: 'given_back', order: answer.order };
      const waiting = answer.__typename === 'ConfirmationRequired' ? answer.refund?.order : undefined;
      return waiting === undefined ? refused(answer) : { kind: 'given_back', order: waiting };
    },
  };
}

/** 128 random bits. crypto.randomUUID is missing where a till in the shop is served over plain http. */
function randomText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
