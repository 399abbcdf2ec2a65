// An Alipay app of a merchant's. Terms: the *environment's app* is the one that ALI_* names (or the built-in sandbox's); it
// has a row like all others and no keys there.

/** An app as it is kept. */
export interface App {
  /** Alipay's id of the app that collects; with a service provider the merchant's own, which notifications name auth_app_id. */
  readonly appId: string;
  /** The service provider's app that signs in its place; null: it signs for itself. */
  readonly providerAppId: string | null;
  readonly merchantId: string;
  /** The Alipay account (seller) that it collects for. */
  readonly accountId: string;
  readonly sellerId: string | null;
  /** Null: its keys are, or were, in the environment. */
  readonly keys: AppKeys | null;
  readonly createdAt: Date | null;
  /** Since when it makes no new orders. */
  readonly suspendedAt: Date | null;
  /** Another text after each change. */
  readonly revision: string;
}

/** How an app reaches Alipay and believes it. */
export interface AppKeys {
  readonly gateway: string;
  /** PKCS#8 in PEM, sealed. */
  readonly privateKey: string;
  /** Fingerprint of the private key's public half. */
  readonly keyId: string;
  /** One, or two while Alipay's key is exchanged; the first is the newest. */
  readonly alipayKeys: readonly KeptKey[];
  /** Certificate mode; null: key mode. */
  readonly appCert: string | null;
  readonly rootCert: string | null;
  /** When the first of its certificates ends. */
  readonly validUntil: Date | null;
  /** Sealed. */
  readonly appAuthToken: string | null;
}

/** One of Alipay's keys. */
export interface KeptKey {
  /** Its fingerprint. */
  readonly id: string;
  /** In PEM: a public key, or in certificate mode the certificate. */
  readonly pem: string;
}

/** At most so many apps of one merchant. */
export const MOST_APPS = 100;

/** Whose the sealed secrets of an app are. */
export function privateKeyOwner(appId: string): string {
  return `app:${appId}:private-key`;
}

export function authTokenOwner(appId: string): string {
  return `app:${appId}:auth-token`;
}
