// Two merchants at one gateway, each with something of every kind and every sort of credential.
import { toTypeId } from '../../src/ids.ts';
import type { Gateway } from '../support/gateway.ts';
import { askRaw, type Door } from '../support/graphql-client.ts';
import { type SandboxClient, sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';
import type { Words } from './documents.ts';

export interface Credential {
  readonly name: string;
  /** Undefined: none at all. */
  readonly apiKey: string | undefined;
  readonly words: Words;
  /** What no answer to it may hold: marks that others wrote, ids that are others'. */
  readonly foreign: readonly string[];
}

interface Shop {
  readonly mark: string;
  readonly ids: readonly string[];
  readonly keys: readonly (readonly [name: string, secret: string])[];
  /** One order that the shop's client token and terminal key may see, and one that they may not. */
  readonly own: { readonly clientToken: string };
  readonly hidden: { readonly mark: string; readonly ids: readonly string[] };
}

const SCOPES = [
  'ORDERS_READ',
  'ORDERS_WRITE',
  'REFUNDS_WRITE',
  'REFUNDS_CONFIRM',
  'FULFILMENT_WRITE',
  'WEBHOOKS_MANAGE',
  'CASES_MANAGE',
  'ADMIN',
];
const GARBAGE = [
  '',
  'x',
  'ord_',
  'ord_00000000000000000000000000',
  'key_00000000000000000000000000',
  'whe_zzz',
  '../../etc/passwd',
  "' or 1=1 --",
  '\u0000',
  '茶'.repeat(40),
  '-1',
];

async function data(door: Pick<Door, 'url' | 'apiKey'>, query: string): Promise<unknown> {
  const { data: said, errors } = await askRaw(door, query);
  if (errors !== undefined) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return said;
}

/** Everything in an answer that looks like an id of ours. */
function idsIn(...answers: readonly unknown[]): string[] {
  return [
    ...new Set(
      JSON.stringify(answers).match(/\b(?:ord|pay|ref|evt|case|evd|whe|whd|key|note|op)_[0-9a-z]{26}\b/g) ?? [],
    ),
  ];
}

interface Opening {
  readonly gateway: Gateway;
  readonly apiKey: string;
  readonly mark: string;
  /** Its own app's. */
  readonly alipay: Pick<SandboxClient, 'pay'>;
}

async function openShop(opening: Opening): Promise<Shop> {
  const { gateway, apiKey, mark } = opening;
  const door = { ...gateway, apiKey };
  const keys: (readonly [string, string])[] = [['everything', apiKey]];
  for (const scope of SCOPES) keys.push([scope, (await makeKey(door, `scopes: [${scope}]`)).secret]);
  keys.push(['terminal', (await makeKey(door, 'terminalId: "T1"')).secret]);
  // These are there to be rotated and revoked; the others must last.
  const spare = [];
  for (let n = 0; n < 3; n += 1) spare.push((await makeKey(door, 'scopes: [ORDERS_READ]')).apiKey);
  const endpoint = await data(
    door,
    `mutation { createWebhookEndpoint(input: { url: "http://127.0.0.1:9/${mark}", description: "${mark}" }) { ... on WebhookSecret { endpoint { id } } } }`,
  );
  const own = await sale(opening, 'own', 'T1');
  const hidden = await sale(opening, 'hidden', 'T2');
  const deliveries = await data(door, '{ webhookDeliveries(first: 20) { edges { node { id } } } }');
  const clientToken = /"clientToken":"([^"]+)"/.exec(JSON.stringify(own))?.[1] ?? '';
  return {
    mark,
    ids: idsIn(own, hidden, endpoint, deliveries, spare),
    keys,
    own: { clientToken },
    hidden: { mark: `${mark} hidden`, ids: idsIn(hidden) },
  };
}

let labels = 0;

async function makeKey(door: Pick<Door, 'url' | 'apiKey'>, rights: string) {
  labels += 1;
  type Made = { createApiKey: { secret: string; apiKey: { id: string } } };
  const { data: made } = await askRaw<Made>(
    door,
    `mutation { createApiKey(input: { label: "key ${labels}", ${rights} }) { ... on ApiKeySecret { secret apiKey { id } } } }`,
  );
  if (!made) throw new Error(`no key with ${rights}`);
  return made.createApiKey;
}

/** An order with everything in it marked; answers what it has come to. */
async function sale({ gateway, apiKey, mark, alipay }: Opening, name: string, terminal: string): Promise<unknown> {
  const [door, number, subject] = [{ ...gateway, apiKey }, `${mark}-${name}`, `${mark} ${name}`];
  await data(
    door,
    `mutation {
      createOrder(input: { merchantOrderNo: "${number}", amount: "8.88", subject: "${subject}", body: "${subject}", terminalId: "${terminal}", operatorId: "${mark}" }) { __typename }
      precreateQrCode(input: { order: { merchantOrderNo: "${number}" } }) { __typename }
    }`,
  );
  await alipay.pay(number);
  const whole = `{ order(ref: { merchantOrderNo: "${number}" }) { id clientToken status payments { id } events { id } } }`;
  return until(
    () => data(door, whole),
    (answer) => JSON.stringify(answer).includes('"PAID"'),
    10_000,
  );
}

/** With an app of its own at the sandbox. */
async function secondMerchant(gateway: Gateway): Promise<Pick<Opening, 'apiKey' | 'alipay'>> {
  type Made = { createMerchant: { secret: string } };
  const create = 'mutation { createMerchant(name: "second") { ... on MerchantCreated { secret } } }';
  const { data: made } = await askRaw<Made>(gateway, create);
  const apiKey = made?.createMerchant.secret ?? '';
  const response = await fetch(`${gateway.sandboxUrl}/_sandbox/apps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { appPrivateKey: privateKey, ...app } = JSON.parse(await response.text());
  const add = 'mutation ($input: AddAppInput!) { addApp(input: $input) { ... on AlipayApp { appId } } }';
  await askRaw({ ...gateway, apiKey }, add, { input: { ...app, privateKey } });
  return { apiKey, alipay: sandboxClient({ sandboxUrl: new URL(app.gateway).origin }) };
}

/** Every sort of credential of both shops, and none. */
export async function openCredentials(gateway: Gateway): Promise<readonly [Credential, ...Credential[]]> {
  const a = await openShop({ gateway, apiKey: gateway.apiKey, mark: 'cnryshopa', alipay: sandboxClient(gateway) });
  const b = await openShop({ gateway, ...(await secondMerchant(gateway)), mark: 'cnryshopb' });
  const of = (mine: Shop, other: Shop): Credential[] => {
    const words = wordsOf(mine, other);
    const foreign = [other.mark, ...other.ids, other.own.clientToken, ...other.keys.map(([, secret]) => secret)];
    const narrow = [...foreign, mine.hidden.mark, ...mine.hidden.ids];
    return [
      ...mine.keys.map(([name, apiKey]) => ({ name, apiKey, words, foreign: name === 'terminal' ? narrow : foreign })),
      { name: 'client', apiKey: mine.own.clientToken, words, foreign: narrow },
    ];
  };
  const everybodys = [a, b].flatMap(({ mark, ids }) => [mark, ...ids]);
  const nobody = { name: 'nobody', words: wordsOf(a, b), foreign: everybodys };
  return [
    { ...nobody, apiKey: undefined },
    { ...nobody, name: 'garbage', apiKey: 'kassa_none' },
    ...of(a, b),
    ...of(b, a),
  ];
}

function wordsOf(mine: Shop, other: Shop): Words {
  return {
    ids: ['x', ...mine.ids, ...other.ids, ...GARBAGE, toTypeId('mer', '00000000-0000-7000-8000-000000000000')],
    numbers: [
      'nobody',
      `${mine.mark}-own`,
      `${mine.mark}-hidden`,
      ...Array.from({ length: 30 }, (_, n) => `${mine.mark}-${n}`),
      ...GARBAGE,
    ],
    texts: [mine.mark, `${mine.mark} tea`, 'T1', 'T2', ...GARBAGE],
    urls: [
      'http://127.0.0.1:9/x',
      'http://169.254.169.254/',
      'https://[::1]/',
      'http://0x7f.1/',
      'ftp://x',
      'javascript:alert(1)',
      'x',
    ],
    tokens: [
      'x',
      '281234567890123456',
      Buffer.from('feed:1').toString('base64url'),
      Buffer.from('note:3').toString('base64url'),
      'AZrJ',
      mine.own.clientToken,
      ...GARBAGE,
    ],
  };
}
