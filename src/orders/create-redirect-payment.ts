import { changeOrder, type Decided } from './change-order.ts';
import { draftOf, type Moment } from './draft.ts';
import { faultInUrl, invalid } from './input-rules.ts';
import { beginPayment, makeWay, notPayable } from './make-way.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import { numberFor, type OrderRef, type WholeOrder } from './order.ts';
import type { InvalidInput, PaymentOutcome } from './outcomes.ts';
import { hasLiveOffer, isLive, newPayment, type Payment, type PaymentMethod } from './payment.ts';
import type { PaymentChannel, RedirectRequest } from './ports.ts';

export interface RedirectNeeds extends DeskNeeds {
  /** Where a buyer comes back to when the caller names no page: our own, which shows the true state. */
  readonly returnUrl: string;
}

export interface CreateRedirectPayment {
  readonly merchantId: string;
  readonly ref: OrderRef;
  readonly method: PaymentMethod;
  readonly returnUrl: string | null;
  readonly quitUrl: string | null;
}

/** Alipay: return_url has room for 256 characters, quit_url for 400 (dossier 1.2, 3.1). */
const MAX_RETURN_URL = 256;
const MAX_QUIT_URL = 400;

/**
 * Signs what sends a buyer to Alipay: a web page, a mobile page, or an app's order string. Nothing is sent;
 * Alipay makes the trade when the buyer gets there. Asked again it answers the one that is open.
 */
export async function createRedirectPayment(
  needs: RedirectNeeds,
  asked: CreateRedirectPayment,
): Promise<PaymentOutcome> {
  const { method } = asked;
  if (method === 'QR_CODE' || method === 'AUTH_CODE') return invalid('method', 'must be PAGE, WAP or APP');
  const fault = faultIn(asked);
  if (fault !== undefined) return fault;
  const order = await needs.orders.find(asked.merchantId, asked.ref);
  if (order === undefined) return { kind: 'order_not_found' };
  const known = answerFor(order, method, needs.clock.now());
  if (known !== undefined) return known;
  const way = await makeWay(needs, order);
  if (way.kind !== 'free') return way;
  const replaced = way.order.payments.find(isLive)?.id;
  const returnUrl = method === 'APP' ? null : (asked.returnUrl ?? needs.returnUrl);
  const redirect = { method, returnUrl, quitUrl: asked.quitUrl };
  const channel = await needs.channelOf(way.order);
  return changeOrder(needs, way.order, (current) => decide(needs, current, { redirect, replaced, channel }));
}

function faultIn({ method, returnUrl, quitUrl }: CreateRedirectPayment): InvalidInput | undefined {
  if (quitUrl !== null && method !== 'WAP') return invalid('quitUrl', 'goes with WAP only');
  if (returnUrl !== null && method === 'APP') return invalid('returnUrl', 'goes with PAGE and WAP only');
  return faultInUrl('returnUrl', returnUrl, MAX_RETURN_URL) ?? faultInUrl('quitUrl', quitUrl, MAX_QUIT_URL);
}

/** What can be said without asking the channel. */
function answerFor(order: WholeOrder, method: PaymentMethod, now: Date): PaymentOutcome | undefined {
  const live = order.payments.find(isLive);
  const refusal = notPayable(order, now);
  if (refusal !== undefined) return refusal;
  return live?.method === method && hasLiveOffer(live, now) ? { kind: 'payment', payment: live, order } : undefined;
}

interface Offer {
  readonly redirect: RedirectRequest;
  /** The payment that makes room. */
  readonly replaced: string | undefined;
  readonly channel: Pick<PaymentChannel, 'offer'>;
}

function decide(
  needs: RedirectNeeds,
  order: WholeOrder,
  { redirect, replaced, channel }: Offer,
): Decided<PaymentOutcome> {
  const at = ownMoment(needs);
  const known = answerFor(order, redirect.method, at.now);
  const other = order.payments.find(isLive);
  const busy = other?.id === replaced ? undefined : ({ kind: 'payment_unresolved' } as const);
  const refusal = known ?? busy;
  if (refusal !== undefined) return { draft: draftOf(order), evidence: null, outcome: refusal };
  const payment = offered(order, { redirect, channel, at });
  const draft = beginPayment(order, payment, at);
  return { draft, evidence: null, outcome: { kind: 'payment', payment, order: draft.after } };
}

function offered(
  order: WholeOrder,
  { redirect, channel, at }: Pick<Offer, 'redirect' | 'channel'> & { at: Moment },
): Payment {
  const outTradeNo = numberFor(order);
  return newPayment({
    id: at.newId(at.now),
    method: redirect.method,
    status: 'AWAITING_BUYER',
    amountFen: order.amountFen,
    outTradeNo,
    offer: channel.offer({ ...order, ...redirect, outTradeNo }),
    payableUntil: order.expiresAt,
    createdAt: at.now,
  });
}
