import { expect, test } from 'vitest';
import { code128Widths } from '../../src/sandbox/wallet/code128.ts';
import { advance, exec, type Json, newNumber, sdkFor, testSandbox } from './fixture.ts';

const json = { 'content-type': 'application/json' };

async function pocket() {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const show = async () => {
    const html = await (await fetch(`${url}/wallet/code`)).text();
    return { html, code: /data-code="(\d{18})"/.exec(html)?.[1] ?? '' };
  };
  const seen = async (code: string): Promise<Json> => (await fetch(`${url}/wallet/code/${code}/state`)).json();
  const confirm = async (code: string): Promise<Json> =>
    (await fetch(`${url}/wallet/code/${code}/pay`, { method: 'POST', headers: json, body: '{}' })).json();
  const pay = (code: string, amount: string): Promise<Json> =>
    exec(sdk, 'pay', { out_trade_no: newNumber(), total_amount: amount, subject: '拿铁', auth_code: code });
  return { url, show, seen, confirm, pay };
}

test('the page shows a code of its own at each opening, as digits, bars and a QR code', async () => {
  const { url, show } = await pocket();
  const [one, other] = [await show(), await show()];
  expect(one.code).toMatch(/^28\d{16}$/);
  expect(one.code).not.toBe(other.code);
  expect(one.html).toContain(one.code.replace(/(\d{4})(?=\d)/g, '$1 '));
  expect(one.html.match(/<svg[^>]*>(<rect[^>]*>)?<path /g)?.length).toBeGreaterThanOrEqual(2);
  const page = await fetch(`${url}/wallet/code?lang=en`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(await page.text()).toContain('Show this code to the cashier');
});

test('fresh, then paid', async () => {
  const { show, seen, pay } = await pocket();
  const { code } = await show();
  expect(await seen(code)).toEqual({ state: 'fresh', amount: '', subject: '' });
  expect((await pay(code, '6.00')).code).toBe('10000');
  expect(await seen(code)).toEqual({ state: 'paid', amount: '6.00', subject: '拿铁' });
});

test('asked for a password, the buyer confirms on the same page', async () => {
  const { show, seen, confirm, pay } = await pocket();
  const { code } = await show();
  await pay(code, '8800.71');
  expect(await seen(code)).toEqual({ state: 'ready', amount: '8800.71', subject: '拿铁' });
  expect(await confirm(code)).toMatchObject({ state: 'paid' });
  expect(await confirm(code)).toMatchObject({ state: 'paid' });
});

test('failed, run out, unknown: nothing to confirm', async () => {
  const { url, show, seen, confirm, pay } = await pocket();
  const poor = await show();
  await pay(poor.code, '8800.75');
  expect(await confirm(poor.code)).toMatchObject({ state: 'failed' });
  const late = await show();
  await advance(url, 60_000);
  expect(await confirm(late.code)).toMatchObject({ state: 'expired' });
  expect(await seen('281')).toMatchObject({ state: 'unknown' });
});

test('bars: code set C, start, nine pairs, check and stop, each symbol eleven modules', () => {
  const widths = code128Widths('281234567890123456');
  expect(widths).toHaveLength(6 * 11 + 7);
  const symbols = Array.from({ length: 11 }, (_, nth) => widths.slice(nth * 6, nth * 6 + 6));
  for (const symbol of symbols) expect(symbol.reduce((sum, width) => sum + width, 0)).toBe(11);
  expect(symbols[0]?.join('')).toBe('211232');
  expect(widths.slice(-7).join('')).toBe('2331112');
  // 105 + 28·1 + 12·2 + 34·3 + 56·4 + 78·5 + 90·6 + 12·7 + 34·8 + 56·9 = 2273, and 2273 mod 103 = 7
  expect(symbols[10]?.join('')).toBe('122312');
});

test('every symbol of the barcode is unlike every other, and its bars are an even number of modules', () => {
  const pairs = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
  const symbols = pairs.map((pair) => code128Widths(pair).slice(6, 12));
  expect(new Set(symbols.map(String)).size).toBe(100);
  for (const [a = 0, , c = 0, , e = 0] of symbols) expect((a + c + e) % 2).toBe(0);
});
