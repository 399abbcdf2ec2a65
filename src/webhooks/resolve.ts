import { lookup, Resolver } from 'node:dns/promises';

/** The addresses of a host name. @throws when it has none, or nobody says. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks the name servers over sockets of its own. The system's way (getaddrinfo) would hold one of the process's few
 * threads for each name server that does not answer, and with them whatever else needs a thread.
 */
export function nameServers(): Resolve {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  return async (host) => {
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0) throw Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
    return addresses;
  };
}

/** As the machine sees names, /etc/hosts included: for a developer's own. */
export const machineNames: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
