import type { SealedSecrets } from '../deliveries/ports.ts';
import type { VerificationKey } from '../orders/bundle.ts';
import type { Json } from '../orders/canonical-json.ts';
import { faultInUrl, invalid } from '../orders/input-rules.ts';
import type { ConfirmationRequired, InvalidInput } from '../orders/outcomes.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import { type App, type AppKeys, authTokenOwner, MOST_APPS, privateKeyOwner } from './app.ts';
import { type AddApp, faultInApp } from './app-input.ts';
import type { AppBook, AppObstacle, CheckedMaterial, CheckMaterial } from './app-ports.ts';
import type { AuditNote } from './ports.ts';
import type { AskSecondPerson } from './second-person.ts';

export interface ManageAppsNeeds {
  readonly apps: AppBook;
  readonly secrets: SealedSecrets;
  readonly checkMaterial: CheckMaterial;
  /** Of the app that the environment brings keys for: those are changed there. Undefined: not known here. */
  readonly environmentAppId: string | undefined;
  /** Where an app calls unless it says otherwise; undefined: it must say. */
  readonly defaultGateway: string | undefined;
  /** Whether an app may call there: whoever names the address must not reach into our network. */
  readonly mayCall: (gateway: string) => boolean;
  /** Has this process know at once what has changed. */
  readonly changed: () => Promise<void>;
  readonly secondPerson: AskSecondPerson;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** Whose apps they are, and who asks. */
export interface Administrator {
  readonly merchantId: string;
  /** For the audit log. */
  readonly actor: string;
}

export type AppOutcome =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'app_not_found' }
  | { readonly kind: 'app_limit'; readonly most: number }
  | ConfirmationRequired
  | InvalidInput;

/**
 * A new app of the merchant's, which makes its new orders from now on. One that the environment named before gets its keys
 * here as well, and is suspended: its orders are looked after again, and new ones go where they went.
 */
export async function addApp(needs: ManageAppsNeeds, by: Administrator, asked: AddApp): Promise<AppOutcome> {
  const gateway = asked.gateway ?? needs.defaultGateway ?? '';
  const fault = faultInApp(asked) ?? faultInGateway(needs, gateway);
  if (fault !== undefined) return fault;
  const now = needs.clock.now();
  const { appId, providerAppId, sellerId, appCert, rootCert, privateKey } = asked;
  const former = await needs.apps.find(by.merchantId, appId);
  const notFormer = former && faultInFormer(needs, former, sellerId);
  if (notFormer !== undefined) return notFormer;
  const alipayKeys = [appCert === null ? asked.alipayPublicKey : asked.alipayCert].filter((key) => key !== null);
  const material = { appId, providerAppId, sellerId, gateway, privateKey, alipayKeys, appCert, rootCert };
  const checked = needs.checkMaterial(material, now);
  if ('kind' in checked) return checked;
  const obstacle = former ? undefined : await needs.apps.obstacleTo({ merchantId: by.merchantId, appId, sellerId });
  if (obstacle !== undefined) return refusalOf(obstacle);
  const summary = `${former ? 'Give keys to' : 'Add'} the Alipay app ${appId}, which collects for seller ${sellerId}: ${materialOf(checked)}`;
  const held = await sureAbout(needs, by, { act: 'add', what: { ...asked }, summary })();
  if (held !== undefined) return held;
  const keys = sealed(needs, asked, checked);
  const app = { appId, providerAppId, sellerId, merchantId: by.merchantId, accountId: needs.newId(now), keys };
  const more = { verificationKeys: seenFirst(checked, now), note: noteOf(needs, by, now) };
  const added = await (former ? needs.apps.giveKeys(former, app, more) : needs.apps.add(app, more));
  if (added !== 'added') return refusalOf(added);
  await needs.changed();
  return foundApp(needs, by, appId);
}

/** An app that is there takes keys when those of ALI_* were its own, and are not any more. */
function faultInFormer({ environmentAppId }: ManageAppsNeeds, former: App, sellerId: string): InvalidInput | undefined {
  if (former.keys !== null) return invalid('appId', 'is an app of this installation already');
  if (environmentAppId === undefined)
    return invalid('appId', 'may be the app of ALI_*: set those variables as the gateways have them, so that it shows');
  if (former.appId === environmentAppId) return invalid('appId', 'is the app of ALI_*: its keys are changed there');
  if (former.sellerId !== null && former.sellerId !== sellerId)
    return invalid('sellerId', `must be ${former.sellerId}, for which the app has collected`);
  return undefined;
}

function refusalOf(obstacle: AppObstacle): AppOutcome {
  switch (obstacle) {
    case 'app_taken':
      return invalid('appId', 'is an app of this installation already');
    case 'seller_taken':
      return invalid('sellerId', 'belongs to another merchant of this installation');
    case 'full':
      return { kind: 'app_limit', most: MOST_APPS };
  }
}

/** What it calls and whom it believes, as a person can compare it. */
export function materialOf({ gateway, keyId, alipayKeys }: CheckedMaterial): string {
  return `over ${gateway}, with our key ${keyId} and Alipay's ${alipayKeys.map(({ id }) => id).join(', ')}`;
}

/** What money is collected with changes only once a second person agrees, where the merchant's policy asks for one. */
export function sureAbout(
  { secondPerson }: Pick<ManageAppsNeeds, 'secondPerson'>,
  { merchantId, actor }: Administrator,
  {
    act,
    what,
    summary,
  }: { act: 'add' | 'update' | 'suspend' | 'resume'; what: { readonly [field: string]: Json }; summary: string },
) {
  return secondPerson({ merchantId, keyId: actor }, { kind: 'app', what: { act, ...what }, summary });
}

/** The app makes no new orders from now on, or makes them again. Its open ones are looked after in either case. */
export async function setAppSuspended(
  needs: ManageAppsNeeds,
  by: Administrator,
  { appId, suspended }: { readonly appId: string; readonly suspended: boolean },
): Promise<AppOutcome> {
  const held = await sureToSwitch(needs, by, { appId, suspended });
  if (held !== undefined) return held;
  const note = noteOf(needs, by, needs.clock.now());
  await needs.apps.setSuspended(by.merchantId, appId, { suspended, note });
  await needs.changed();
  return foundApp(needs, by, appId);
}

/** Whoever is to collect from now on is a second person's matter too; that nobody does is not. */
async function sureToSwitch(
  needs: ManageAppsNeeds,
  by: Administrator,
  { appId, suspended }: { readonly appId: string; readonly suspended: boolean },
) {
  const apps = await needs.apps.list(by.merchantId);
  const collects = (isSuspended: (app: App) => boolean) => apps.find((app) => !isSuspended(app))?.accountId;
  const now = collects(({ suspendedAt }) => suspendedAt !== null);
  const next = collects((app) => (app.appId === appId ? suspended : app.suspendedAt !== null));
  if (next === undefined || next === now) return undefined;
  const act = suspended ? ('suspend' as const) : ('resume' as const);
  const summary = `${suspended ? 'Suspend' : 'Resume'} the Alipay app ${appId}: another account collects from then on`;
  return sureAbout(needs, by, { act, what: { appId }, summary })();
}

export async function foundApp(
  { apps }: Pick<ManageAppsNeeds, 'apps'>,
  { merchantId }: Administrator,
  appId: string,
): Promise<AppOutcome> {
  const app = await apps.find(merchantId, appId);
  return app === undefined ? { kind: 'app_not_found' } : { kind: 'app', app };
}

export function faultInGateway({ mayCall }: Pick<ManageAppsNeeds, 'mayCall'>, gateway: string) {
  const fault = faultInUrl('gateway', gateway, 256);
  if (fault !== undefined || mayCall(gateway)) return fault;
  return invalid('gateway', "must be Alipay's, or the installation's own: the operator may set others");
}

/** As it is kept. */
export function sealed(
  { secrets }: Pick<ManageAppsNeeds, 'secrets'>,
  { appId, appAuthToken }: Pick<AddApp, 'appId' | 'appAuthToken'>,
  checked: CheckedMaterial,
): AppKeys {
  const { gateway, keyId, alipayKeys, appCert, rootCert, validUntil } = checked;
  return {
    gateway,
    privateKey: secrets.seal(checked.privateKey, privateKeyOwner(appId)),
    keyId,
    alipayKeys: alipayKeys.map(({ id, publicKey, certificate }) => ({ id, pem: certificate ?? publicKey })),
    appCert,
    rootCert,
    validUntil,
    appAuthToken: appAuthToken === null ? null : secrets.seal(appAuthToken, authTokenOwner(appId)),
  };
}

export function seenFirst({ alipayKeys }: CheckedMaterial, at: Date): readonly VerificationKey[] {
  return alipayKeys.map((key) => ({ ...key, firstSeenAt: at }));
}

export function noteOf({ newId }: Pick<ManageAppsNeeds, 'newId'>, { actor }: Administrator, at: Date): AuditNote {
  return { id: newId(at), actor, at };
}
