import type { OrderLink } from '../pay/order-link.ts';

export type Returned =
  | { readonly kind: 'asking' }
  | { readonly kind: 'order'; readonly link: OrderLink }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'no_answer' };

/** Asks the gateway whether Alipay's signature on this address opens an order. The address itself proves nothing. */
export async function readReturn(search: string): Promise<Returned> {
  if (search === '') return { kind: 'nothing' };
  try {
    const response = await fetch(`/alipay/return/view${search}`, { signal: AbortSignal.timeout(15_000) });
    if (response.status >= 500) return { kind: 'no_answer' };
    return response.ok ? linkIn(await response.json()) : { kind: 'nothing' };
  } catch {
    return { kind: 'no_answer' };
  }
}

function linkIn(body: unknown): Returned {
  if (typeof body !== 'object' || body === null || !('orderId' in body) || !('clientToken' in body))
    return { kind: 'nothing' };
  const { orderId, clientToken } = body;
  if (typeof orderId !== 'string' || typeof clientToken !== 'string') return { kind: 'nothing' };
  return { kind: 'order', link: { orderId, clientToken } };
}
