// A connection to an address that has been looked at: what is checked is what is connected to, so that a name that
// answers differently the second time gains nothing.
import { isIPv6, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { Resolve } from './resolve.ts';
import { faultInAddress, type TargetRules } from './target.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** A name leads to an address that is not allowed. */
export class ForbiddenAddress extends Error {}

export interface ConnectNeeds {
  readonly resolve: Resolve;
  readonly rules: TargetRules;
  /** Whom to trust for TLS besides the usual authorities; for tests. */
  readonly ca?: string | undefined;
}

/** TLS checks the certificate against the host name, whatever the address. */
export function checkedConnector({ resolve, rules, ca }: ConnectNeeds): buildConnector.connector {
  return buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    maxCachedSessions: 0,
    lookup: checkedLookup(resolve, rules),
    autoSelectFamily: true,
    ...(ca !== undefined && { ca }),
  });
}

/** All addresses of a host. @throws ForbiddenAddress when any of them is not allowed. */
export async function checkedAddresses(host: string, { resolve, rules }: ConnectNeeds): Promise<readonly string[]> {
  const addresses = await resolve(host);
  for (const address of addresses) {
    const fault = faultInAddress(address, rules);
    if (fault !== undefined) throw new ForbiddenAddress(fault);
  }
  return addresses;
}

/** What net and tls call for every host that is not an address itself. */
function checkedLookup(resolve: Resolve, rules: TargetRules): LookupFunction {
  return (host, { all }, callback) => {
    checkedAddresses(host, { resolve, rules }).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
        found.sort((a, b) => a.family - b.family);
        const [first] = found;
        if (all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
