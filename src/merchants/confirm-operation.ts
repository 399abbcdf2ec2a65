import { type ConfirmRefundOutcome, confirmRefund } from '../orders/confirm-refund.ts';
import type { DeskNeeds } from '../orders/needs.ts';
import type { Operation, OperationKind } from '../orders/operation.ts';
import type { ConfirmationInvalid } from '../orders/outcomes.ts';
import type { MerchantCaller } from './caller.ts';
import type { Operations } from './ports.ts';
import type { Scope } from './scopes.ts';
import { isRightCode, type TotpNeeds, WRONG } from './totp.ts';

export interface ConfirmNeeds extends TotpNeeds {
  readonly operations: Operations;
  readonly desk: DeskNeeds;
}

export interface Confirm {
  readonly operationId: string;
  readonly approve: boolean;
  /** The maker's own one-time code, in the place of a second person. */
  readonly code: string | null;
}

export type ConfirmOutcome =
  | (Extract<ConfirmRefundOutcome, { kind: 'refund' }> & { readonly asked: OperationKind })
  | { readonly kind: 'operation'; readonly operation: Operation }
  | ConfirmationInvalid;

/** Which operations a credential may decide about: money with one scope, settings with the other. */
export function kindsFor(scopes: readonly Scope[]): readonly OperationKind[] {
  return [
    ...(scopes.includes('refunds:confirm') ? (['refund', 'reversal', 'case'] as const) : []),
    ...(scopes.includes('admin') ? (['api_key', 'app', 'webhook', 'policy', 'totp'] as const) : []),
  ];
}

/** Who decides; a terminal has no scopes. */
export type Decider = Pick<MerchantCaller, 'merchantId' | 'keyId' | 'scopes'>;

/**
 * A second person decides: approves what was asked for, or turns it down. Whoever asked may take it back, whatever its
 * scopes. Of several who decide at once one does. The same decision by the same person again is answered as it is.
 */
export async function confirmOperation(
  needs: ConfirmNeeds,
  caller: Decider,
  { operationId, approve, code }: Confirm,
): Promise<ConfirmOutcome> {
  const operation = await needs.operations.find(caller.merchantId, operationId);
  const isOwn = operation?.askedBy === (await needs.operations.makerOf(caller.merchantId, caller.keyId));
  const mayDecide = operation !== undefined && kindsFor(caller.scopes).includes(operation.kind);
  if (operation === undefined || !(mayDecide || (isOwn && !approve)))
    return invalid('There is no such operation that this credential may decide about');
  if (isSaidAlready(operation, caller, approve)) return asItIs(needs, operation);
  const now = needs.clock.now();
  if (operation.state !== 'WAITING') return invalid(`It does not wait any more: it is ${operation.state}`);
  if (now >= operation.expiresAt && operation.orderId === null) return invalid('Its time is over');
  const refusal = isOwn && approve ? await ownCode(needs, caller, code) : undefined;
  return refusal ?? decide(needs, caller, { operation, approve });
}

async function ownCode(needs: ConfirmNeeds, caller: Decider, code: string | null) {
  if (code === null) return invalid('Another credential than the one that asked must confirm it, or its one-time code');
  return (await isRightCode(needs, caller, code)) ? undefined : WRONG;
}

interface Decision {
  readonly operation: Operation;
  readonly approve: boolean;
}

async function decide(needs: ConfirmNeeds, caller: Decider, { operation, approve }: Decision) {
  const { merchantId, id, orderId, kind } = operation;
  if (orderId !== null) {
    const decision = { merchantId, orderId, refundId: id, approve, by: caller.keyId };
    const outcome = await confirmRefund(needs.desk, decision);
    return outcome.kind === 'refund' ? { ...outcome, asked: kind } : outcome;
  }
  const now = needs.clock.now();
  const note = { id: needs.newId(now), actor: caller.keyId, at: now };
  const decided = await needs.operations.decide({ merchantId, id, approve }, note);
  return decided === undefined
    ? invalid('Somebody else has decided, or its time is over')
    : ({ kind: 'operation', operation: decided } as const);
}

function isSaidAlready({ state, decidedBy }: Operation, { keyId }: Decider, approve: boolean): boolean {
  const said = approve ? state === 'APPROVED' || state === 'USED' : state === 'REJECTED';
  return said && decidedBy === keyId;
}

async function asItIs({ desk }: ConfirmNeeds, operation: Operation): Promise<ConfirmOutcome> {
  const { merchantId, orderId, kind } = operation;
  const order = orderId === null ? undefined : await desk.orders.find(merchantId, { id: orderId });
  const refund = order?.refunds.find(({ id }) => id === operation.id);
  return order && refund ? { kind: 'refund', refund, order, asked: kind } : { kind: 'operation', operation };
}

function invalid(message: string): ConfirmationInvalid {
  return { kind: 'confirmation_invalid', message };
}
