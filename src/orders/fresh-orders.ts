import type { Order, OrderRef, WholeOrder } from './order.ts';

/** A till asks for the code right after the order, in the same document or the next one. */
const FRESH_MS = 1_000;
const MOST = 10_000;

/**
 * Orders that this process has just written for the first time, so that whoever asks for a code need not read what is known.
 * Each is given once, and for a second. Only for a step that always ends in a guarded write: who has changed the order
 * meanwhile, through another process, is found out by nothing else.
 */
export class FreshOrders {
  readonly #orders = new Map<string, { readonly order: WholeOrder; readonly until: number }>();
  readonly #idOfNumber = new Map<string, string>();

  keep(order: Order): void {
    if (this.#orders.size >= MOST) this.#forgetOldest();
    const whole: WholeOrder = { ...order, payments: [], refunds: [], cases: [] };
    this.#orders.set(order.id, { order: whole, until: performance.now() + FRESH_MS });
    this.#idOfNumber.set(numberKey(order.merchantId, order.merchantOrderNo), order.id);
  }

  /** Undefined when it must be read. */
  take(merchantId: string, ref: OrderRef): WholeOrder | undefined {
    const id = 'id' in ref ? ref.id : this.#idOfNumber.get(numberKey(merchantId, ref.merchantOrderNo));
    const fresh = id === undefined ? undefined : this.#orders.get(id);
    if (fresh === undefined || fresh.order.merchantId !== merchantId) return undefined;
    this.drop(fresh.order);
    return performance.now() < fresh.until ? fresh.order : undefined;
  }

  /** It is not what it was. */
  drop({ merchantId, id, merchantOrderNo }: Pick<Order, 'merchantId' | 'id' | 'merchantOrderNo'>): void {
    if (this.#orders.delete(id)) this.#idOfNumber.delete(numberKey(merchantId, merchantOrderNo));
  }

  #forgetOldest(): void {
    const [oldest] = this.#orders.values();
    if (oldest !== undefined) this.drop(oldest.order);
  }
}

function numberKey(merchantId: string, merchantOrderNo: string): string {
  return `${merchantId}/${merchantOrderNo}`;
}
