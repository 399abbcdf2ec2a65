// What waits until a second person agrees: the maker asks, the checker decides.
import type { Life } from './life.ts';
import type { Fen } from './money.ts';

/** Money that is to go back, or a change of what a merchant's money and secrets depend on. */
export type OperationKind = 'refund' | 'reversal' | 'case' | 'api_key' | 'app' | 'webhook' | 'policy' | 'totp';

/** `USED`: the change that was approved has been made. */
export type OperationState = 'WAITING' | 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'USED';

/** What can happen to an operation. */
export type OperationFact = 'approved' | 'rejected' | 'expired' | 'used';

/** The life of an operation. A refund is done by its approval; any other approval is used up by whoever asked for it. */
export const operationLife: Life<OperationState, OperationFact> = {
  WAITING: { approved: 'APPROVED', rejected: 'REJECTED', expired: 'EXPIRED' },
  APPROVED: { approved: 'APPROVED', expired: 'EXPIRED', used: 'USED' },
  REJECTED: { rejected: 'REJECTED' },
  EXPIRED: { expired: 'EXPIRED' },
  USED: { used: 'USED' },
};

/** How long a second person has: a day. */
export const CONFIRM_WITHIN_MS = 24 * 3_600_000;

export interface Operation {
  /** Of a refund: the refund's own id. */
  readonly id: string;
  readonly merchantId: string;
  readonly kind: OperationKind;
  /** The order whose money it is; null for a change of settings. */
  readonly orderId: string | null;
  /** The maker: an API key, by the first of those that it was rotated from, or the subject of an access token. */
  readonly askedBy: string;
  readonly askedAt: Date;
  /** What exactly was asked for, in words for the checker. Holds no secret. */
  readonly summary: string;
  readonly state: OperationState;
  readonly expiresAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** Who asks: a credential, and its terminal when it belongs to one. */
export interface Asker {
  readonly credentialId: string;
  readonly terminalId: string | null;
}

/** What the audit log says of a step: who, when. */
export interface StepNote {
  readonly id: string;
  readonly actor: string;
  readonly at: Date;
}

/** What a change of an order does to the operation that its refund is. */
export type OperationStep =
  | { readonly kind: 'asked'; readonly operation: Operation; readonly note: StepNote }
  | {
      readonly kind: 'decided';
      readonly id: string;
      readonly state: Extract<OperationState, 'APPROVED' | 'REJECTED' | 'EXPIRED'>;
      /** Null: its time was over. */
      readonly decidedBy: string | null;
      readonly note: StepNote;
    };

/** The place of a refund among those that one credential has asked for on one day: two of them can't take the same. */
export interface DayTurn {
  readonly askedBy: string;
  /** In Beijing: 2026-11-23. */
  readonly day: string;
  readonly turn: number;
}

/** What a merchant's policy says of money that somebody asks to give back. */
export interface Judgement {
  readonly isHeld: boolean;
  readonly askedBy: string;
  /** Null: the policy sums nothing up. */
  readonly turn: DayTurn | null;
}

/** Nobody needs to agree. */
export const FREE: Judgement = { isHeld: false, askedBy: '', turn: null };

export interface ToJudge {
  readonly merchantId: string;
  readonly by: Asker;
  readonly amountFen: Fen;
  readonly at: Date;
}

export type JudgeRefund = (asked: ToJudge) => Promise<Judgement>;

/** Whom the audit log names for what happens by itself. */
export const NOBODYS = 'kassa';
