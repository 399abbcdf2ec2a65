import type { Fact } from '../orders/fact.ts';
import type { AlipayKey } from './account.ts';
import { type NamedApp, readSignedForm } from './signed-form.ts';
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
      /** Whose trade it speaks of. */
      readonly merchantId: string;
      readonly accountId: string;
    }
  /** It names an application that is nobody's here: there are no keys to verify it with. */
  | { readonly kind: 'foreign_app' }
  /** Alipay's signature, but nothing that can be acted upon. */
  | { readonly kind: 'malformed'; readonly appId: string; readonly reason: string }
  | { readonly kind: 'unverified'; readonly reason: string };

/** What it takes to believe a message about an app's trades, and whose they are. */
export interface VerifyingApp {
  /** The seller_id that messages must name; undefined: any. */
  readonly sellerId: string | undefined;
  /** Every key that Alipay may sign with. */
  readonly keys: readonly AlipayKey[];
  readonly merchantId: string;
  readonly accountId: string;
}

/** The app that a message names, by what is in memory: anybody may ask. */
export type FindApp = (named: NamedApp) => VerifyingApp | undefined;

const MAX_NOTIFY_ID = 128;

/**
 * Reads the body of a notification, as it came. Nothing of the URL may be mixed in: a query is not signed.
 * Never throws, whatever the bytes.
 */
export function readNotification(body: Buffer, contentType: string | undefined, findApp: FindApp): ReadNotification {
  if (!isForm(contentType)) return { kind: 'unverified', reason: 'not a form' };
  let app: VerifyingApp | undefined;
  const read = readSignedForm(body, (named) => {
    app = findApp(named);
    return app?.keys;
  });
  if (read.kind === 'unverified') return read;
  if (read.kind === 'unknown_app' || app === undefined) return { kind: 'foreign_app' };
  const appId = read.field('app_id') ?? '';
  const notifyId = read.field('notify_id');
  if (!isNumber(notifyId, MAX_NOTIFY_ID))
    return { kind: 'malformed', appId, reason: 'notify_id is missing or too long' };
  const trade = readFact(read.field, sellerMatches(read.field, app));
  if (trade.kind === 'malformed') return { ...trade, appId };
  const { merchantId, accountId } = app;
  const said = { appId, notifyId, sellerId: read.field('seller_id'), fact: trade.fact };
  return { kind: 'verified', ...said, keyId: read.keyId, merchantId, accountId };
}

/** Alipay names the type; a body without one is judged by its signature alone. */
function isForm(contentType: string | undefined): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' || type === 'application/x-www-form-urlencoded';
}

function sellerMatches(field: Field, { sellerId }: VerifyingApp): boolean {
  return sellerId === undefined || field('seller_id') === sellerId;
}
