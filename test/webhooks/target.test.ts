// Where a webhook may go. Every way to write an address that is not public, as people have tried it elsewhere.
import { describe, expect, test } from 'vitest';
import { isPublic } from '../../src/webhooks/addresses.ts';
import { readTarget } from '../../src/webhooks/target.ts';

const refusalOf = (url: string, local = false) => {
  const target = readTarget(url, { local });
  return 'refusal' in target ? target.refusal : undefined;
};

describe('addresses', () => {
  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '240e::1',
  ])('%s is public', (address) => expect(isPublic(address)).toBe(true));

  // biome-ignore format: a table
  test.each([
    '0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.255.254', '168.63.129.16',
    '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255',
    '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255',
    '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1',
    '2001::1', '2001:10::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '4000::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1',
    '', 'localhost', '1.2.3', '2130706433', '1.2.3.4.5',
  ])('%s is not', (address) => {
    expect(isPublic(address)).toBe(false);
  });
});

describe('URLs', () => {
  test.each([
    'https://shop.example.com',
    'https://shop.example.com:8443/a?b=c',
    'https://1.1.1.1/',
    'https://商店.example/钩',
    'HTTPS://SHOP.EXAMPLE:443/#x',
  ])('%s is fine', (url) => expect(refusalOf(url)).toBeUndefined());

  // biome-ignore format: a table
  test.each<[string, RegExp]>([
    ['shop.example.com',                     /must be a URL/],
    ['',                                     /must be a URL/],
    ['https://',                             /must be a URL/],
    ['http://shop.example.com',              /must begin with https/],
    ['ftp://shop.example.com',               /must begin with https/],
    ['file:///etc/passwd',                   /must begin with https/],
    ['gopher://shop.example.com',            /must begin with https/],
    ['https://me:secret@shop.example.com',   /must not contain a user name/],
    ['https://me@shop.example.com',          /must not contain a user name/],
    ['https://shop.example.com:80',          /port 443 or 8443/],
    ['https://shop.example.com:6379',        /port 443 or 8443/],
    ['https://localhost/',                   /this machine/],
    ['https://LOCALHOST./',                  /this machine/],
    ['https://a.localhost/',                 /this machine/],
    ['https://127.0.0.1/',                   /127\.0\.0\.1: that is no public address/],
    ['https://2130706433/',                  /127\.0\.0\.1/],
    ['https://0x7f000001/',                  /127\.0\.0\.1/],
    ['https://0177.0.0.1/',                  /127\.0\.0\.1/],
    ['https://0x7f.1/',                      /127\.0\.0\.1/],
    ['https://127.1/',                       /127\.0\.0\.1/],
    ['https://１２７.0.0.1/',                /127\.0\.0\.1/],
    ['https://169.254.169.254/latest',       /169\.254/],
    ['https://[::1]/',                       /::1/],
    ['https://[::ffff:169.254.169.254]/',    /::ffff:a9fe:a9fe/],
    ['https://[::ffff:7f00:1]/',             /no public address/],
    ['https://[64:ff9b::10.0.0.1]/',         /no public address/],
    ['https://[2002:7f00:1::]/',             /no public address/],
    ['https://0/',                           /0\.0\.0\.0/],
  ])('%s is refused', (url, why) => {
    expect(refusalOf(url)).toMatch(why);
  });

  // biome-ignore format: a table
  test.each<[string, RegExp | undefined]>([
    ['http://localhost:3000/hooks',          undefined],
    ['http://127.0.0.1:3000',                undefined],
    ['http://[::1]:3000',                    undefined],
    ['http://shop.example.com:81',           undefined],
    ['https://shop.example.com',             undefined],
    ['http://10.0.0.1',                      /no public address/],
    ['http://169.254.169.254/',              /no public address/],
    ['http://[::ffff:127.0.0.1]/',           /no public address/],
    ['http://me:secret@localhost:3000',      /must not contain a user name/],
    ['ftp://localhost',                      /must begin with https/],
  ])('on a developer’s machine: %s', (url, why) => {
    if (why === undefined) expect(refusalOf(url, true)).toBeUndefined();
    else expect(refusalOf(url, true)).toMatch(why);
  });
});
