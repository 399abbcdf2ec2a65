import type { TypedDocumentNode } from '@urql/core';
import { type Problem, problemOf, refused } from '../api/answer.ts';
import { askUntilAnswered, pause } from '../api/ask-until-answered.ts';
import { cancelOrder, completeOrder, returnOrder, reverseOrder, shipOrder, syncOrder } from '../api/desk-documents.ts';
import { payByAuthCode, precreateQrCode } from '../api/documents.ts';
import type { Gateway } from '../api/gateway.ts';
import type { OrderView } from '../api/live-order.ts';
import type { CollectedFragment, MovedFragment } from '../gql/graphql.ts';
import type { OrderAction } from './order-actions.ts';

/** The order as it stands afterwards. */
export type Moved = { readonly kind: 'moved'; readonly order: OrderView };

const ACTIONS: Readonly<Record<OrderAction, TypedDocumentNode<{ moved: MovedFragment }, { orderId: string }>>> = {
  cancel: cancelOrder,
  reverse: reverseOrder,
  ship: shipOrder,
  complete: completeOrder,
  return: returnOrder,
  sync: syncOrder,
};

/** All of them may be repeated: what is done already is answered as it is. */
export function act(gateway: Gateway, action: OrderAction, orderId: string): Promise<Moved | Problem> {
  return askUntilAnswered(() => actOnce(gateway, action, orderId), pause);
}

async function actOnce({ client }: Gateway, action: OrderAction, orderId: string): Promise<Moved | Problem> {
  const { data, error } = await client.mutation(ACTIONS[action], { orderId }).toPromise();
  const answer = data?.moved;
  if (answer === undefined) return problemOf(error);
  if (answer.__typename === 'Order') return { kind: 'moved', order: answer };
  // The order shows that its refund waits for a second person.
  const waiting = answer.__typename === 'ConfirmationRequired' ? answer.refund?.order : undefined;
  return waiting === undefined ? refused(answer) : { kind: 'moved', order: waiting };
}

/** A QR code for the order; the live one if there is one. */
export async function askForCode({ client }: Gateway, orderId: string): Promise<Moved | Problem> {
  const { data, error } = await client.mutation(precreateQrCode, { orderId }).toPromise();
  return data?.collected === undefined ? problemOf(error) : collected(data.collected);
}

/** Charges a scanned payment code. The same code again is the same payment. */
export function charge(gateway: Gateway, orderId: string, authCode: string): Promise<Moved | Problem> {
  return askUntilAnswered(async () => {
    const { data, error } = await gateway.client.mutation(payByAuthCode, { orderId, authCode }).toPromise();
    return data?.collected === undefined ? problemOf(error) : collected(data.collected);
  }, pause);
}

function collected(answer: CollectedFragment): Moved | Problem {
  return answer.__typename === 'Payment' ? { kind: 'moved', order: answer.order } : refused(answer);
}
