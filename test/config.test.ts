import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'kassa-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: string): string {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, content);
  return path;
}

function faultOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const SECRET = 'hunter2-hunter2-hunter2';
const KEYS = { ALI_APP_ID: '2021000000000001', ALI_PRIVATE_KEY: 'private', ALI_PUBLIC_KEY: 'public' };
const CERTIFICATES = { ALI_APP_CERT: 'app', ALI_ALIPAY_CERT: 'alipay', ALI_ROOT_CERT: 'root' };

describe('without any variable', () => {
  test('everything has a default: the sandbox, on this machine only', () => {
    expect(readConfig({})).toMatchObject({
      port: 4000,
      host: 'localhost',
      publicUrl: undefined,
      databaseUrl: undefined,
      databaseDirectUrl: undefined,
      alipay: undefined,
      apiKey: undefined,
      secretKey: undefined,
      sandboxPort: 4001,
      logLevel: 'info',
      rateLimit: 200,
      trustProxy: [],
      production: false,
      localWebhooks: true,
      warnings: [],
      fromFiles: false,
    });
    expect(readConfig({}).dataDir).toMatch(/[/\\]\.data$/);
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  test('an empty one counts as unset', () => {
    expect(readConfig({ PORT: '', API_KEY: '', ALI_APP_ID: '', PORT_FILE: '' })).toEqual(readConfig({}));
  });
});

describe('a right value', () => {
  // biome-ignore format: a table
  test.each<[Record<string, string>, object]>([
    [{ PORT: '1' },                               { port: 1 }],
    [{ SANDBOX_PORT: '0' },                       { sandboxPort: 0 }],
    [{ PORT: '65535' },                           { port: 65_535 }],
    [{ HOST: '::1' },                             { host: '::1' }],
    [{ PUBLIC_URL: 'https://pay.example.com/x//' }, { publicUrl: 'https://pay.example.com/x' }],
    [{ DATABASE_URL: 'postgres://u:p@db/kassa' }, { databaseUrl: 'postgres://u:p@db/kassa', databaseDirectUrl: 'postgres://u:p@db/kassa' }],
    [{ DATABASE_URL: 'postgres://pooler/k', DATABASE_DIRECT_URL: 'postgresql://db/k' }, { databaseUrl: 'postgres://pooler/k', databaseDirectUrl: 'postgresql://db/k' }],
    [{ API_KEY: 'k'.repeat(32) },                 { apiKey: 'k'.repeat(32) }],
    [{ SECRET_KEY: 's'.repeat(32) },              { secretKey: 's'.repeat(32) }],
    [{ SECRET_KEY_ALSO: 's'.repeat(32) },         { secretKeyAlso: 's'.repeat(32) }],
    [{ AMQP_URL: 'amqps://u:p%40@mq/%2Fvhost' },  { amqpUrl: 'amqps://u:p%40@mq/%2Fvhost' }],
    [{ LOG_LEVEL: 'silent' },                     { logLevel: 'silent' }],
    [{ TRUST_PROXY: '10.0.0.0/8, 2001:db8::1,192.0.2.7' }, { trustProxy: ['10.0.0.0/8', '2001:db8::1', '192.0.2.7'] }],
    [KEYS,                                        { host: '0.0.0.0', alipay: { appId: '2021000000000001', gateway: 'https://openapi.alipay.com/gateway.do', sellerId: undefined } }],
    [{ ...KEYS, ...CERTIFICATES },                { alipay: { appCert: 'app', alipayCert: 'alipay', rootCert: 'root' } }],
    [{ ...KEYS, NODE_ENV: 'production' },         { production: true, localWebhooks: false }],
    [KEYS,                                        { production: false, localWebhooks: false }],
  ])('%j', (env, config) => {
    expect(readConfig(env)).toMatchObject(config);
  });

  test('certificates need no public key of Alipay', () => {
    const { ALI_PUBLIC_KEY: _, ...own } = KEYS;
    expect(readConfig({ ...own, ...CERTIFICATES }).alipay).toMatchObject({ publicKey: undefined, appCert: 'app' });
  });

  test('of any name may stand in a file; the line break at its end is not a part of it', () => {
    const env = { PORT_FILE: file('4711\n'), API_KEY_FILE: file(`${'k'.repeat(40)}\r\n`) };
    expect(readConfig(env)).toMatchObject({ port: 4711, apiKey: 'k'.repeat(40) });
  });
});

test('an issuer of access tokens is named whole, or not at all, and over https in production', () => {
  expect(faultOf({ JWT_ISSUER: 'x' })).toContain('JWT_JWKS_URL, JWT_AUDIENCE not set');
  const issuer = { JWT_JWKS_URL: 'http://login/keys', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
  const accessTokens = { jwksUrl: 'http://login/keys', issuer: 'i', audience: 'a', algorithms: ['RS256', 'ES256'] };
  expect(readConfig(issuer)).toMatchObject({ accessTokens });
});

describe('a wrong value stops the start with its name, what it got and what is right', () => {
  // biome-ignore format: a table
  test.each<[string, string]>([
    ['PORT',                'http'],
    ['PORT',                '0'],
    ['PORT',                '65536'],
    ['PORT',                '-1'],
    ['PORT',                '80.5'],
    ['PORT',                '0x50'],
    ['PORT',                '1e3'],
    ['SANDBOX_PORT',        '99999'],
    ['HOST',                'x'.repeat(256)],
    ['PUBLIC_URL',          'pay.example.com'],
    ['PUBLIC_URL',          'ftp://pay.example.com'],
    ['PUBLIC_URL',          'javascript:alert(1)'],
    ['ALI_APP_ID',          'my app'],
    ['ALI_GATEWAY',         'openapi.alipay.com'],
    ['ALI_SELLER_ID',       '2088'],
    ['LOG_LEVEL',           'loud'],
    ['TRUST_PROXY',         'true'],
    ['TRUST_PROXY',         '0.0.0.0/0'],
    ['TRUST_PROXY',         '10.0.0.0/33'],
    ['TRUST_PROXY',         '10.0.0.0/8;192.0.2.7'],
    ['TRUST_PROXY',         'fe80::1%eth0'],
    ['JWT_JWKS_URL',        'file:///keys'],
    ['JWT_ALGORITHMS',      'HS256'],
    ['JWT_ALGORITHMS',      'RS256,none'],
  ])('%s=%s', (name, value) => {
    const message = faultOf({ [name]: value });
    expect(message).toContain(`${name} is wrong: got ${JSON.stringify(value.slice(0, 100))}, expected `);
  });

  // biome-ignore format: a table
  test.each<[string, string]>([
    ['DATABASE_URL',        `mysql://u:${SECRET}@db/kassa`],
    ['DATABASE_URL',        SECRET],
    ['DATABASE_DIRECT_URL', `http://u:${SECRET}@db`],
    ['API_KEY',             SECRET],                         // too short
    ['API_KEY',             `${SECRET} ${SECRET}`],
    ['SECRET_KEY',          SECRET],
    ['SECRET_KEY',          SECRET.repeat(100)],
    ['AMQP_URL',            `http://u:${SECRET}@mq`],
    ['AMQP_URL',            `amqp://u:${SECRET}%@mq`],       // not percent-encoded
  ])('%s, whose value is never shown', (name, value) => {
    const message = faultOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name} is wrong: got its value \\(not shown\\), expected `));
    expect(message).not.toContain('hunter2');
  });

  test('all of them at once', () => {
    const message = faultOf({ PORT: 'x', LOG_LEVEL: 'y', API_KEY: SECRET });
    expect(message.split('\n').map((line) => line.split(' ')[0])).toEqual(['PORT', 'API_KEY', 'LOG_LEVEL']);
  });
});

describe('a file', () => {
  test('and a value at once is a contradiction', () => {
    expect(faultOf({ PORT: '1', PORT_FILE: file('2') })).toBe('PORT and PORT_FILE are both set: keep one.');
  });

  test('that is not there, empty or too large is named', () => {
    const missing = join(folder, 'missing');
    expect(faultOf({ PORT_FILE: missing })).toBe(`PORT_FILE is wrong: ${missing} can't be read (ENOENT).`);
    expect(faultOf({ PORT_FILE: folder })).toMatch(/^PORT_FILE is wrong: .*can't be read \(EISDIR\)\.$/);
    expect(faultOf({ PORT_FILE: file(' \n') })).toMatch(/^PORT_FILE is wrong: .* is empty\.$/);
    expect(faultOf({ PORT_FILE: file('1'.repeat(65_537)) })).toMatch(
      /^PORT_FILE is wrong: .* more than 65536 bytes\.$/,
    );
  });

  test.skipIf(process.platform === 'win32')(
    'that others may write is refused; a secret that they may read is warned of',
    () => {
      const [path, plain] = [file('k'.repeat(32)), file('4711')];
      const env = { API_KEY_FILE: path, PORT_FILE: plain };
      const withMode = (mode: number) => {
        for (const one of [path, plain]) chmodSync(one, mode);
        return env;
      };
      expect(readConfig(withMode(0o600)).warnings).toEqual([]);
      expect(readConfig(withMode(0o640)).warnings).toEqual([]);
      for (const mode of [0o644, 0o444])
        expect(readConfig(withMode(mode)).warnings).toEqual([
          'API_KEY_FILE: every user of this machine may read the file (chmod o-r)',
        ]);
      expect(faultOf(withMode(0o602))).toMatch(/^PORT_FILE is wrong: .* may be written by every user of this machine/);
      chmodSync(plain, 0o600);
      expect(faultOf(env)).toBe(
        'API_KEY_FILE is wrong: the file may be written by every user of this machine (chmod o-w).',
      );
    },
  );

  test('with a wrong secret does not show it', () => {
    expect(faultOf({ API_KEY_FILE: file(SECRET) })).not.toContain('hunter2');
  });

  test('whose place holds the secret itself does not show it either', () => {
    for (const name of ['API_KEY', 'SECRET_KEY', 'ALI_PRIVATE_KEY', 'DATABASE_URL', 'AMQP_URL'])
      expect(faultOf({ [`${name}_FILE`]: SECRET })).toBe(`${name}_FILE is wrong: the file can't be read (ENOENT).`);
  });
});

describe('a process with a part of the work', () => {
  const shared = { ...KEYS, DATABASE_URL: 'postgres://u:p@db/kassa' };

  test.each(['gateway', 'worker'] as const)('ROLE=%s needs a database and an Alipay that others reach too', (ROLE) => {
    expect(readConfig({ ...shared, ROLE })).toMatchObject({ role: ROLE });
    expect(faultOf({ ...KEYS, ROLE })).toBe(
      `DATABASE_URL is not set: ROLE=${ROLE} shares a database with other processes.`,
    );
    expect(faultOf({ DATABASE_URL: shared.DATABASE_URL, ROLE })).toMatch(
      new RegExp(`^ALI_APP_ID is not set: ROLE=${ROLE} shares an Alipay .*npm run sandbox`),
    );
  });
});

describe('Alipay is set whole or not at all', () => {
  test.each(Object.keys(KEYS))('only %s', (name) => {
    const given = Object.entries(KEYS).find(([key]) => key === name) ?? [];
    const message = faultOf(Object.fromEntries([given]));
    for (const other of Object.keys(KEYS).filter((key) => key !== name))
      expect(message.split(' not set')[0]).toContain(other);
    expect(message.split(' not set')[0]).not.toContain(name);
    expect(message).toContain('or none for the built-in sandbox');
  });

  test.each(Object.keys(CERTIFICATES))('a certificate short: %s', (name) => {
    const env = Object.fromEntries(Object.entries({ ...KEYS, ...CERTIFICATES }).filter(([key]) => key !== name));
    expect(faultOf(env)).toMatch(new RegExp(`^${name} not set`));
  });

  test('in production it must be set: the sandbox would take play money for real', () => {
    expect(faultOf({ NODE_ENV: 'production' })).toMatch(/^ALI_APP_ID is not set: NODE_ENV=production refuses/);
  });
});
