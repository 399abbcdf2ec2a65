import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AlipaySettings, readAccount } from '../../src/alipay/account.ts';
import { AlipaySettingsError } from '../../src/alipay/settings-error.ts';
import { alipay, app, bare, pem } from './keys.ts';

const settings: AlipaySettings = {
  appId: '2021000000000001',
  privateKey: pem(app.privateKey, 'pkcs8'),
  publicKey: pem(alipay.publicKey, 'spki'),
  gateway: 'https://openapi.alipay.com/gateway.do',
};

function complaint(change: Partial<AlipaySettings>): AlipaySettingsError {
  try {
    readAccount({ ...settings, ...change });
  } catch (error) {
    if (error instanceof AlipaySettingsError) return error;
    throw error;
  }
  throw new Error('no complaint');
}

const wrapped = (text: string) => ` ${text.replace(/(.{70})/g, '$1\r\n\t')}\n\n`;
const oneLine = (text: string) => text.replaceAll('\n', '\\n');

describe('keys', () => {
  test.each([
    ['PKCS#8 PEM', pem(app.privateKey, 'pkcs8')],
    ['PKCS#1 PEM', pem(app.privateKey, 'pkcs1')],
    ['PKCS#8 bare', bare(app.privateKey, 'pkcs8')],
    ['PKCS#1 bare', bare(app.privateKey, 'pkcs1')],
    ['bare, broken into lines', wrapped(bare(app.privateKey, 'pkcs8'))],
    ['PEM on one line with \\n', oneLine(pem(app.privateKey, 'pkcs8'))],
    ['PKCS#8 under a PKCS#1 heading', pem(app.privateKey, 'pkcs8').replaceAll('PRIVATE', 'RSA PRIVATE')],
  ])('takes a private key as %s', (_, privateKey) =>
    expect(readAccount({ ...settings, privateKey }).privateKey.equals(app.privateKey)).toBe(true),
  );

  test.each([
    ['PEM', pem(alipay.publicKey, 'spki')],
    ['bare', bare(alipay.publicKey, 'spki')],
    ['bare, broken into lines', wrapped(bare(alipay.publicKey, 'spki'))],
  ])('takes a public key as %s', (_, publicKey) =>
    expect(readAccount({ ...settings, publicKey }).alipayPublicKey.equals(alipay.publicKey)).toBe(true),
  );
});

describe('settings that cannot work', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  test.each<[string, Partial<AlipaySettings>, string, RegExp]>([
    ['a public key as private', { privateKey: bare(app.publicKey, 'spki') }, 'ALI_PRIVATE_KEY', /holds a public key/],
    ['a private key as public', { publicKey: bare(app.privateKey, 'pkcs8') }, 'ALI_PUBLIC_KEY', /holds a private key/],
    [
      'our own public half',
      { publicKey: bare(app.publicKey, 'spki') },
      'ALI_PUBLIC_KEY',
      /public half of ALI_PRIVATE_KEY/,
    ],
    ['a short private key', { privateKey: pem(short.privateKey, 'pkcs8') }, 'ALI_PRIVATE_KEY', /1024 bits/],
    ['a short public key', { publicKey: pem(short.publicKey, 'spki') }, 'ALI_PUBLIC_KEY', /1024 bits/],
    ['an EC private key', { privateKey: pem(curve.privateKey, 'pkcs8') }, 'ALI_PRIVATE_KEY', /not an RSA key/],
    ['an EC public key', { publicKey: pem(curve.publicKey, 'spki') }, 'ALI_PUBLIC_KEY', /not an RSA key/],
    ['half a key', { privateKey: bare(app.privateKey, 'pkcs8').slice(0, 800) }, 'ALI_PRIVATE_KEY', /cut off/],
    ['a file name', { privateKey: './secret/app.pem' }, 'ALI_PRIVATE_KEY', /neither PEM nor Base64/],
    ['nothing', { privateKey: ' \n' }, 'ALI_PRIVATE_KEY', /is empty/],
    ['a password', { privateKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----' }, 'ALI_PRIVATE_KEY', /password/],
    ['a certificate as public key', { publicKey: '-----BEGIN CERTIFICATE-----' }, 'ALI_PUBLIC_KEY', /ALI_ALIPAY_CERT/],
    ['no public key', { publicKey: undefined }, 'ALI_PUBLIC_KEY', /is missing/],
    ['a book', { privateKey: 'A'.repeat(30_000) }, 'ALI_PRIVATE_KEY', /far longer/],
    ['no app id', { appId: '' }, 'ALI_APP_ID', /not an id/],
    ['a seller id with spaces', { sellerId: '2088 1' }, 'ALI_SELLER_ID', /not an id/],
    ['a host as gateway', { gateway: 'gateway.example' }, 'ALI_GATEWAY', /not an http/],
    ['a gateway with a query', { gateway: 'https://a.example/gateway.do?x=1' }, 'ALI_GATEWAY', /query/],
  ])('%s', (_, change, variable, problem) => {
    const error = complaint(change);
    expect(error.variable).toBe(variable);
    expect(error.message).toMatch(problem);
    for (const value of Object.values(change).filter((one) => one && one.length > 8))
      expect(error.message).not.toContain(value?.slice(0, 40));
  });
});

describe('certificate mode', () => {
  const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
  const certified: AlipaySettings = {
    appId: '2021000000000001',
    gateway: settings.gateway,
    privateKey: file('app.key'),
    appCert: file('app.crt'),
    alipayCert: file('alipay-chain.crt'),
    rootCert: file('root.crt'),
  };

  test('verifies with the first certificate of Alipay’s chain', () => {
    const { alipayPublicKey, certificates } = readAccount(certified);
    expect(alipayPublicKey.equals(new X509Certificate(file('alipay-chain.crt')).publicKey)).toBe(true);
    expect(certificates?.validUntil.getFullYear()).toBeGreaterThan(2100);
  });

  test.each<[string, Partial<AlipaySettings>, string, RegExp]>([
    ['a certificate is missing', { rootCert: undefined }, 'ALI_ROOT_CERT', /all three/],
    ['another application’s certificate', { appCert: file('alipay-chain.crt') }, 'ALI_APP_CERT', /ALI_PRIVATE_KEY/],
    ['our own as Alipay’s', { alipayCert: file('app.crt') }, 'ALI_ALIPAY_CERT', /own certificate/],
    ['no PEM', { alipayCert: 'alipay.crt' }, 'ALI_ALIPAY_CERT', /no certificate in PEM/],
    ['half a certificate', { appCert: file('app.crt').replace(/\n[^-][^\n]+\n-/, '\n-') }, 'ALI_APP_CERT', /cut off/],
  ])('%s', (_, change, variable, problem) => {
    const error = complaint({ ...certified, ...change });
    expect(error.variable).toBe(variable);
    expect(error.message).toMatch(problem);
  });

  test('takes certificates on one line with \\n', () => {
    expect(readAccount({ ...certified, appCert: oneLine(file('app.crt')) }).certificates?.app).toBe(
      file('app.crt').trim(),
    );
  });
});
