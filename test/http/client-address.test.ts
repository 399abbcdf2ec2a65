import { expect, test } from 'vitest';
import { addressReader } from '../../src/http/client-address.ts';

function addressOf(remoteAddress: string, forwardedFor?: string, trusted: readonly string[] = []): string {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  // Nothing else of a socket is read.
  return addressReader(trusted)({ headers, socket: { remoteAddress } as never });
}

const PROXIES = ['10.0.0.0/8', '2001:db8:ff::/48', '192.0.2.7'];

// biome-ignore format: a table
test.each<[string, string, string | undefined, readonly string[], string]>([
  ['nobody is trusted by default',           '203.0.113.5',  '198.51.100.1',                  [],      '203.0.113.5'],
  ['a stranger is not believed',             '203.0.113.5',  '198.51.100.1',                  PROXIES, '203.0.113.5'],
  ['a proxy is',                             '10.1.2.3',     '198.51.100.1',                  PROXIES, '198.51.100.1'],
  ['by its one address',                     '192.0.2.7',    '198.51.100.1',                  PROXIES, '198.51.100.1'],
  ['not by the one beside it',               '192.0.2.8',    '198.51.100.1',                  PROXIES, '192.0.2.8'],
  ['over an IPv6 socket',                    '::ffff:10.1.2.3', '198.51.100.1',               PROXIES, '198.51.100.1'],
  ['over IPv6',                              '2001:db8:ff::9', '198.51.100.1',                PROXIES, '198.51.100.1'],
  ['what the client wrote before is not',    '10.1.2.3',     '127.0.0.1, 198.51.100.1',       PROXIES, '198.51.100.1'],
  ['not even when it names a proxy',         '10.1.2.3',     '10.9.9.9, 198.51.100.1',        PROXIES, '198.51.100.1'],
  ['two proxies in a row',                   '10.1.2.3',     '198.51.100.1, 10.4.5.6',        PROXIES, '198.51.100.1'],
  ['a proxy that names nobody',              '10.1.2.3',     undefined,                       PROXIES, '10.1.2.3'],
  ['nonsense ends the chain',                '10.1.2.3',     '198.51.100.1, unknown, 10.4.5.6', PROXIES, '10.4.5.6'],
  ['with a port',                            '10.1.2.3',     '198.51.100.1:4711',             PROXIES, '198.51.100.1'],
  ['IPv6 with a port',                       '10.1.2.3',     '[2001:db8:1:2:3::4]:4711',      PROXIES, '2001:db8:1:2::/64'],
  ['an IPv6 address counts with its network', '2001:db8:1:2:3:4:5:6', undefined,             [],      '2001:db8:1:2::/64'],
  ['however it is written',                  '2001:0DB8:1:2::1', undefined,                   [],      '2001:db8:1:2::/64'],
  ['also with zeros left out',               '2001:db8::1',  undefined,                       [],      '2001:db8:0:0::/64'],
  ['loopback',                               '::1',          undefined,                       [],      '0:0:0:0::/64'],
  ['a zone is left out',                     'fe80::1%eth0', undefined,                       [],      'fe80:0:0:0::/64'],
  ['a socket that is gone already',          '',             '198.51.100.1',                  PROXIES, ''],
])('%s: %s with %s', (_, remote, forwardedFor, trusted, right) => {
  expect(addressOf(remote, forwardedFor, trusted)).toBe(right);
});
