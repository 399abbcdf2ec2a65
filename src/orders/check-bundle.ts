// Whether a bundle proves what it says. Pure: the offline verifier and the audit of a whole database ask the same.
import type { Bundle, StoredMessage, VerificationKey } from './bundle.ts';
import { checkChain } from './check-chain.ts';
import { checkFigures } from './check-figures.ts';
import { checkMessages } from './check-messages.ts';
import type { Fen } from './money.ts';

/** A part of a bundle that does not hold, and what is wrong with it. */
export interface Fault {
  /** `event 3`, `message evd…`: as a person would look for it. */
  readonly part: string;
  readonly problem: string;
}

/** What a signed message says, in our words; undefined where it says nothing of the kind. */
export interface Said {
  /** `notification`, or the method that was answered: `alipay.trade.query`. */
  readonly kind: string;
  readonly outTradeNo: string | undefined;
  readonly tradeNo: string | undefined;
  readonly amountFen: Fen | undefined;
  /** The trade has been paid, whatever was given back since. */
  readonly paid: boolean;
  /** Given back so far in all, or by the refund that was asked about. */
  readonly refundedFen: Fen | undefined;
  readonly appId: string | undefined;
  readonly sellerId: string | undefined;
  readonly notifyId: string | undefined;
}

export type ReadMessage = (
  message: Pick<StoredMessage, 'kind' | 'bytes'>,
  key: VerificationKey,
) => { readonly kind: 'verified'; readonly said: Said } | { readonly kind: 'unverified'; readonly reason: string };

/** A message whose signature holds. */
export interface Proof {
  readonly message: StoredMessage;
  readonly key: VerificationKey;
  readonly said: Said;
}

export interface CheckedBundle {
  readonly faults: readonly Fault[];
  readonly proofs: readonly Proof[];
  /** Messages from before keys were written down, that none of the known keys verifies: they prove nothing. */
  readonly unproved: readonly StoredMessage[];
}

export function checkBundle(bundle: Bundle, readMessage: ReadMessage): CheckedBundle {
  const { faults, proofs, unproved } = checkMessages(bundle, readMessage);
  return { faults: [...checkChain(bundle), ...checkFigures(bundle), ...faults], proofs, unproved };
}

/** The message that proves the payment which made the order PAID. */
export function proofOfPayment({ order, payments }: Bundle, proofs: readonly Proof[]): Proof | undefined {
  const paid = payments.find(({ id }) => id === order.paidPaymentId);
  return proofs.find(({ said }) => said.paid && said.outTradeNo === paid?.outTradeNo && said.tradeNo === paid?.tradeNo);
}
