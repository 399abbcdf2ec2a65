import { hash } from 'node:crypto';
import type { Bundle, StoredMessage, VerificationKey } from './bundle.ts';
import type { Fault, Proof, ReadMessage, Said } from './check-bundle.ts';
import { dataOf } from './check-figures.ts';
import { formatAmount } from './money.ts';

export interface CheckedMessages {
  readonly faults: readonly Fault[];
  readonly proofs: readonly Proof[];
  readonly unproved: readonly StoredMessage[];
}

/** Each signed message: there, unchanged, signed by the key that it names, and about this order. */
export function checkMessages(bundle: Bundle, readMessage: ReadMessage): CheckedMessages {
  const faults = [...missing(bundle)];
  const proofs: Proof[] = [];
  const unproved: StoredMessage[] = [];
  for (const message of bundle.messages) {
    const checked = checkMessage(message, bundle.keys, readMessage);
    if (checked.kind === 'fault') faults.push({ part: partOf(message), problem: checked.problem });
    if (checked.kind === 'unproved') unproved.push(message);
    if (checked.kind !== 'proof') continue;
    proofs.push(checked.proof);
    faults.push(...misfits(bundle, checked.proof));
  }
  return { faults, proofs, unproved };
}

export type CheckedMessage =
  | { readonly kind: 'proof'; readonly proof: Proof }
  | { readonly kind: 'fault'; readonly problem: string }
  | { readonly kind: 'unproved' };

/** One message by itself: its digest, and its signature with the key that it names. */
export function checkMessage(
  message: StoredMessage,
  keys: readonly VerificationKey[],
  readMessage: ReadMessage,
): CheckedMessage {
  if (message.digest !== null && hash('sha256', message.bytes, 'hex') !== message.digest)
    return { kind: 'fault', problem: 'has been changed: its bytes are not those that were written down' };
  const named = message.keyId === null ? keys : keys.filter(({ id }) => id === message.keyId);
  let reason = `names the key ${message.keyId}, which is not here`;
  for (const key of named) {
    const read = readMessage(message, key);
    if (read.kind === 'verified') return { kind: 'proof', proof: { message, key, said: read.said } };
    reason = `is not what Alipay signed: ${read.reason}`;
  }
  return message.keyId === null ? { kind: 'unproved' } : { kind: 'fault', problem: reason };
}

function missing({ events, messages }: Bundle): Fault[] {
  const here = new Set(messages.map(({ id }) => id));
  return events
    .filter(({ evidenceId }) => evidenceId !== null && !here.has(evidenceId))
    .map(({ version, type }) => ({ part: `event ${version} (${type})`, problem: 'names a message that is not here' }));
}

function misfits(bundle: Bundle, proof: Proof): Fault[] {
  const problems = [...misfitsOfOrder(bundle, proof), ...misfitsOfEvents(bundle, proof)];
  return problems.map((problem) => ({ part: partOf(proof.message), problem }));
}

/** A message that was judged wrong in a way may well be wrong in that way. */
function misfitsOfOrder({ order, seller, payments }: Bundle, { message, said }: Proof): string[] {
  const { verdict } = message;
  const numbers = [order.merchantOrderNo, ...payments.map(({ outTradeNo }) => outTradeNo)];
  const wrong: readonly (readonly [boolean, string])[] = [
    [message.merchantId !== order.merchantId || message.orderId !== order.id, 'belongs to another order'],
    [differs(said.notifyId, message.notifyId ?? undefined), 'has another notify_id than is written beside it'],
    [said.outTradeNo !== undefined && !numbers.includes(said.outTradeNo), 'is about another out_trade_no'],
    [verdict !== 'wrong_amount' && differs(said.amountFen, order.amountFen), 'is about another amount'],
    [said.appId !== undefined && !seller.appIds.includes(said.appId), `is for another application, ${said.appId}`],
    [
      verdict !== 'wrong_seller' && differs(said.sellerId, seller.sellerId ?? undefined),
      `is for another seller, ${said.sellerId}`,
    ],
  ];
  return wrong.filter(([applies]) => applies).map(([, problem]) => problem);
}

function misfitsOfEvents({ events }: Bundle, { message, said }: Proof): string[] {
  const caused = events.filter(({ type, evidenceId }) => type === 'payment.succeeded' && evidenceId === message.id);
  return caused
    .filter((event) => !tells(dataOf(event), said))
    .map(({ version }) => `does not say what event ${version} tells`);
}

function tells(data: Readonly<Record<string, unknown>>, said: Said): boolean {
  const amount = said.amountFen === undefined ? undefined : formatAmount(said.amountFen);
  return said.paid && data.tradeNo === said.tradeNo && data.outTradeNo === said.outTradeNo && data.amount === amount;
}

function differs<Value>(said: Value | undefined, shown: Value | undefined): boolean {
  return said !== undefined && shown !== undefined && said !== shown;
}

function partOf({ id, kind }: StoredMessage): string {
  return `${kind} ${id}`;
}
