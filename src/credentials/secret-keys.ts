import { randomBytes } from 'node:crypto';

/** The installation's settings. */
export interface KeptSettings {
  setting(name: string): Promise<string | undefined>;
  settingOnce(name: string, make: () => string): Promise<string>;
}

export interface SecretKeys {
  readonly secretKey: string;
  /** Others under which something may be sealed or signed. */
  readonly otherSecretKeys: readonly string[];
}

/** Where the key that nobody gave is kept. */
export const KEPT_SECRET_KEY = 'SECRET_KEY';

interface GivenKeys {
  readonly secretKey: string | undefined;
  readonly secretKeyAlso: string | undefined;
}

/** The keys that there are, where none is to be made; undefined when there is none. */
export async function secretKeysAtHand(given: GivenKeys, kept: KeptSettings): Promise<SecretKeys | undefined> {
  const current = given.secretKey ?? (await kept.setting(KEPT_SECRET_KEY));
  return current === undefined ? undefined : secretKeys({ ...given, secretKey: current }, kept);
}

/** The key that is given takes the place of the one that was made once and kept, which stays good for reading. */
export async function secretKeys({ secretKey, secretKeyAlso }: GivenKeys, kept: KeptSettings): Promise<SecretKeys> {
  const current = secretKey ?? (await kept.settingOnce(KEPT_SECRET_KEY, () => randomBytes(32).toString('base64url')));
  const others = [secretKeyAlso, await kept.setting(KEPT_SECRET_KEY)];
  return {
    secretKey: current,
    otherSecretKeys: others.filter((key) => key !== undefined).filter((key) => key !== current),
  };
}
