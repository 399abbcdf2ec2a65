import type { Fact } from '../orders/fact.ts';
import type { AlipayAccount } from './account.ts';
import { readSignedForm } from './signed-form.ts';
import { type Field, isNumber, readFact } from './trade-fact.ts';

/** What a request to the notification route turned out to be. */
export type ReadNotification =
  | {
      readonly kind: 'verified';
      readonly appId: string;
      /** The same for each resend of one notification. */
      readonly notifyId: string;
      readonly sellerId: string | undefined;
      readonly fact: Fact;
      /** Fingerprint of the key that verified it. */
      readonly keyId: string;
    }
  /** Alipay's signature, another application's trade. */
  | { readonly kind: 'foreign_app'; readonly appId: string }
  /** Alipay's signature, but nothing that can be acted upon. */
  | { readonly kind: 'malformed'; readonly appId: string; readonly reason: string }
  | { readonly kind: 'unverified'; readonly reason: string };

const MAX_NOTIFY_ID = 128;

/**
 * Reads the body of a notification, as it came. Nothing of the URL may be mixed in: a query is not signed.
 * Never throws, whatever the bytes.
 */
export function readNotification(
  body: Buffer,
  contentType: string | undefined,
  account: AlipayAccount,
): ReadNotification {
  if (!isForm(contentType)) return { kind: 'unverified', reason: 'not a form' };
  const read = readSignedForm(body, account.alipayPublicKey);
  if (read.kind === 'unverified') return read;
  const appId = read.field('app_id') ?? '';
  if (appId !== account.appId) return { kind: 'foreign_app', appId };
  const notifyId = read.field('notify_id');
  if (!isNumber(notifyId, MAX_NOTIFY_ID))
    return { kind: 'malformed', appId, reason: 'notify_id is missing or too long' };
  const trade = readFact(read.field, sellerMatches(read.field, account));
  if (trade.kind === 'malformed') return { ...trade, appId };
  const { keyId } = account;
  return { kind: 'verified', appId, notifyId, sellerId: read.field('seller_id'), fact: trade.fact, keyId };
}

/** Alipay names the type; a body without one is judged by its signature alone. */
function isForm(contentType: string | undefined): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' || type === 'application/x-www-form-urlencoded';
}

function sellerMatches(field: Field, { sellerId }: AlipayAccount): boolean {
  return sellerId === undefined || field('seller_id') === sellerId;
}
