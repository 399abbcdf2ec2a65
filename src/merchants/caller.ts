/** Who asks: a merchant with all that is its own, or a frontend with one order. */
export type Caller =
  | { readonly kind: 'merchant'; readonly merchantId: string; readonly keyId: string }
  | { readonly kind: 'client'; readonly merchantId: string; readonly orderId: string; readonly token: string };

/** What one caller's requests are counted under. */
export function nameOf(caller: Caller): string {
  return caller.kind === 'merchant' ? caller.keyId : caller.orderId;
}

/** True when the caller may see this order at all. */
export function maySee(caller: Caller, order: { readonly merchantId: string; readonly id: string }): boolean {
  if (caller.merchantId !== order.merchantId) return false;
  return caller.kind === 'merchant' || caller.orderId === order.id;
}
