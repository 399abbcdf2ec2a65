// Certificate mode: Alipay's certificate, then the app's with its key and the roots, exchanged in files while sales go on. The
// sandbox has no certificates, so Alipay is a server of ours that looks at each call as Alipay does.
import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { fixture, privateKeyIn, serialNumber } from '../alipay/certificates.ts';
import { type Asked, fakeGateway, PRECREATE, QUERY, says, signedText } from '../alipay/fake-gateway.ts';
import { APP_ID, SELLER_ID } from '../alipay/keys.ts';
import { notice } from '../alipay/notice.ts';
import { type Gateway, newDataDir, ownDatabase, startGateway } from '../support/gateway.ts';
import { notify, paidFields } from '../support/notifier.ts';
import { newOrder, sell, theOrder } from '../support/sale.ts';
import { until } from '../support/until.ts';

const [ALIPAY, NEXT_ALIPAY] = [privateKeyIn('alipay.key'), privateKeyIn('next-alipay.key')];
/** The app's certificates by Alipay's numbers for them, and for the roots that go with them. */
const [FIRST, SECOND] = [
  `${serialNumber(fixture('app.crt'))} ${serialNumber(fixture('root.crt'))}`,
  `${serialNumber(fixture('next-app.crt'))} ${['next-root.crt', 'root.crt'].map((name) => serialNumber(fixture(name))).join('_')}`,
];
const APP_KEYS = new Map([
  [FIRST, new X509Certificate(fixture('app.crt')).publicKey],
  [SECOND, new X509Certificate(fixture('next-app.crt')).publicKey],
]);

/** So slow that there are calls under way whenever something is exchanged. */
const ANSWER_AFTER_MS = 100;

/** An Alipay that signs with the key of now, and counts the calls by the certificates that they name. */
async function certifiedAlipay() {
  const server = await fakeGateway();
  onTestFinished(() => server.close());
  const alipay = { url: server.url, key: ALIPAY, calls: new Map<string, number>(), misfits: 0 };
  server.answer = (asked, response) => {
    const named = `${asked.query.get('app_cert_sn')} ${asked.query.get('alipay_root_cert_sn')}`;
    alipay.calls.set(named, (alipay.calls.get(named) ?? 0) + 1);
    if (!isSignedBy(APP_KEYS.get(named), asked)) alipay.misfits += 1;
    const { out_trade_no } = asked.bizContent;
    const none = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST', sub_msg: '-', out_trade_no };
    const code = { code: '10000', msg: 'Success', out_trade_no, qr_code: 'https://qr.example/1' };
    const isQuery = asked.query.get('method') === 'alipay.trade.query';
    const text = signedText(isQuery ? QUERY : PRECREATE, JSON.stringify(isQuery ? none : code), alipay.key);
    setTimeout(() => says(text)(asked, response), ANSWER_AFTER_MS);
  };
  return alipay;
}

function isSignedBy(key: KeyObject | undefined, { query, form }: Asked): boolean {
  const fields = [...query, ...form].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
  const text = fields.map(([name, value]) => `${name}=${value}`).join('&');
  return key !== undefined && verify('sha256', Buffer.from(text), key, Buffer.from(query.get('sign') ?? '', 'base64'));
}

/** Files as an agent writes them: whole, and in the place of those before. */
async function certificateFiles() {
  const folder = await newDataDir();
  const path = (name: string) => join(folder, name);
  const put = async (variable: string, name: string) => {
    await writeFile(path(`.${variable}`), fixture(name), { mode: 0o600 });
    await rename(path(`.${variable}`), path(variable));
  };
  await put('ALI_PRIVATE_KEY', 'app.key');
  await put('ALI_APP_CERT', 'app.crt');
  await put('ALI_ALIPAY_CERT', 'alipay-chain.crt');
  await put('ALI_ROOT_CERT', 'root.crt');
  const variables = ['ALI_PRIVATE_KEY', 'ALI_APP_CERT', 'ALI_ALIPAY_CERT', 'ALI_ROOT_CERT'];
  return { put, env: Object.fromEntries(variables.map((name) => [`${name}_FILE`, path(name)])) };
}

/** One sale after the other, each paid: the notification is signed with the key that Alipay uses when it is sent. */
function selling(gateway: Gateway, alipay: { readonly key: KeyObject }) {
  let [isOver, sold] = [false, 0];
  const faults: unknown[] = [];
  const sellOne = async () => {
    const input = newOrder();
    const { createOrder, precreateQrCode } = await sell(gateway, input);
    expect(createOrder.__typename).toBe('Order');
    // A call that got no answer is a payment too, but one without a code.
    expect(precreateQrCode).toMatchObject({ __typename: 'Payment', qrCode: { content: 'https://qr.example/1' } });
    expect(await told(gateway, input.merchantOrderNo, alipay.key)).toBe('success');
    expect((await theOrder(gateway, input.merchantOrderNo)).status).toBe('PAID');
    sold += 1;
  };
  const work = Array.from({ length: 3 }, async () => {
    while (!isOver && faults.length === 0) await sellOne().catch((error) => faults.push(error));
  });
  const soldOrThrow = () => {
    if (faults.length > 0) throw faults[0];
    return sold;
  };
  return {
    /** Waits until some more have gone well. */
    more: async () => {
      const before = soldOrThrow();
      await until(soldOrThrow, (now) => now > before + 5, 15_000);
    },
    end: async () => {
      isOver = true;
      await Promise.all(work);
      soldOrThrow();
    },
  };
}

async function told(gateway: Gateway, merchantOrderNo: string, key: KeyObject): Promise<string> {
  return (await notify(gateway, notice(paidFields(merchantOrderNo, '8.88'), { key }))).body;
}

test('Alipay’s certificate, and the app’s with its key and roots, are exchanged, and no sale fails', async () => {
  const [files, alipay, url] = await Promise.all([certificateFiles(), certifiedAlipay(), ownDatabase()]);
  const who = { ALI_APP_ID: APP_ID, ALI_SELLER_ID: SELLER_ID, ALI_GATEWAY: alipay.url };
  const gateway = await startGateway({ ...who, ...files.env, DATABASE_URL: url, RATE_LIMIT: '0' });
  const toldAnew = async (key: KeyObject) => {
    const input = newOrder();
    await sell(gateway, input);
    return told(gateway, input.merchantOrderNo, key);
  };
  const sales = selling(gateway, alipay);
  await sales.more();
  expect(await toldAnew(NEXT_ALIPAY)).toBe('failure');

  // Alipay's comes first: it signs with it only once it can be believed.
  await files.put('ALI_ALIPAY_CERT', 'next-alipay-chain.crt');
  gateway.signal('SIGHUP');
  await until(
    () => toldAnew(NEXT_ALIPAY),
    (said) => said === 'success',
    15_000,
  );
  await sales.more();
  alipay.key = NEXT_ALIPAY;
  await sales.more();
  expect(await toldAnew(ALIPAY)).toBe('success');

  // Of files that belong together one comes first: without the others it is refused, and the old ones go on.
  await files.put('ALI_APP_CERT', 'next-app.crt');
  gateway.signal('SIGHUP');
  await until(
    () => gateway.stderr().includes('ALI_APP_CERT is not the certificate of ALI_PRIVATE_KEY'),
    (isRefused) => isRefused,
    15_000,
  );
  await sales.more();
  expect([...alipay.calls.keys()]).toEqual([FIRST]);
  await files.put('ALI_ROOT_CERT', 'next-root.crt');
  await files.put('ALI_PRIVATE_KEY', 'next-app.key');
  gateway.signal('SIGHUP');
  await until(
    () => alipay.calls.get(SECOND) ?? 0,
    (calls) => calls > 0,
    15_000,
  );
  // By now the calls that were under way have finished with the certificate of before.
  await sales.more();
  const before = alipay.calls.get(FIRST);
  await sales.more();
  await sales.end();
  expect(alipay.calls.get(FIRST)).toBe(before);
  expect([...alipay.calls.keys()]).toEqual([FIRST, SECOND]);
  expect(alipay.misfits).toBe(0);
  expect(await keptKeys(url)).toEqual(
    ['alipay-chain.crt', 'next-alipay-chain.crt'].map((name) => {
      const { publicKey } = new X509Certificate(fixture(name));
      return { key_id: fingerprintOf(publicKey), is_certified: true, has_verified: true };
    }),
  );
  expect(gateway.stderr()).not.toContain('PRIVATE KEY-----');
}, 90_000);

/** The keys that messages name, the first first. */
async function keptKeys(url: string) {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query(`
    select key_id, certificate like '-----BEGIN CERTIFICATE%' as is_certified,
      exists (select from evidence e where e.key_id = k.key_id) as has_verified
    from verification_keys k order by first_seen_at`);
  await client.end();
  return rows;
}
