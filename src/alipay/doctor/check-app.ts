// An app that lies in the database, looked at as the environment's is, once its secrets open.
import type { SealedSecrets } from '../../deliveries/ports.ts';
import { type Finding, ok, wrong } from '../../finding.ts';
import { type App, type AppKeys, authTokenOwner, privateKeyOwner } from '../../merchants/app.ts';
import { readAccount } from '../account.ts';
import { inFields, settingsOf } from '../check-material.ts';
import { AlipaySettingsError } from '../settings-error.ts';
import { checkAccount } from './check-account.ts';

/** One line for all of an app: thousands of them are looked at together. */
export function checkApp(app: App & { readonly keys: AppKeys }, secrets: SealedSecrets, now: Date): Finding {
  const about = `app ${app.appId}`;
  const odd = [...checkToken(app, secrets), ...checkKeys(app, secrets, now)];
  const [first] = odd;
  if (first === undefined) return ok(about, 'its secrets open, its keys fit');
  const status = odd.some((one) => one.status === 'wrong') ? 'wrong' : 'warning';
  const fixes = new Set(odd.map(({ fix }) => fix));
  return { status, about, says: odd.map(({ says }) => says).join('; '), fix: [...fixes].join('; ') };
}

function checkToken({ appId, keys }: App & { readonly keys: AppKeys }, secrets: SealedSecrets): readonly Finding[] {
  if (keys.appAuthToken === null) return [];
  const token = opened(() => secrets.open(keys.appAuthToken ?? '', authTokenOwner(appId)));
  return 'closed' in token ? [sealedAway(appId, 'appAuthToken', token.closed)] : [];
}

function checkKeys(app: App & { readonly keys: AppKeys }, secrets: SealedSecrets, now: Date): readonly Finding[] {
  const { appId, keys } = app;
  const key = opened(() => secrets.open(keys.privateKey, privateKeyOwner(appId)));
  if ('closed' in key) return [sealedAway(appId, 'privateKey', key.closed)];
  const material = { ...app, ...keys, privateKey: key.secret, alipayKeys: [] };
  const [newest = '', ...before] = keys.alipayKeys.map(({ pem }) => pem);
  const found = checkAccount(settingsOf(material, newest), now).filter(({ status }) => status !== 'ok');
  // One that is on its way out may have ended: that is why it goes.
  const faults = before.flatMap((pem) => faultsIn(() => readAccount(settingsOf(material, pem))));
  return [...found, ...faults].map(({ status, about, says }) => ({
    status,
    about: appId,
    says: inFields(`${about} ${says}`),
    fix: `bring it again from the open platform: npx kassa apps rotate ${appId} (docs/merchants.md)`,
  }));
}

function faultsIn(read: () => unknown): readonly Finding[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof AlipaySettingsError)) throw error;
    return [wrong(error.variable, error.message.slice(error.variable.length + 1), '')];
  }
}

/** The words of what failed name keys by their ids only. */
function sealedAway(appId: string, what: string, reason: string): Finding {
  return wrong(
    appId,
    `${what} does not open: ${reason}`,
    'give SECRET_KEY or SECRET_KEY_ALSO as the gateways had them when it was sealed; if that key is lost, bring the ' +
      `secret again: npx kassa apps rotate ${appId}`,
  );
}

function opened(open: () => string): { readonly secret: string } | { readonly closed: string } {
  try {
    return { secret: open() };
  } catch (error) {
    return { closed: error instanceof Error ? error.message : String(error) };
  }
}
