import { fromTypeId } from '../ids.ts';
import type { OrderRef as Ref } from '../orders/order.ts';
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
