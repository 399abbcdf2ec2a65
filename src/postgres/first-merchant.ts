import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock, NewId } from '../orders/ports.ts';
import type { Database } from './database.ts';
import { Accounts, Apps, Merchants } from './records/merchants.ts';

/** Any number of our own: processes that start at the same time take turns here. */
const FIRST_MERCHANT_LOCK = 5_226_577_234_002;

export interface MerchantsNeeds {
  readonly database: Pick<Database, 'pool' | 'em'>;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface AlipayApp {
  readonly appId: string;
  readonly sellerId?: string | undefined;
}

export interface FirstMerchant {
  readonly merchantId: string;
  readonly accountId: string;
}

/** The app is one that another merchant has added. */
export class ForeignAppError extends Error {}

/** The seller that was named is not the one that this app or this merchant may collect for. */
export class SellerError extends Error {}

/**
 * Makes the merchant `default` once. A new app whose seller this merchant owns joins that account; an app
 * that is known already stays with its account, which learns its seller when it had none.
 * @throws ForeignAppError when the app is another merchant's: whose the environment's app is, is the installation's owner
 * @throws SellerError when the seller is another merchant's, or another than the app's account has.
 */
export async function ensureFirstMerchant(needs: MerchantsNeeds, app: AlipayApp): Promise<FirstMerchant> {
  return needs.database.em().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(?)', [FIRST_MERCHANT_LOCK]);
    const known = await em.findOne(Apps, { appId: app.appId });
    const merchantId = await firstMerchantId(em, needs);
    if (known !== null && known.merchantId !== merchantId)
      throw new ForeignAppError(`app ${app.appId} belongs to another merchant of this installation${remedy([known])}`);
    if (known !== null) return checkSeller(em, app, known);
    const accountId = await accountFor(em, needs, { merchantId, sellerId: app.sellerId });
    em.create(Apps, { appId: app.appId, merchantId, accountId });
    return { merchantId, accountId };
  });
}

async function checkSeller(em: EntityManager, app: AlipayApp, known: FirstMerchant & Claim): Promise<FirstMerchant> {
  const { merchantId, accountId } = known;
  const account = await em.findOneOrFail(Accounts, { merchantId, id: accountId });
  const { appId, sellerId } = app;
  if (sellerId === undefined || account.sellerId === sellerId) return { merchantId, accountId };
  if (account.sellerId != null)
    throw new SellerError(
      `app ${appId} collects for seller ${account.sellerId}, not for ${sellerId}${remedy([known])}`,
    );
  const taken = await em.findOne(Accounts, { sellerId });
  if (taken !== null) {
    const whose = taken.merchantId === merchantId ? 'has another account already' : 'belongs to another merchant';
    throw new SellerError(
      `seller ${sellerId} ${whose}, app ${appId} can't be given to it${remedy(await claimsOf(em, taken))}`,
    );
  }
  account.sellerId = sellerId;
  return { merchantId, accountId };
}

interface Claim {
  readonly appId: string;
  readonly privateKey?: string | null | undefined;
}

/** What whoever can't start can do about it. Keys in the environment, of now or before, are no app that could be removed. */
function remedy(claims: readonly Claim[]): string {
  const commands = claims
    .filter(({ privateKey }) => privateKey != null)
    .map(({ appId }) => `npx kassa apps remove ${appId}`);
  return commands.length === 0 ? '' : `: ${commands.join(' and ')} gives it free, unless it is in use`;
}

async function claimsOf(em: EntityManager, account: { merchantId: string; id: string }): Promise<readonly Claim[]> {
  return em.find(Apps, { merchantId: account.merchantId, accountId: account.id }, { orderBy: { appId: 'asc' } });
}

async function firstMerchantId(em: EntityManager, { clock, newId }: MerchantsNeeds): Promise<string> {
  const [first] = await em.find(Merchants, {}, { orderBy: { createdAt: 'asc', id: 'asc' }, limit: 1 });
  if (first !== undefined) return first.id;
  const now = clock.now();
  const merchant = em.create(Merchants, { id: newId(now), name: 'default', createdAt: now });
  await em.flush();
  return merchant.id;
}

async function accountFor(
  em: EntityManager,
  { clock, newId }: MerchantsNeeds,
  { merchantId, sellerId }: { merchantId: string; sellerId: string | undefined },
): Promise<string> {
  const owned = sellerId === undefined ? null : await em.findOne(Accounts, { sellerId });
  if (owned !== null && owned.merchantId !== merchantId)
    throw new SellerError(
      `seller ${sellerId} belongs to another merchant of this installation${remedy(await claimsOf(em, owned))}`,
    );
  if (owned !== null) return owned.id;
  const account = em.create(Accounts, { merchantId, id: newId(clock.now()), sellerId: sellerId ?? null });
  await em.flush();
  return account.id;
}
