// Where a request comes from, as it is counted. A header says so only where a proxy is trusted to have written it.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** The address that a request is counted under: an IPv4 address, or the network of an IPv6 one. */
export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * With no proxy trusted it is the other side of the connection. Else `X-Forwarded-For` is read from its end, where the nearest
 * proxy writes, up to the first address that is no trusted proxy's: what stands before it anybody may have written.
 */
export function addressReader(trustedProxies: readonly string[]): AddressOf {
  const isTrusted = trustedProxies.length === 0 ? () => false : memberOf(trustedProxies);
  return ({ headers, socket }) => {
    let address = plain(socket.remoteAddress ?? '');
    if (!isTrusted(address)) return countedAs(address);
    for (const hop of hopsOf(headers['x-forwarded-for']).reverse()) {
      const named = plain(withoutPort(hop.trim()));
      if (isIP(named) === 0) break;
      address = named;
      if (!isTrusted(address)) break;
    }
    return countedAs(address);
  };
}

function memberOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [net = '', prefix] = network.split('/');
    const family = isIPv4(net) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(net, family);
    else list.addSubnet(net, Number(prefix), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function hopsOf(header: string | readonly string[] | undefined): string[] {
  return header === undefined ? [] : String(header).split(',');
}

/** An IPv4 address that came over an IPv6 socket is an IPv4 address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, '').replace(/%.*$/, '');
}

/** Some proxies write the port too: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? (hop.split(':').length === 2 ? hop.replace(/:\d+$/, '') : hop);
}

/** Who has one IPv6 address has the whole network of 2⁶⁴ around it. */
function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = '', after] = canonical.split('::');
  const groups = before.split(':').filter((group) => group !== '');
  const last = after?.split(':').filter((group) => group !== '') ?? [];
  const zeros = after === undefined ? 0 : 8 - groups.length - last.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${all.slice(0, 4).join(':')}::/64`;
}
