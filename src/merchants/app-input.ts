// What a caller may bring for an app, before its keys are looked at.
import { invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';

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

export function faultInApp(asked: AddApp): InvalidInput | undefined {
  return faultInNames(asked) ?? faultInProvider(asked) ?? faultInMode(asked);
}

function faultInNames({ appId, sellerId, providerAppId }: AddApp): InvalidInput | undefined {
  if (!isAppId(appId)) return invalid('appId', 'must be the digits of an Alipay app id');
  if (!/^\d{16,28}$/.test(sellerId)) return invalid('sellerId', 'must be the 16 digits of a seller id (PID)');
  if (providerAppId !== null && !isAppId(providerAppId))
    return invalid('providerAppId', 'must be the digits of an Alipay app id');
  return undefined;
}

function isAppId(text: string): boolean {
  return /^\d{8,32}$/.test(text);
}

function faultInProvider({ providerAppId, appAuthToken }: AddApp): InvalidInput | undefined {
  if ((providerAppId === null) !== (appAuthToken === null))
    return invalid(
      appAuthToken === null ? 'appAuthToken' : 'providerAppId',
      'is missing: a service provider needs both providerAppId and appAuthToken',
    );
  return faultInToken(appAuthToken);
}

export function faultInToken(appAuthToken: string | null): InvalidInput | undefined {
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
