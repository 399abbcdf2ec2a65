import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { type Finding, ok, reasonOf, wrong } from '../finding.ts';
import { type AccessTokenOptions, publishedKeys } from './access-tokens.ts';

const ABOUT = 'JWT_JWKS_URL';

/** Asks the issuer for its keys as the gateway does. A gateway that starts without them lets no access token in. */
export async function checkIssuer(issuer: Pick<AccessTokenOptions, 'jwksUrl' | 'algorithms'>): Promise<Finding> {
  const { jwksUrl, algorithms } = issuer;
  const { username, password, hostname } = new URL(jwksUrl);
  if (username !== '' || password !== '')
    return wrong(ABOUT, 'names a user or a password, with which nothing is fetched', 'give it without');
  try {
    const keys = await publishedKeys(jwksUrl);
    const known = createLocalJWKSet(keys);
    const served = await Promise.all(algorithms.map((alg) => hasKeyFor(known, alg)));
    const usable = algorithms.filter((_, n) => served[n]);
    if (usable.length > 0)
      return ok(ABOUT, `${hostname} publishes ${keys.keys.length} keys, usable for ${usable.join(', ')}`);
    return wrong(
      ABOUT,
      `none of the ${keys.keys.length} keys that ${hostname} publishes is usable for ${algorithms.join(', ')}`,
      'set JWT_ALGORITHMS to what the issuer signs with',
    );
  } catch (error) {
    return wrong(
      ABOUT,
      `${hostname} gives no key set: ${error instanceof errors.JOSEError ? error.message : reasonOf(error)}`,
      'see the address and that this machine may reach it',
    );
  }
}

/** Several keys for one algorithm are told apart by what a token names. */
async function hasKeyFor(known: JWTVerifyGetKey, alg: string): Promise<boolean> {
  try {
    return isStrong(await known({ alg }, { payload: '', signature: '' }));
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return false;
    for await (const key of error) if (isStrong(key)) return true;
    return false;
  }
}

/** RFC 7518, 3.3 and 3.5: shorter ones verify nothing. */
const MIN_RSA_BITS = 2048;

function isStrong(key: Awaited<ReturnType<JWTVerifyGetKey>>): boolean {
  if (!('algorithm' in key) || !('modulusLength' in key.algorithm)) return true;
  return Number(key.algorithm.modulusLength) >= MIN_RSA_BITS;
}
