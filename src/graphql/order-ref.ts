import { fromTypeId } from '../ids.ts';
import { maySee } from '../merchants/caller.ts';
import { invalid } from '../orders/input-rules.ts';
import type { OrderRef as Ref } from '../orders/order.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import type { Context } from './context.ts';
import type { OrderRef } from './input.types.ts';

/** `not_one`: both are given, or neither. `nowhere`: an id that no order can have. */
export function readOrderRef({ id, merchantOrderNo }: OrderRef): Ref | 'not_one' | 'nowhere' {
  const hasId = id !== undefined && id !== null;
  const hasNumber = merchantOrderNo !== undefined && merchantOrderNo !== null;
  if (hasId === hasNumber) return 'not_one';
  if (hasNumber) return /^[A-Za-z0-9_-]{1,60}$/.test(merchantOrderNo) ? { merchantOrderNo } : 'nowhere';
  const uuid = fromTypeId('ord', id ?? '');
  return uuid === undefined ? 'nowhere' : { id: uuid };
}

/** Runs a use case on the order that a mutation's input names, if it names one. */
export async function onOrder<Outcome>(
  named: OrderRef,
  context: Context,
  run: (ref: Ref) => Promise<Outcome>,
): Promise<Outcome | InvalidInput | { readonly kind: 'order_not_found' }> {
  const ref = readOrderRef(named);
  if (ref === 'not_one') return invalid('order', 'must name exactly one of id and merchantOrderNo');
  return ref === 'nowhere' || !(await isOwn(context, ref)) ? { kind: 'order_not_found' } : run(ref);
}

/** What a terminal did not sell is not there for it; for the merchant's own systems every use case looks for itself. */
async function isOwn({ caller, reads, clock }: Context, ref: Ref): Promise<boolean> {
  if (caller.kind !== 'terminal') return true;
  const order = await reads.orderRow(caller.merchantId, ref);
  return order !== undefined && maySee(caller, order, clock.now());
}
