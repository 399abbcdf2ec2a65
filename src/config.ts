// Environment → frozen, typed configuration. The only reader of process.env.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Plan, readPlan } from './failpoints.ts';
import { readValueFile } from './value-file.ts';

/** A wrong or missing setting: the program ends with exit code 78 (EX_CONFIG) and this message. */
export class ConfigError extends Error {}

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((number) => number <= 65_535);
const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));

const seconds = (usual: number, { least, most }: { least: number; most: number }) =>
  z
    .string()
    .regex(/^\d{1,4}(\.\d{1,3})?$/)
    .transform(Number)
    .refine((number) => number >= least && number <= most)
    .default(usual);

/** A client decodes these, and a lone % would stop it with an error that names nothing. */
function hasPlainParts(text: string): boolean {
  try {
    const { username, password, pathname } = new URL(text);
    return [username, password, pathname].every((part) => decodeURIComponent(part) !== undefined);
  } catch {
    return false;
  }
}

/** Everybody's own word for where they come from would be trusted with a prefix of 0. */
function isNetwork(text: string): boolean {
  const [, address = '', prefix = '1'] = /^([\da-f.:]+)(?:\/([1-9]\d{0,2}))?$/i.exec(text) ?? [];
  return isIP(address) !== 0 && Number(prefix) <= (isIP(address) === 4 ? 32 : 128);
}

/** A row a variable: how it is read, and what is right, in words. A secret's value is never shown. */
const VARIABLES = {
  // Not 0: Alipay is told where we are before a free one could be known.
  PORT: { read: port.refine((number) => number > 0).default(4000), right: 'a port from 1 to 65535' },
  HOST: { read: z.string().min(1).max(255).optional(), right: 'an address to listen on, like 0.0.0.0' },
  PUBLIC_URL: {
    read: url(['http:', 'https:']).optional(),
    right: 'an http or https URL, like https://pay.example.com',
  },
  DATABASE_URL: { read: url(['postgres:', 'postgresql:']).optional(), right: 'a postgres:// URL', secret: true },
  DATABASE_DIRECT_URL: { read: url(['postgres:', 'postgresql:']).optional(), right: 'a postgres:// URL', secret: true },
  DATA_DIR: { read: z.string().min(1).default('.data'), right: 'a folder' },
  ALI_APP_ID: {
    read: z
      .string()
      .regex(/^\d{8,32}$/)
      .optional(),
    right: 'the digits of an Alipay app id',
  },
  ALI_PRIVATE_KEY: { read: z.string().optional(), right: 'an RSA private key', secret: true },
  ALI_PUBLIC_KEY: { read: z.string().optional(), right: "Alipay's public key", secret: true },
  ALI_GATEWAY: {
    read: url(['http:', 'https:']).default('https://openapi.alipay.com/gateway.do'),
    right: 'an http or https URL',
  },
  ALI_SELLER_ID: {
    read: z
      .string()
      .regex(/^\d{16,28}$/)
      .optional(),
    right: 'the 16 digits of a seller id (PID)',
  },
  ALI_APP_CERT: { read: z.string().optional(), right: 'a certificate in PEM', secret: true },
  ALI_ALIPAY_CERT: { read: z.string().optional(), right: 'a certificate in PEM', secret: true },
  ALI_ROOT_CERT: { read: z.string().optional(), right: 'certificates in PEM', secret: true },
  API_KEY: {
    read: z
      .string()
      .regex(/^[\x21-\x7e]{32,256}$/)
      .optional(),
    right: '32 to 256 characters without spaces',
    secret: true,
  },
  SECRET_KEY: { read: z.string().min(32).max(1_024).optional(), right: '32 characters or more', secret: true },
  SECRET_KEY_ALSO: { read: z.string().min(32).max(1_024).optional(), right: '32 characters or more', secret: true },
  JWT_JWKS_URL: { read: url(['http:', 'https:']).optional(), right: 'an http or https URL of a JSON Web Key Set' },
  JWT_ISSUER: { read: z.string().min(1).max(500).optional(), right: 'the iss of access tokens' },
  JWT_AUDIENCE: { read: z.string().min(1).max(500).optional(), right: 'the aud of access tokens' },
  JWT_ALGORITHMS: {
    read: z
      .string()
      .transform((text) => text.split(','))
      .refine((names) => names.every((name) => /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/.test(name)))
      .default(['RS256', 'ES256']),
    right: 'names of RS256 to RS512, PS256 to PS512, ES256 to ES512 and EdDSA, with commas between them',
  },
  SANDBOX_PORT: { read: port.default(4001), right: 'a port from 0 to 65535' },
  AUTH_CODE_DEADLINE_SECONDS: {
    read: seconds(45, { least: 1, most: 600 }),
    right: 'seconds from 1 to 600, after which a scanned payment code still in doubt is cancelled',
  },
  CHECK_INTERVAL_SECONDS: {
    read: seconds(3, { least: 0.1, most: 60 }),
    right: 'seconds from 0.1 to 60 between the first two queries of an unresolved payment',
  },
  CHECKS_PER_SECOND: {
    read: z
      .string()
      .regex(/^[1-9]\d{0,3}$/)
      .transform(Number)
      .optional(),
    right: 'a number from 1 to 9999: how many orders of a merchant may be looked at in a second, over all processes',
  },
  RATE_LIMIT: {
    read: z
      .string()
      .regex(/^\d{1,6}$/)
      .default('200')
      .transform(Number),
    right: 'requests a second for each credential, 0 for no limit',
  },
  TRUST_PROXY: {
    read: z
      .string()
      .transform((text) => text.split(',').map((network) => network.trim()))
      .refine((networks) => networks.every(isNetwork))
      .default([]),
    right:
      'addresses or networks of your own proxies with commas between them, like 10.0.0.0/8,2001:db8::1 (never all addresses)',
  },
  PERSISTED_OPERATIONS: {
    read: z.enum(['off', 'prefer', 'enforce']).default('off'),
    right: 'one of off, prefer, enforce',
  },
  PERSISTED_MANIFEST: {
    read: z.string().min(1).optional(),
    right: 'the path of a manifest of operations (docs/persisted-operations.md)',
  },
  ROLE: {
    read: z.enum(['all', 'gateway', 'worker']).default('all'),
    right: 'one of all, gateway, worker',
  },
  AMQP_URL: {
    read: url(['amqp:', 'amqps:']).refine(hasPlainParts).optional(),
    right: 'an amqp:// or amqps:// URL, its user, password and virtual host percent-encoded',
    secret: true,
  },
  LOG_LEVEL: {
    read: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    right: 'one of fatal, error, warn, info, debug, trace, silent',
  },
  FAILPOINTS: {
    read: z
      .string()
      .refine((text) => readPlan(text) !== undefined)
      .transform(readPlan)
      .optional(),
    right: 'names with what happens there, like orders.write.after:kill@2 (see src/failpoints.ts), or none',
  },
  NODE_ENV: { read: z.string().default('development'), right: 'production, or anything else' },
} as const;

type Name = keyof typeof VARIABLES;
type Values = { readonly [Key in Name]: z.output<(typeof VARIABLES)[Key]['read']> };

export interface AlipaySettings {
  readonly appId: string;
  readonly privateKey: string;
  readonly publicKey: string | undefined;
  readonly gateway: string;
  readonly sellerId: string | undefined;
  readonly appCert: string | undefined;
  readonly alipayCert: string | undefined;
  readonly rootCert: string | undefined;
}

export interface AccessTokenSettings {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  /** Undefined: PostgreSQL is embedded. */
  readonly databaseUrl: string | undefined;
  readonly databaseDirectUrl: string | undefined;
  readonly dataDir: string;
  /** Undefined: the built-in sandbox. */
  readonly alipay: AlipaySettings | undefined;
  readonly apiKey: string | undefined;
  /** Who issues access tokens for us; undefined: nobody. */
  readonly accessTokens: AccessTokenSettings | undefined;
  readonly secretKey: string | undefined;
  /** Another one, under which things may be sealed and signed already or still: while it is exchanged. */
  readonly secretKeyAlso: string | undefined;
  readonly sandboxPort: number;
  readonly authCodeDeadlineMs: number;
  readonly checkIntervalMs: number;
  /** Each merchant's budget of checks, over all processes. */
  readonly checksPerSecond: number;
  /** Requests a second for each credential, which the other limits follow; 0: no limits. */
  readonly rateLimit: number;
  /** Proxies whose word for where a request comes from is taken. */
  readonly trustProxy: readonly string[];
  /** Whether operations that the manifest does not hold are run. */
  readonly persistedOperations: 'off' | 'prefer' | 'enforce';
  /** Path of the shop's own manifest; undefined: there are the pages' operations only. */
  readonly persistedManifest: string | undefined;
  /** `gateway` serves callers and Alipay, `worker` does what happens by itself, `all` does both. */
  readonly role: 'all' | 'gateway' | 'worker';
  /** RabbitMQ; undefined: wake-ups travel by NOTIFY alone, and events are not published. */
  readonly amqpUrl: string | undefined;
  readonly logLevel: string;
  readonly production: boolean;
  /** Where this process is to fail on purpose; undefined: nowhere. */
  readonly failpoints: Plan | undefined;
  /** What is not wrong, but should be seen to. */
  readonly warnings: readonly string[];
  /** Some value comes from a file, and may change there. */
  readonly fromFiles: boolean;
  /**
   * Webhooks may go to this machine and over plain http, and merchants' apps call any address, so that developers and tests can
   * try them: play money only.
   */
  readonly localWebhooks: boolean;
}

/** @throws ConfigError naming the variable, what it got (never a secret) and what is right. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values = readValues(env);
  const alipay = readAlipay(values);
  const production = values.NODE_ENV === 'production';
  if (production && alipay === undefined)
    throw new ConfigError(
      'ALI_APP_ID is not set: NODE_ENV=production refuses to start with the sandbox and its play money.',
    );
  checkRole(values, alipay);
  if (production && values.FAILPOINTS !== undefined)
    throw new ConfigError('FAILPOINTS is set: NODE_ENV=production refuses to start with faults on purpose.');
  return Object.freeze({
    port: values.PORT,
    // Play money and a till that signs in by itself stay on this machine unless HOST says otherwise.
    host: values.HOST ?? (alipay === undefined ? 'localhost' : '0.0.0.0'),
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, ''),
    databaseUrl: values.DATABASE_URL,
    databaseDirectUrl: values.DATABASE_DIRECT_URL ?? values.DATABASE_URL,
    dataDir: resolve(values.DATA_DIR),
    alipay,
    apiKey: values.API_KEY,
    accessTokens: readAccessTokens(values),
    secretKey: values.SECRET_KEY,
    secretKeyAlso: values.SECRET_KEY_ALSO,
    sandboxPort: values.SANDBOX_PORT,
    authCodeDeadlineMs: values.AUTH_CODE_DEADLINE_SECONDS * 1_000,
    checkIntervalMs: values.CHECK_INTERVAL_SECONDS * 1_000,
    // The sandbox has no quota; a real app shares Alipay's with everything else it does.
    checksPerSecond: values.CHECKS_PER_SECOND ?? (alipay === undefined ? 1_000 : 10),
    rateLimit: values.RATE_LIMIT,
    trustProxy: values.TRUST_PROXY,
    persistedOperations: values.PERSISTED_OPERATIONS,
    persistedManifest: values.PERSISTED_MANIFEST,
    role: values.ROLE,
    amqpUrl: values.AMQP_URL,
    logLevel: values.LOG_LEVEL,
    production,
    failpoints: values.FAILPOINTS,
    warnings: Object.keys(VARIABLES).flatMap((name) => warningOf(env, name) ?? []),
    fromFiles: Object.keys(VARIABLES).some((name) => sourceOf(env, name) === 'file'),
    localWebhooks: (alipay === undefined || values.FAILPOINTS !== undefined) && !production,
  });
}

/** Processes that share the work share a database and an Alipay; what one of them would embed, the others can't reach. */
function checkRole({ ROLE, DATABASE_URL }: Values, alipay: AlipaySettings | undefined): void {
  if (ROLE === 'all') return;
  if (DATABASE_URL === undefined)
    throw new ConfigError(`DATABASE_URL is not set: ROLE=${ROLE} shares a database with other processes.`);
  if (alipay === undefined)
    throw new ConfigError(
      `ALI_APP_ID is not set: ROLE=${ROLE} shares an Alipay with other processes. For play money run the sandbox by itself (npm run sandbox) and set ALI_* to what its /_sandbox/app says.`,
    );
}

function readValues(env: Readonly<Record<string, string | undefined>>): Values {
  const raw = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, rawValue(env, name)]));
  const shape = z.object(Object.fromEntries(Object.entries(VARIABLES).map(([name, { read }]) => [name, read])));
  const parsed = shape.safeParse(raw);
  if (parsed.success) return parsed.data as Values;
  throw new ConfigError(parsed.error.issues.map(({ path }) => fault(String(path[0]), raw)).join('\n'));
}

function fault(name: string, raw: Readonly<Record<string, string | undefined>>): string {
  const variable = Object.entries(VARIABLES).find(([known]) => known === name)?.[1];
  const got = isSecret(name) ? 'its value (not shown)' : JSON.stringify(raw[name]?.slice(0, 100));
  return `${name} is wrong: got ${got}, expected ${variable?.right}.`;
}

function isSecret(name: string): boolean {
  return Object.entries(VARIABLES).some(([known, variable]) => known === name && 'secret' in variable);
}

/** A variable's value, or the content of the file that NAME_FILE names. An empty one counts as unset. */
function rawValue(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return direct === '' ? undefined : direct;
  if (direct !== undefined && direct !== '') throw new ConfigError(`${name} and ${name}_FILE are both set: keep one.`);
  const read = readValueFile(file);
  if ('value' in read) return read.value;
  // Someone who puts the secret itself where its path belongs must not find it in a log.
  throw new ConfigError(`${name}_FILE is wrong: ${isSecret(name) ? 'the file' : file} ${read.fault}.`);
}

/** Docker and Kubernetes mount secrets for everybody to read: that is a warning, where everybody is one program. */
function warningOf(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file || !isSecret(name)) return undefined;
  const read = readValueFile(file);
  return 'open' in read && read.open
    ? `${name}_FILE: every user of this machine may read the file (chmod o-r)`
    : undefined;
}

function readAlipay(values: Values): AlipaySettings | undefined {
  const certificates: Name[] = ['ALI_APP_CERT', 'ALI_ALIPAY_CERT', 'ALI_ROOT_CERT'];
  const certMode = certificates.some((name) => values[name] !== undefined);
  const needed: Name[] = ['ALI_APP_ID', 'ALI_PRIVATE_KEY', ...(certMode ? certificates : ['ALI_PUBLIC_KEY' as const])];
  const missing = needed.filter((name) => values[name] === undefined);
  if (missing.length === needed.length) return undefined;
  if (missing.length > 0)
    throw new ConfigError(
      `${missing.join(', ')} not set: set all of ${needed.join(', ')}, or none for the built-in sandbox.`,
    );
  return {
    appId: values.ALI_APP_ID ?? '',
    privateKey: values.ALI_PRIVATE_KEY ?? '',
    publicKey: values.ALI_PUBLIC_KEY,
    gateway: values.ALI_GATEWAY,
    sellerId: values.ALI_SELLER_ID,
    appCert: values.ALI_APP_CERT,
    alipayCert: values.ALI_ALIPAY_CERT,
    rootCert: values.ALI_ROOT_CERT,
  };
}

function readAccessTokens(values: Values): AccessTokenSettings | undefined {
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_ALGORITHMS: algorithms } = values;
  const needed = { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (jwksUrl !== undefined && issuer !== undefined && audience !== undefined) {
    if (values.NODE_ENV === 'production' && !jwksUrl.startsWith('https:'))
      throw new ConfigError('JWT_JWKS_URL is wrong: NODE_ENV=production fetches keys over https only.');
    return { jwksUrl, issuer, audience, algorithms };
  }
  if (missing.length < 3)
    throw new ConfigError(`${missing.join(', ')} not set: set all of ${Object.keys(needed).join(', ')}, or none.`);
  return undefined;
}

/** One variable as it stands in the environment. */
export interface VariableState {
  readonly name: string;
  readonly from: 'default' | 'environment' | 'file';
  /** What is wrong with it, in {@link readConfig}'s words. */
  readonly fault: string | undefined;
  readonly warning: string | undefined;
}

/** Every variable by itself: for the doctor, who names all faults at once. */
export function inspectVariables(env: Readonly<Record<string, string | undefined>>): readonly VariableState[] {
  return Object.keys(VARIABLES).map((name) => ({
    name,
    from: sourceOf(env, name),
    fault: faultIn(env, name),
    warning: warningOf(env, name),
  }));
}

function sourceOf(env: Readonly<Record<string, string | undefined>>, name: string): VariableState['from'] {
  if (env[`${name}_FILE`]) return 'file';
  return env[name] ? 'environment' : 'default';
}

function faultIn(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  try {
    readValues({ [name]: env[name], [`${name}_FILE`]: env[`${name}_FILE`] });
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
