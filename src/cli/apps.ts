import type { ParseArgsOptionsConfig } from 'node:util';
import type { App } from '../merchants/app.ts';
import { type AppOutcome, addApp, setAppSuspended } from '../merchants/manage-apps.ts';
import { updateApp } from '../merchants/update-app.ts';
import { type Asked, type Command, noWords, onlyWord, UsageError } from './command.ts';
import { readFileOrFail } from './read-file.ts';
import type { Register } from './register.ts';
import { ACTOR, type RegisterNeeds, registered } from './registered.ts';

export const WHERE = `DATABASE_URL says where; without it, the embedded database in DATA_DIR. The gateways learn of it within five seconds. Each
change leaves an audit note. Secrets are sealed under SECRET_KEY and never shown.`;

const KEYS = `  --private-key-file FILE         the app's private key, PKCS#1 or PKCS#8
  --app-cert-file FILE            certificate mode: the app's certificate
  --root-cert-file FILE           certificate mode: Alipay's root certificates
  --gateway URL                   Alipay's address (default: ALI_GATEWAY when ALI_* is set)
  --app-auth-token-file FILE      a service provider's authorisation`;

/** `kassa apps …` */
export function appCommands(needs: RegisterNeeds): readonly Command[] {
  return [list(needs), add(needs), rotate(needs), suspend(needs, true), suspend(needs, false)];
}

function texts(...names: readonly string[]): ParseArgsOptionsConfig {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
}

function list(needs: RegisterNeeds): Command {
  return {
    name: 'apps list',
    takes: '[--merchant ID]',
    summary: 'the Alipay apps of all merchants',
    help: `One line an app: its id, merchant, seller, state, mode and the fingerprints of Alipay's keys that are believed.\n\n${WHERE}`,
    options: texts('merchant'),
    async run(asked, { say }) {
      noWords(asked);
      const merchantId = merchantIn(needs, asked);
      const apps = await registered(needs, (register) => register.allApps());
      for (const app of apps) if (merchantId === undefined || app.merchantId === merchantId) say(lineOf(needs, app));
      return 0;
    },
  };
}

function add(needs: RegisterNeeds): Command {
  return {
    name: 'apps add',
    takes: '--merchant ID --app-id ID --seller-id ID --private-key-file FILE --alipay-public-key-file FILE',
    summary: 'an Alipay app for a merchant',
    help: `The merchant's new orders are made through it from now on. Keys are looked at as a start does: that they pair, are not
swapped, and have not ended.

An app that ALI_* named before gets its keys here too, so that its orders are looked after again: with ALI_* set as the
gateways have them. It is suspended, until kassa apps resume makes it collect new orders.

  --alipay-public-key-file FILE   key mode: Alipay's public key
  --alipay-cert-file FILE         certificate mode: Alipay's certificate
${KEYS}
  --provider-app-id ID            the service provider's app that signs, with its private key

${WHERE}`,
    options: texts(
      ...['merchant', 'app-id', 'seller-id', 'gateway', 'provider-app-id', 'private-key-file', 'app-auth-token-file'],
      ...['alipay-public-key-file', 'app-cert-file', 'alipay-cert-file', 'root-cert-file'],
    ),
    async run(asked, { say }) {
      noWords(asked);
      const merchantId = merchantIn(needs, asked) ?? missing('--merchant');
      const app = {
        appId: asked.text('app-id') ?? missing('--app-id'),
        sellerId: asked.text('seller-id') ?? missing('--seller-id'),
        gateway: asked.text('gateway') ?? null,
        providerAppId: asked.text('provider-app-id') ?? null,
        privateKey: (await fileOf(asked, 'private-key-file')) ?? missing('--private-key-file'),
        alipayPublicKey: await fileOf(asked, 'alipay-public-key-file'),
        appCert: await fileOf(asked, 'app-cert-file'),
        alipayCert: await fileOf(asked, 'alipay-cert-file'),
        rootCert: await fileOf(asked, 'root-cert-file'),
        appAuthToken: (await fileOf(asked, 'app-auth-token-file'))?.trim() ?? null,
      };
      const outcome = await registered(needs, async (register) => {
        if ((await register.merchants.merchants.find(merchantId)) === undefined) throw new UsageError(NO_MERCHANT);
        return addApp(register.apps, { merchantId, actor: ACTOR }, app);
      });
      say(lineOf(needs, appIn(outcome)));
      return 0;
    },
  };
}

function rotate(needs: RegisterNeeds): Command {
  return {
    name: 'apps rotate',
    takes: 'APP_ID [--add-alipay-public-key-file FILE] [--drop-alipay-key FINGERPRINT] …',
    summary: "exchange an app's keys, Alipay's or its own",
    help: `What is not given stays. Alipay's next key is added first, so that both are believed, and the one before dropped when it is not
used any more.

  --add-alipay-public-key-file FILE   key mode: Alipay's next public key
  --add-alipay-cert-file FILE         certificate mode: Alipay's next certificate
  --drop-alipay-key FINGERPRINT       the one that is believed no more, as kassa apps list shows it
${KEYS}

${WHERE}`,
    options: texts(
      ...['add-alipay-public-key-file', 'add-alipay-cert-file', 'drop-alipay-key', 'private-key-file'],
      ...['app-cert-file', 'root-cert-file', 'gateway', 'app-auth-token-file'],
    ),
    async run(asked, { say }) {
      const appId = onlyWord(asked, 'app id');
      const changes = {
        appId,
        gateway: asked.text('gateway') ?? null,
        privateKey: await fileOf(asked, 'private-key-file'),
        addAlipayPublicKey: await fileOf(asked, 'add-alipay-public-key-file'),
        addAlipayCert: await fileOf(asked, 'add-alipay-cert-file'),
        dropAlipayKey: asked.text('drop-alipay-key') ?? null,
        appCert: await fileOf(asked, 'app-cert-file'),
        rootCert: await fileOf(asked, 'root-cert-file'),
        appAuthToken: (await fileOf(asked, 'app-auth-token-file'))?.trim() ?? null,
      };
      const outcome = await registered(needs, async (register) =>
        updateApp(register.apps, await administratorOf(register, appId), changes),
      );
      say(lineOf(needs, appIn(outcome)));
      return 0;
    },
  };
}

function suspend(needs: RegisterNeeds, suspended: boolean): Command {
  return {
    name: suspended ? 'apps suspend' : 'apps resume',
    takes: 'APP_ID',
    summary: suspended ? 'no new orders through an app' : 'new orders through an app again',
    help: `${suspended ? 'It makes no new orders; those that are open go on to their end.' : 'It makes new orders again.'}\n\n${WHERE}`,
    options: {},
    async run(asked, { say }) {
      const appId = onlyWord(asked, 'app id');
      const outcome = await registered(needs, async (register) =>
        setAppSuspended(register.apps, await administratorOf(register, appId), { appId, suspended }),
      );
      say(lineOf(needs, appIn(outcome)));
      return 0;
    },
  };
}

export const NO_APP = 'There is no such app: kassa apps list names them all.';
const NO_MERCHANT = 'There is no such merchant: kassa merchants list names them all (mer_…).';

/** Whoever runs the command line may act for every merchant. */
export async function administratorOf(register: Register, appId: string) {
  const app = (await register.allApps()).find((one) => one.appId === appId);
  if (app === undefined) throw new UsageError(NO_APP);
  return { merchantId: app.merchantId, actor: ACTOR };
}

function appIn(outcome: AppOutcome): App {
  switch (outcome.kind) {
    case 'app':
      return outcome.app;
    case 'app_not_found':
      throw new UsageError(NO_APP);
    case 'app_limit':
      throw new UsageError(`A merchant has at most ${outcome.most} apps.`);
    case 'confirmation_required':
      throw new Error('the command line was asked to wait');
    case 'invalid_input':
      throw new UsageError(`${outcome.message}.`);
  }
}

function merchantIn({ idOf }: RegisterNeeds, asked: Asked): string | undefined {
  const named = asked.text('merchant');
  if (named === undefined) return undefined;
  const id = idOf('mer', named);
  if (id === undefined) throw new UsageError(NO_MERCHANT);
  return id;
}

/** Keys and certificates are a few KB. */
const MAX_FILE_BYTES = 128 * 1024;

async function fileOf(asked: Asked, option: string): Promise<string | null> {
  const path = asked.text(option);
  return path === undefined ? null : (await readFileOrFail(path, MAX_FILE_BYTES)).toString('utf8');
}

function missing(option: string): never {
  throw new UsageError(`${option} is missing.`);
}

function lineOf(
  { nameOf }: RegisterNeeds,
  { appId, merchantId, sellerId, keys, suspendedAt, providerAppId }: App,
): string {
  const state = suspendedAt === null ? 'active' : `suspended since ${suspendedAt.toISOString()}`;
  const until = keys?.validUntil?.toISOString().slice(0, 10);
  const mode = until === undefined ? 'keys' : `certificates until ${until}`;
  const how = keys === null ? 'of ALI_*' : `${mode}, Alipay's ${keys.alipayKeys.map(({ id }) => id).join(' ')}`;
  const by = providerAppId === null ? '' : `  by ${providerAppId}`;
  return `${appId}  ${nameOf('mer', merchantId)}  seller ${sellerId ?? 'any'}  ${state}  ${how}${by}`;
}
