// What a bundle proves, in sentences for somebody who has to believe it.
import { toTypeId } from '../ids.ts';
import type { Bundle } from '../orders/bundle.ts';
import { type CheckedBundle, type Proof, proofOfPayment } from '../orders/check-bundle.ts';
import { formatAmount } from '../orders/money.ts';

export interface SaidProof {
  readonly holds: boolean;
  readonly text: readonly string[];
}

export function sayProof(bundle: Bundle & { readonly exportedAt: Date }, checked: CheckedBundle): SaidProof {
  const { order } = bundle;
  const { faults, proofs } = checked;
  const proof = proofOfPayment(bundle, proofs);
  const owed = order.paidPaymentId !== null && proof === undefined;
  const holds = faults.length === 0 && !owed;
  const wrong = [
    ...faults.map(({ part, problem }) => `WRONG  ${part} ${problem}.`),
    ...(owed ? [`WRONG  order is ${order.status}, and no message here that Alipay signed says that it was paid.`] : []),
  ];
  const text = [
    `Order ${toTypeId('ord', order.id)} (${order.merchantOrderNo}), ${formatAmount(order.amountFen)} yuan, ${order.status}; exported ${bundle.exportedAt.toISOString()}.`,
    '',
    ...(holds ? [] : wrong),
    ...(holds ? proved(bundle, checked, proof) : ['', 'This bundle does not prove what it says.']),
  ];
  return { holds, text };
}

function proved(bundle: Bundle, { proofs, unproved }: CheckedBundle, proof: Proof | undefined): string[] {
  const { order, events } = bundle;
  return [
    `ok     ${events.length} events form one unbroken chain from ${events[0]?.type} to ${events.at(-1)?.type}.`,
    `ok     ${proofs.length} messages bear Alipay's signature${keysNamed(proofs)} and fit the order.`,
    ...(proof === undefined ? [] : [`ok     ${paidBy(proof)}`]),
    '',
    `Proved, if the key is Alipay's: ${claim(bundle, proof)}`,
    '',
    'Not proved by this file alone:',
    ...keysToCompare(bundle, proofs),
    `  - that nothing happened after event ${order.version}: compare its hash with the gateway's own (kassa audit there):`,
    `      ${order.lastHash}`,
    ...(unproved.length > 0
      ? [`  - ${unproved.length} messages from before keys were written down: none of the keys here verifies them.`]
      : []),
    ...ownWord(bundle, proofs),
  ];
}

function claim({ order }: Bundle, proof: Proof | undefined): string {
  if (proof === undefined) return 'the steps above happened in this order. No payment is claimed.';
  const back = order.refundedFen > 0n ? ` Of it, the gateway gave back ${formatAmount(order.refundedFen)} yuan.` : '';
  return `Alipay says that ${formatAmount(order.amountFen)} yuan were paid for this order, in trade ${proof.said.tradeNo}.${back}`;
}

function paidBy({ message, said }: Proof): string {
  const what = said.kind === 'notification' ? `notification ${said.notifyId}` : `its answer to ${said.kind}`;
  const whose =
    said.appId === undefined
      ? ''
      : `, for application ${said.appId}${said.sellerId === undefined ? '' : ` and seller ${said.sellerId}`}`;
  return `Paid: ${what}${whose}, out_trade_no ${said.outTradeNo}, trade_no ${said.tradeNo}, ${said.amountFen === undefined ? '?' : formatAmount(said.amountFen)} yuan; heard ${message.receivedAt.toISOString()}.`;
}

function keysNamed(proofs: readonly Proof[]): string {
  const ids = [...new Set(proofs.map(({ key }) => key.id.slice(0, 12)))];
  return ids.length === 0 ? '' : ` (key ${ids.map((id) => `${id}…`).join(', ')})`;
}

/** The one thing that the reader must bring: who says that this key is Alipay's. */
function keysToCompare({ seller }: Bundle, proofs: readonly Proof[]): string[] {
  const ids = [...new Set(proofs.map(({ key }) => key.id))];
  if (ids.length === 0) return [];
  return [
    `  - that the key is Alipay's: compare this SHA-256 with that of the Alipay public key (支付宝公钥) which the open platform`,
    `    shows for application ${seller.appIds.join(' or ')} (docs/evidence.md says how):`,
    ...ids.map((id) => `      ${id}`),
  ];
}

function ownWord({ events }: Bundle, proofs: readonly Proof[]): string[] {
  const proven = new Set(proofs.map(({ message }) => message.id));
  const own = events.filter(({ evidenceId }) => evidenceId === null || !proven.has(evidenceId));
  if (own.length === 0) return [];
  const types = [...new Set(own.map(({ type }) => type))].join(', ');
  return [`  - the steps that no signed message caused (${types}), and all times: the gateway's own word.`];
}
