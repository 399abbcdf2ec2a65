// What is exported of an order holds by itself, and nothing of it can be changed without being seen.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { toTypeId } from '../../src/ids.ts';
import { type Bundle, writeBundle } from '../../src/orders/bundle.ts';
import { alipay, pem, stranger } from '../alipay/keys.ts';
import { sell } from '../postgres/sales.ts';
import { openProvenBooks, type ProvenBooks } from './proven.ts';
import { type Ran, runCommand } from './run-command.ts';

let books: ProvenBooks;
let folder: string;
let bundle: Bundle;
let json: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kassa-verify-'));
  books = await openProvenBooks();
  bundle = await books.prove('2.50');
  json = textOf(bundle);
});
afterAll(async () => {
  await books?.close();
  await rm(folder, { recursive: true, force: true });
});

function textOf(given: Bundle): string {
  return JSON.stringify(writeBundle(given, new Date('2026-11-23T12:00:00Z')), null, 2);
}

async function verify(text: string): Promise<Ran> {
  const file = join(folder, 'bundle.json');
  await writeFile(file, text);
  return runCommand('verify', [file]);
}

test('a sale that was paid and partly given back is proved, and what is not is said', async () => {
  const { code, said, noted } = await verify(json);
  expect({ code, noted }).toEqual({ code: 0, noted: '' });
  expect(said).not.toContain('WRONG');
  expect(said).toContain(
    `Order ${toTypeId('ord', bundle.order.id)} (${bundle.order.merchantOrderNo}), 19.99 yuan, PAID`,
  );
  expect(said).toContain('3 events form one unbroken chain from order.created to refund.succeeded');
  expect(said).toContain("2 messages bear Alipay's signature");
  expect(said).toMatch(
    /Proved, if the key is Alipay's: Alipay says that 19\.99 yuan were paid .* gave back 2\.50 yuan/,
  );
  expect(said).toContain(fingerprintOf(alipay.publicKey));
  expect(said).toContain(bundle.order.lastHash);
  expect(said).toContain('(order.created), and all times');
});

test('notifications in GBK are kept and proved as they came', async () => {
  expect((await verify(textOf(await books.prove(undefined, { encoding: 'gbk' })))).code).toBe(0);
});

test('an order that nobody has paid claims nothing', async () => {
  const { code, said } = await verify(textOf(await books.bundle((await sell(books.orders)).id)));
  expect(code).toBe(0);
  expect(said).toContain('No payment is claimed.');
});

test('the whole answer of GraphQL around it does as well', async () => {
  expect((await verify(`{"data":{"order":{"evidence":${json}}}}`)).code).toBe(0);
});

describe('changed', () => {
  const part = (change: (value: Record<string, unknown[]>) => void) => (text: string) => {
    const value = JSON.parse(text);
    change(value);
    return JSON.stringify(value);
  };
  test.each<[string, (text: string) => string, RegExp]>([
    ['an amount everywhere', (text) => text.replaceAll('19.99', '1.99'), /event 1 .* has been changed/],
    ['the subject', (text) => text.replace(/"subject": ".*?"/, '"subject": "gold"'), /another subject/],
    ['the status', (text) => text.replace(/"status": "PAID"/, '"status": "REFUNDED"'), /order is REFUNDED/],
    ['the seller', (text) => text.replace(/"sellerId": ".*?"/, '"sellerId": "2088999999999999"'), /for another seller/],
    ['the application', (text) => text.replace(/("appIds": \[\s*")\d+/, '$1999'), /for another application/],
    ['a time', (text) => text.replace(/"occurredAt": "2/, '"occurredAt": "1'), /event 1 .* has been changed/],
    ['an event is missing', part((value) => void value.events?.splice(1, 1)), /one is missing/],
    ['the last event is missing', part((value) => void value.events?.pop()), /its events end with 2/],
    ['a message is missing', part((value) => void value.messages?.pop()), /names a message that is not here/],
    ['the keys are missing', part((value) => void value.keys?.pop()), /which is not here/],
    ['a payment is missing', part((value) => void value.payments?.pop()), /without a payment/],
    ['a refund is missing', part((value) => void value.refunds?.pop()), /not those that the events tell of/],
  ])('%s', async (_, change, says) => {
    const { code, said } = await verify(change(json));
    expect(code).toBe(1);
    expect(said).toMatch(says);
    expect(said).toContain('does not prove what it says');
  });

  test('every single bit of a message, its digest made good or not', async () => {
    const [first, ...rest] = bundle.messages;
    for (let bit = 5; bit < (first?.bytes.length ?? 0) * 8; bit += 997) {
      const bytes = Buffer.from(first?.bytes ?? []);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const messages = first ? [{ ...first, bytes }, ...rest] : [];
      expect((await verify(textOf({ ...bundle, messages }))).said).toContain('not those that were written down');
    }
  });

  test("a forger's own key is refused under Alipay's name, and shows under its own", async () => {
    const [key] = bundle.keys;
    if (key === undefined) throw new Error('no key');
    const forged = { ...key, publicKey: pem(stranger.publicKey, 'spki') };
    expect((await verify(textOf({ ...bundle, keys: [forged] }))).said).toContain('is another one');
    const renamed = { ...forged, id: fingerprintOf(stranger.publicKey) };
    const messages = bundle.messages.map((message) => ({ ...message, keyId: renamed.id }));
    expect((await verify(textOf({ ...bundle, keys: [renamed], messages }))).said).toContain('a wrong signature');
  });

  test('messages of one order do not prove another', async () => {
    const other = await books.prove();
    const { code, said } = await verify(
      textOf({ ...other, messages: bundle.messages.slice(0, 1), events: other.events }),
    );
    expect(code).toBe(1);
    expect(said).toMatch(/belongs to another order/);
    expect(said).toMatch(/about another out_trade_no/);
  });
});

describe('no bundle', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', 'bundle'],
    ['other JSON', '{"format":"other"}'],
    ['a list', '[]'],
  ])('%s', async (_, text) =>
    expect(await verify(text)).toMatchObject({ code: 1, said: expect.stringContaining('is no bundle') }),
  );

  test('cut off anywhere', async () => {
    for (let cut = 0; cut < json.length - 2; cut += 501) expect((await verify(json.slice(0, cut))).code).toBe(1);
  });

  test('no file, no name, two names: exit code 2', async () => {
    expect(await runCommand('verify', ['/nonexistent.json'])).toMatchObject({
      code: 2,
      noted: expect.stringContaining('ENOENT'),
    });
    expect(await runCommand('verify', [])).toMatchObject({ code: 2 });
    expect(await runCommand('verify', ['a', 'b'])).toMatchObject({ code: 2 });
    expect(await runCommand('verify', ['--key', 'b'])).toMatchObject({ code: 2 });
  });
});
