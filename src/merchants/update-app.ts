import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import { type App, type AppKeys, privateKeyOwner } from './app.ts';
import { faultInToken } from './app-input.ts';
import type { CheckedMaterial } from './app-ports.ts';
import {
  type Administrator,
  type AppOutcome,
  faultInGateway,
  foundApp,
  type ManageAppsNeeds,
  materialOf,
  noteOf,
  sealed,
  seenFirst,
  sureAbout,
} from './manage-apps.ts';

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

/**
 * Exchanges keys: what is not given stays. Alipay's new key is added first, and the old one dropped when it is not used
 * any more.
 */
export async function updateApp(needs: ManageAppsNeeds, by: Administrator, asked: UpdateApp): Promise<AppOutcome> {
  let agreed = false;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await needs.apps.find(by.merchantId, asked.appId);
    if (before === undefined) return { kind: 'app_not_found' };
    const outcome = await updateOnce(needs, { by, before, asked, agreed });
    if (outcome !== 'stale') return outcome;
    // The approval that was used up is good for every further try of the same change.
    agreed = true;
  }
  throw new Error('an app is changed all the time');
}

interface Update {
  readonly by: Administrator;
  readonly before: App;
  readonly asked: UpdateApp;
  /** A second person has agreed already, where one has to. */
  readonly agreed: boolean;
}

/** The checker reads which keys are believed from then on, by the fingerprints that Alipay's own pages can be compared with. */
function sureToUpdate(
  needs: ManageAppsNeeds,
  by: Administrator,
  { asked, checked }: { readonly asked: UpdateApp; readonly checked: CheckedMaterial },
) {
  const given = givenIn(asked);
  const what = Object.fromEntries(given.map((field) => [field, String(asked[field])]));
  const summary = `Change ${given.join(', ')} of the Alipay app ${asked.appId}: ${materialOf(checked)}`;
  return sureAbout(needs, by, { act: 'update', what: { ...what, appId: asked.appId }, summary })();
}

async function updateOnce(
  needs: ManageAppsNeeds,
  { by, before, asked, agreed }: Update,
): Promise<AppOutcome | 'stale'> {
  const { appId, keys } = before;
  if (appId === needs.environmentAppId) return invalid('appId', 'is the app of ALI_*: its keys are changed there');
  if (keys === null)
    return invalid('appId', 'has its keys in ALI_*, or had them there: then add it, with all its keys');
  const changed = givenIn(asked);
  if (changed.length === 0) return { kind: 'app', app: before };
  const fault = faultIn(needs, keys, asked);
  if (fault !== undefined) return fault;
  const now = needs.clock.now();
  const checked = needs.checkMaterial(
    {
      ...before,
      gateway: asked.gateway ?? keys.gateway,
      privateKey: asked.privateKey ?? needs.secrets.open(keys.privateKey, privateKeyOwner(appId)),
      alipayKeys: alipayKeysAfter(keys, asked),
      appCert: asked.appCert ?? keys.appCert,
      rootCert: asked.rootCert ?? keys.rootCert,
    },
    now,
  );
  if ('kind' in checked) return checked;
  const held = agreed ? undefined : await sureToUpdate(needs, by, { asked, checked });
  if (held !== undefined) return held;
  const next = sealed(needs, { appId, appAuthToken: asked.appAuthToken ?? null }, checked);
  const change = { keys: { ...next, appAuthToken: next.appAuthToken ?? keys.appAuthToken }, changed };
  const more = { verificationKeys: seenFirst(checked, now), note: noteOf(needs, by, now) };
  if (!(await needs.apps.update(before, change, more))) return 'stale';
  await needs.changed();
  return foundApp(needs, by, appId);
}

const FIELDS = [
  ...(['gateway', 'privateKey', 'addAlipayPublicKey', 'addAlipayCert', 'dropAlipayKey'] as const),
  ...(['appCert', 'rootCert', 'appAuthToken'] as const),
];

function givenIn(asked: UpdateApp) {
  return FIELDS.filter((field) => asked[field]);
}

/** An address that is there already was the operator's to set. */
function faultIn(needs: ManageAppsNeeds, keys: AppKeys, asked: UpdateApp): InvalidInput | undefined {
  const { gateway, appAuthToken } = asked;
  if (keys.appAuthToken === null && appAuthToken)
    return invalid('appAuthToken', "is for a service provider's app only: add that one");
  return (
    (gateway ? faultInGateway(needs, gateway) : undefined) ??
    faultInToken(appAuthToken ?? null) ??
    faultInMode(keys, asked) ??
    faultInAlipayKeys(keys, asked)
  );
}

const OF_A_MODE = {
  key: ['addAlipayPublicKey'],
  certificate: ['addAlipayCert', 'appCert', 'rootCert'],
} as const;

function faultInMode({ appCert }: AppKeys, asked: UpdateApp): InvalidInput | undefined {
  const foreign = (appCert === null ? OF_A_MODE.certificate : OF_A_MODE.key).find((field) => asked[field]);
  return foreign && invalid(foreign, `does not fit the app: it is in ${appCert === null ? 'key' : 'certificate'} mode`);
}

function faultInAlipayKeys(keys: AppKeys, asked: UpdateApp): InvalidInput | undefined {
  const { dropAlipayKey } = asked;
  if (dropAlipayKey && !keys.alipayKeys.some(({ id }) => id === dropAlipayKey))
    return invalid('dropAlipayKey', "must be the fingerprint of one of the app's Alipay keys");
  const { length } = alipayKeysAfter(keys, asked);
  if (length === 0) return invalid('dropAlipayKey', 'must not be the only one: add the next one first');
  const field = keys.appCert === null ? 'addAlipayPublicKey' : 'addAlipayCert';
  return length <= 2 ? undefined : invalid(field, 'would be the third: drop one that is not used any more');
}

/** The newest first. */
function alipayKeysAfter({ alipayKeys }: AppKeys, asked: UpdateApp): readonly string[] {
  const kept = alipayKeys.filter(({ id }) => id !== asked.dropAlipayKey).map(({ pem }) => pem);
  const added = asked.addAlipayPublicKey || asked.addAlipayCert;
  return added ? [added, ...kept] : kept;
}
