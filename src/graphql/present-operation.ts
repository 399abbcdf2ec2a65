import { GraphQLError } from 'graphql';
import { toTypeId } from '../ids.ts';
import type { ConfirmOutcome } from '../merchants/confirm-operation.ts';
import type { Operation } from '../orders/operation.ts';
import type { ConfirmationInvalid as Invalid, ConfirmationRequired as Required } from '../orders/outcomes.ts';
import type { Context } from './context.ts';
import { make } from './make.ts';
import {
  ConfirmationInvalid,
  ConfirmationRequired,
  type ConfirmOperationResult,
  OperationType,
} from './operation.types.ts';
import { presentOrder, presentRefund, wholeOwner } from './present-order.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const AGREE = 'A second person has to agree first: confirmOperation by another credential, or with your one-time code';

export function presentHeld({ operationId, expiresAt, held }: Required, context: Context): ConfirmationRequired {
  return make(ConfirmationRequired, {
    code: 'CONFIRMATION_REQUIRED',
    message: AGREE,
    operationId: toTypeId('op', operationId),
    expiresAt,
    refund: held && presentRefund(held.refund, wholeOwner(held.order), context),
  });
}

/** Where the answer is a single value and has no union to say it in. */
export function heldError({ operationId, expiresAt }: Required): GraphQLError {
  const named = { operationId: toTypeId('op', operationId), expiresAt: expiresAt.toISOString() };
  return new GraphQLError(AGREE, { extensions: { code: 'CONFIRMATION_REQUIRED', ...named } });
}

export function presentInvalidConfirmation({ message }: Invalid): ConfirmationInvalid {
  return make(ConfirmationInvalid, { code: 'CONFIRMATION_INVALID', message });
}

/** A refund answers as refundOrder does, an undo as reverseOrder does. */
export function presentConfirmed(outcome: ConfirmOutcome, context: Context): typeof ConfirmOperationResult {
  switch (outcome.kind) {
    case 'refund':
      return outcome.asked === 'reversal'
        ? presentOrder(outcome.order, context)
        : presentRefund(outcome.refund, wholeOwner(outcome.order), context);
    case 'operation':
      return presentOperation(outcome.operation);
    case 'confirmation_invalid':
      return presentInvalidConfirmation(outcome);
  }
}

export function presentOperation(operation: Operation): OperationType {
  const { id, kind, state, summary, askedBy, askedAt, expiresAt, decidedBy, decidedAt, orderId } = operation;
  return make(OperationType, {
    id: toTypeId('op', id),
    kind,
    state,
    summary,
    askedBy: named(askedBy),
    askedAt,
    expiresAt,
    decidedBy: decidedBy === null ? null : named(decidedBy),
    decidedAt,
    orderId: orderId === null ? null : toTypeId('ord', orderId),
  });
}

function named(credential: string): string {
  return UUID.test(credential) ? toTypeId('key', credential) : credential;
}
