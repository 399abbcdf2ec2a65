import type { SealedSecrets } from '../deliveries/ports.ts';
import type { VerificationKey } from '../orders/bundle.ts';
import { faultInUrl, invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import { type App, type AppKeys, authTokenOwner, MOST_APPS, privateKeyOwner } from './app.ts';
import type { AppBook, AppMaterial, AuditNote, CheckedMaterial, CheckMaterial } from './ports.ts';

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
  readonly clock: Clock;
  readonly newId: NewId;
}

/** Whose apps they are, and who asks. */
export interface Administrator {
  readonly merchantId: string;
  /** For the audit log. */
  readonly actor: string;
}

export interface AddApp {
  readonly appId: string;
  readonly sellerId: string;
  readonly gateway: string | null;
  readonly privateKey: string;
  readonly alipayPublicKey: string | null;
  readonly appCert: string | null;
  readonly alipayCert: string | null;
  readonly rootCert: string | null;
  /** Both or neither. */
  readonly providerAppId: string | null;
  readonly appAuthToken: string | null;
}

export type AppOutcome =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'app_not_found' }
  | { readonly kind: 'app_limit'; readonly most: number }
  | InvalidInput;

/** A new app of the merchant's, which makes its new orders from now on. */
export async function addApp(needs: ManageAppsNeeds, by: Administrator, asked: AddApp): Promise<AppOutcome> {
  const now = needs.clock.now();
  const fault = faultInNames(asked) ?? faultInMode(asked);
  if (fault !== undefined) return fault;
  const { appId, providerAppId, sellerId, appCert, rootCert, privateKey } = asked;
  const alipayKeys = [appCert === null ? asked.alipayPublicKey : asked.alipayCert].filter((key) => key !== null);
  const gateway = asked.gateway ?? needs.defaultGateway;
  const material = { appId, providerAppId, sellerId, privateKey, alipayKeys, appCert, rootCert };
  const checked = check(needs, { ...material, gateway: gateway ?? '' }, now);
  if (checked.kind === 'invalid_input') return checked;
  const keys = sealed(needs, asked, checked);
  const app = { appId, providerAppId, sellerId, merchantId: by.merchantId, accountId: needs.newId(now), keys };
  const added = await needs.apps.add(app, seenFirst(checked, now), noteOf(needs, by, now));
  if (added === 'app_taken') return invalid('appId', 'is an app of this installation already');
  if (added === 'seller_taken') return invalid('sellerId', 'belongs to another merchant of this installation');
  if (added === 'full') return { kind: 'app_limit', most: MOST_APPS };
  await needs.changed();
  return found(needs, by, appId);
}

export interface UpdateApp {
  readonly appId: string;
  readonly gateway?: string | null;
  readonly privateKey?: string | null;
  /** Verifies from now on too, beside the one that is there. */
  readonly addAlipayPublicKey?: string | null;
  readonly addAlipayCert?: string | null;
  /** Fingerprint of the one that verifies no more. */
  readonly dropAlipayKey?: string | null;
  readonly appCert?: string | null;
  readonly rootCert?: string | null;
  readonly appAuthToken?: string | null;
}

const MOST_TRIES = 5;

/** Exchanges keys: what is not given stays. Alipay's new key is added first, and the old one dropped when it is not used any more. */
export async function updateApp(needs: ManageAppsNeeds, by: Administrator, asked: UpdateApp): Promise<AppOutcome> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const outcome = await tryToUpdate(needs, by, asked);
    if (outcome !== 'stale') return outcome;
  }
  throw new Error('an app is changed all the time');
}

async function tryToUpdate(needs: ManageAppsNeeds, by: Administrator, asked: UpdateApp): Promise<AppOutcome | 'stale'> {
  const before = await needs.apps.find(by.merchantId, asked.appId);
  if (before === undefined) return { kind: 'app_not_found' };
  if (before.keys === null || before.appId === needs.environmentAppId)
    return invalid('appId', 'is the app of ALI_*: its keys are changed there');
  const { keys } = before;
  if (keys.appAuthToken === null && asked.appAuthToken)
    return invalid('appAuthToken', "is for a service provider's app only: add that one");
  const alipayKeys = alipayKeysAfter(keys, asked);
  if ('kind' in alipayKeys) return alipayKeys;
  const now = needs.clock.now();
  const material: AppMaterial = {
    ...before,
    gateway: asked.gateway ?? keys.gateway,
    privateKey: asked.privateKey ?? needs.secrets.open(keys.privateKey, privateKeyOwner(before.appId)),
    alipayKeys,
    appCert: asked.appCert ?? keys.appCert,
    rootCert: asked.rootCert ?? keys.rootCert,
  };
  const checked = check(needs, material, now);
  if (checked.kind === 'invalid_input') return checked;
  const { appAuthToken } = asked;
  const next = sealed(needs, { appId: before.appId, appAuthToken: appAuthToken ?? null }, checked);
  const change = {
    keys: { ...next, appAuthToken: next.appAuthToken ?? keys.appAuthToken },
    changed: givenIn(asked),
  };
  const more = { verificationKeys: seenFirst(checked, now), note: noteOf(needs, by, now) };
  if (!(await needs.apps.update(before, change, more))) return 'stale';
  await needs.changed();
  return found(needs, by, before.appId);
}

function givenIn(asked: UpdateApp): readonly string[] {
  return Object.entries(asked).flatMap(([name, value]) => (name !== 'appId' && value ? [name] : []));
}

/** The newest first. */
function alipayKeysAfter(keys: AppKeys, asked: UpdateApp): readonly string[] | InvalidInput {
  const field = keys.appCert === null ? 'addAlipayPublicKey' : 'addAlipayCert';
  const other = keys.appCert === null ? 'addAlipayCert' : 'addAlipayPublicKey';
  if (asked[other]) return invalid(other, `does not fit the app's mode: give ${field}`);
  const { dropAlipayKey } = asked;
  if (dropAlipayKey && !keys.alipayKeys.some(({ id }) => id === dropAlipayKey))
    return invalid('dropAlipayKey', "must be the fingerprint of one of the app's Alipay keys");
  const kept = keys.alipayKeys.filter(({ id }) => id !== dropAlipayKey).map(({ pem }) => pem);
  const added = asked[field] ? [asked[field], ...kept] : kept;
  if (added.length === 0) return invalid('dropAlipayKey', 'must not be the only one: add the next one first');
  return added.length <= 2 ? added : invalid(field, 'would be the third: drop one that is not used any more');
}

/** The app makes no new orders from now on, or makes them again. Its open ones are looked after in either case. */
export async function setAppSuspended(
  needs: ManageAppsNeeds,
  by: Administrator,
  { appId, suspended }: { readonly appId: string; readonly suspended: boolean },
): Promise<AppOutcome> {
  const note = noteOf(needs, by, needs.clock.now());
  await needs.apps.setSuspended(by.merchantId, appId, { suspended, note });
  await needs.changed();
  return found(needs, by, appId);
}

async function found(needs: ManageAppsNeeds, { merchantId }: Administrator, appId: string): Promise<AppOutcome> {
  const app = await needs.apps.find(merchantId, appId);
  return app === undefined ? { kind: 'app_not_found' } : { kind: 'app', app };
}

function faultInNames({ appId, sellerId, providerAppId, appAuthToken }: AddApp): InvalidInput | undefined {
  if (!/^\d{8,32}$/.test(appId)) return invalid('appId', 'must be the digits of an Alipay app id');
  if (!/^\d{16,28}$/.test(sellerId)) return invalid('sellerId', 'must be the 16 digits of a seller id (PID)');
  if (providerAppId !== null && !/^\d{8,32}$/.test(providerAppId))
    return invalid('providerAppId', 'must be the digits of an Alipay app id');
  if ((providerAppId === null) !== (appAuthToken === null))
    return invalid(
      appAuthToken === null ? 'appAuthToken' : 'providerAppId',
      'is missing: a service provider needs both providerAppId and appAuthToken',
    );
  return faultInToken(appAuthToken);
}

function faultInToken(appAuthToken: string | null): InvalidInput | undefined {
  const right = appAuthToken === null || /^[\x21-\x7e]{1,128}$/.test(appAuthToken);
  return right ? undefined : invalid('appAuthToken', 'must be 1 to 128 characters without spaces');
}

function faultInMode({ alipayPublicKey, appCert, alipayCert, rootCert }: AddApp): InvalidInput | undefined {
  const certificates = { appCert, alipayCert, rootCert };
  const missing = Object.entries(certificates).find(([, pem]) => pem === null)?.[0];
  if (Object.values(certificates).every((pem) => pem === null))
    return alipayPublicKey === null ? invalid('alipayPublicKey', 'is missing (or give three certificates)') : undefined;
  if (missing !== undefined) return invalid(missing, 'is missing: certificate mode needs all three certificates');
  return alipayPublicKey === null ? undefined : invalid('alipayPublicKey', 'has no place beside certificates');
}

function check(
  { checkMaterial, mayCall }: ManageAppsNeeds,
  material: AppMaterial,
  now: Date,
): (CheckedMaterial & { readonly kind: 'fits' }) | InvalidInput {
  const fault = faultInUrl('gateway', material.gateway, 256);
  if (fault !== undefined) return fault;
  if (!mayCall(material.gateway))
    return invalid('gateway', "must be Alipay's, or the installation's own: the operator may set others");
  const checked = checkMaterial(material, now);
  return 'kind' in checked ? checked : { ...checked, kind: 'fits' };
}

function sealed(
  { secrets }: ManageAppsNeeds,
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

function seenFirst({ alipayKeys }: CheckedMaterial, at: Date): readonly VerificationKey[] {
  return alipayKeys.map((key) => ({ ...key, firstSeenAt: at }));
}

function noteOf({ newId }: Pick<ManageAppsNeeds, 'newId'>, { actor }: Administrator, at: Date): AuditNote {
  return { id: newId(at), actor, at };
}
