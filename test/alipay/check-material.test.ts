import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkMaterial } from '../../src/alipay/check-material.ts';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import type { AppMaterial } from '../../src/merchants/app-ports.ts';
import { alipay, app, bare, pem, stranger } from './keys.ts';

const NOW = new Date('2026-11-24T02:00:05Z');
const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const KEYED: AppMaterial = {
  appId: '2021000000000009',
  providerAppId: null,
  sellerId: '2088000000000009',
  gateway: 'https://openapi.alipay.com/gateway.do',
  privateKey: bare(app.privateKey, 'pkcs1'),
  alipayKeys: [bare(alipay.publicKey, 'spki')],
  appCert: null,
  rootCert: null,
};
const CERTIFIED: AppMaterial = {
  ...KEYED,
  privateKey: file('app.key'),
  alipayKeys: [file('alipay-chain.crt')],
  appCert: file('app.crt'),
  rootCert: file('root.crt'),
};

test('keys that fit come out in one spelling, with their fingerprints', () => {
  expect(checkMaterial({ ...KEYED, alipayKeys: [...KEYED.alipayKeys, pem(stranger.publicKey, 'spki')] }, NOW)).toEqual({
    gateway: KEYED.gateway,
    privateKey: pem(app.privateKey, 'pkcs8'),
    keyId: fingerprintOf(app.publicKey),
    alipayKeys: [alipay, stranger].map(({ publicKey }) => ({
      id: fingerprintOf(publicKey),
      publicKey: pem(publicKey, 'spki'),
      certificate: null,
      firstSeenAt: NOW,
    })),
    appCert: null,
    rootCert: null,
    validUntil: null,
  });
});

test('certificates that fit come with the day when the first of them ends', () => {
  expect(checkMaterial(CERTIFIED, NOW)).toMatchObject({
    appCert: expect.stringContaining('BEGIN CERTIFICATE'),
    alipayKeys: [{ certificate: expect.stringContaining('BEGIN CERTIFICATE') }],
    validUntil: expect.any(Date),
  });
});

// biome-ignore format: a table
test.each<[string, AppMaterial, string, RegExp]>([
  ['our own public key',   { ...KEYED, alipayKeys: [bare(app.publicKey, 'spki')] },                 'alipayPublicKey', /public half of privateKey/],
  ['a private key',        { ...KEYED, alipayKeys: [bare(alipay.privateKey, 'pkcs8')] },            'alipayPublicKey', /private key/],
  ['no private key',       { ...KEYED, privateKey: bare(app.publicKey, 'spki') },                   'privateKey',      /public key/],
  ['the same key twice',   { ...KEYED, alipayKeys: [...KEYED.alipayKeys, ...KEYED.alipayKeys] },    'alipayPublicKey', /there already/],
  ['noise',                { ...KEYED, privateKey: 'secret noise!' },                               'privateKey',      /neither PEM nor Base64/],
  ['another certificate',  { ...CERTIFIED, privateKey: bare(app.privateKey, 'pkcs8') },             'appCert',         /not the certificate of privateKey/],
  ['a query in the URL',   { ...KEYED, gateway: 'https://openapi.alipay.com/gateway.do?x=1' },      'gateway',         /query/],
])('%s: the field is named as the API names it, and no secret shown', (_, material, field, says) => {
  const refused = checkMaterial(material, NOW);
  expect(refused).toMatchObject({ kind: 'invalid_input', field, message: expect.stringMatching(says) });
  expect(JSON.stringify(refused)).not.toMatch(/ALI_|secret noise/);
});

test('certificates that have ended are refused', () => {
  expect(checkMaterial(CERTIFIED, new Date('2200-01-01T00:00:00Z'))).toMatchObject({
    kind: 'invalid_input',
    field: 'appCert',
    message: expect.stringContaining('ended'),
  });
});
