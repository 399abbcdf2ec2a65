// Which addresses a message to a merchant may go to: those of the public internet, so that nobody can make the gateway
// talk to its own network. The registries: IANA's special-purpose addresses for IPv4 and IPv6.
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const PRIVATE_V4 = subnets('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carriers; Alibaba Cloud's metadata
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's host
  ['169.254.0.0', 16], // link-local; metadata of most clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);

/** Everything outside is not public: loopback, unique-local, link-local, multicast, v4-mapped, NAT64. */
const GLOBAL_V6 = subnets('ipv6', [['2000::', 3]]);
const SPECIAL_V6 = subnets('ipv6', [
  ['2001::', 23], // Teredo, ORCHID and the like
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4, with any IPv4 address inside
  ['3fff::', 20],
]);

const LOOPBACK_V4 = subnets('ipv4', [['127.0.0.0', 8]]);

export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !PRIVATE_V4.check(address, 'ipv4');
  // An address with a zone is of this machine's own links.
  if (!isIPv6(address) || address.includes('%')) return false;
  return GLOBAL_V6.check(address, 'ipv6') && !SPECIAL_V6.check(address, 'ipv6');
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && LOOPBACK_V4.check(address, 'ipv4'));
}

function subnets(family: 'ipv4' | 'ipv6', list: readonly (readonly [string, number])[]): BlockList {
  const all = new BlockList();
  for (const [net, prefix] of list) all.addSubnet(net, prefix, family);
  return all;
}
