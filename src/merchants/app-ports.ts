import type { VerificationKey } from '../orders/bundle.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import type { App, AppKeys } from './app.ts';
import type { AuditNote } from './ports.ts';

/** The apps of all merchants. Their secrets are sealed before they come here. */
export interface AppBook {
  /** What has changed since it was asked at this time, some of it known already; null: all there is. */
  changedSince(time: string | null): Promise<AppChanges>;
  /** Those of them that are there, oldest first. */
  read(appIds: readonly string[]): Promise<readonly App[]>;
  /** Newest first. */
  list(merchantId: string): Promise<readonly App[]>;
  find(merchantId: string, appId: string): Promise<App | undefined>;
  /** Writes down the keys that messages will name, with the app. */
  add(app: NewApp, more: Noted): Promise<'added' | AppObstacle>;
  /** What would keep it from being added; undefined when nothing does now. */
  obstacleTo(app: Pick<NewApp, 'merchantId' | 'appId' | 'sellerId'>): Promise<AppObstacle | undefined>;
  /** Keys for an app of `before` that has none, suspended from now on; its account learns its seller when neither it nor another account has one. */
  giveKeys(before: App, app: NewApp, more: Noted): Promise<'added' | 'app_taken' | 'seller_taken'>;
  /** Why it stays, or that it is gone: with its account when that has no other app. */
  remove(app: App, note: AuditNote): Promise<'removed' | Stays>;
  /** False when the app is not any more as it was at `before.revision`. `changed`: what the audit log says of it. */
  update(before: App, change: { keys: AppKeys; changed: readonly string[] }, more: Noted): Promise<boolean>;
  /** False when it was so already, or there is no such app. */
  setSuspended(merchantId: string, appId: string, to: { suspended: boolean; note: AuditNote }): Promise<boolean>;
}

/** The app, or its seller, is there already; or the merchant has as many as it may. */
export type AppObstacle = 'app_taken' | 'seller_taken' | 'full';

/**
 * Why an app stays: its keys are in the environment, or were; its account has orders; money that no order of its merchant's fits
 * waits in a case; it may sell; other processes may not know yet that it must not.
 */
export type Stays = 'environment' | 'orders' | 'money' | 'active' | 'just_changed';

export interface AppChanges {
  /** When it was asked, by the database's clock. */
  readonly at: string;
  readonly changed: readonly Pick<App, 'appId' | 'revision'>[];
  /** How many apps there are: one that was removed is named nowhere. */
  readonly count: number;
  readonly suspendedMerchants: readonly string[];
}

export type NewApp = Omit<App, 'revision' | 'suspendedAt' | 'sellerId' | 'keys' | 'createdAt'> & {
  readonly sellerId: string;
  readonly keys: AppKeys;
};

export interface Noted {
  readonly verificationKeys: readonly VerificationKey[];
  readonly note: AuditNote;
}

/** What a caller brings for an app, its secrets open. */
export interface AppMaterial {
  readonly appId: string;
  readonly providerAppId: string | null;
  readonly sellerId: string | null;
  readonly gateway: string;
  readonly privateKey: string;
  /** Public keys, or certificates when there is an `appCert`; the newest first. */
  readonly alipayKeys: readonly string[];
  readonly appCert: string | null;
  readonly rootCert: string | null;
}

/** The same, seen to fit together and in one spelling. */
export interface CheckedMaterial {
  readonly gateway: string;
  /** PKCS#8 in PEM. */
  readonly privateKey: string;
  readonly keyId: string;
  readonly alipayKeys: readonly VerificationKey[];
  readonly appCert: string | null;
  readonly rootCert: string | null;
  readonly validUntil: Date | null;
}

/** Looks at keys and certificates as a start does: that they pair, are not swapped, and have not ended. */
export type CheckMaterial = (material: AppMaterial, now: Date) => CheckedMaterial | InvalidInput;
