// A change of what a merchant's money and secrets depend on. Whoever asks for it asks again once it is approved, so that
// what it answers, a new key for one, reaches nobody else.
import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '../orders/canonical-json.ts';
import { CONFIRM_WITHIN_MS, type Operation, type OperationKind } from '../orders/operation.ts';
import type { Sure } from '../orders/outcomes.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import type { MerchantCaller } from './caller.ts';
import type { ConfirmationPolicies, Operations } from './ports.ts';

export interface SecondPersonNeeds {
  readonly policies: ConfirmationPolicies;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface Change {
  readonly kind: Exclude<OperationKind, 'refund' | 'reversal'>;
  /** Exactly what is asked for: an approval is good for this and nothing else. */
  readonly what: { readonly [field: string]: Json };
  /** The same in words. Holds no secret. */
  readonly summary: string;
  /** Whatever the policy says. */
  readonly always?: boolean;
}

/** What has to be heard before a caller's change is made. */
export type AskSecondPerson = (caller: Maker, change: Change) => Sure;

/** Who asks for a change. */
export type Maker = Pick<MerchantCaller, 'merchantId' | 'keyId'>;

/** Where nobody else has to agree. */
export const asksNobody: AskSecondPerson = () => async () => undefined;

/**
 * An approval is used up here, once, whoever asks at the same time. It is then good for every further try of the same request,
 * so that a change which meets another one and is made again does not lose it.
 */
export function secondPerson(needs: SecondPersonNeeds, caller: Maker, change: Change): Sure {
  const { policies, operations, clock, newId } = needs;
  const { merchantId, keyId } = caller;
  let isAgreed = false;
  return async () => {
    if (isAgreed) return undefined;
    if (!change.always && !(await policies.read(merchantId)).settings) return undefined;
    const now = clock.now();
    const note = () => ({ id: newId(now), actor: keyId, at: now });
    const askedBy = await operations.makerOf(merchantId, keyId);
    const digest = digestOf(change);
    isAgreed = await operations.use({ merchantId, askedBy, digest }, note());
    if (isAgreed) return undefined;
    const wanted: Operation = {
      id: newId(now),
      merchantId,
      kind: change.kind,
      orderId: null,
      askedBy,
      askedAt: now,
      summary: change.summary,
      state: 'WAITING',
      expiresAt: new Date(now.getTime() + CONFIRM_WITHIN_MS),
      decidedBy: null,
      decidedAt: null,
    };
    const { id: operationId, expiresAt } = await operations.ask(wanted, digest, note());
    return { kind: 'confirmation_required', operationId, expiresAt, held: null };
  };
}

function digestOf({ kind, what }: Change): string {
  return hash('sha256', canonicalJson({ kind, what }), 'hex');
}
