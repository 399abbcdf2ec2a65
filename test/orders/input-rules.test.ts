import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/orders/canonical-json.ts';
import { faultIn, type OrderText } from '../../src/orders/input-rules.ts';
import { aCommand } from '../support/orders.ts';

function faultOf(fields: Partial<OrderText>) {
  return faultIn(aCommand(fields));
}

function nested(depth: number): Json {
  return depth === 0 ? 'leaf' : { in: nested(depth - 1) };
}

describe('good', () => {
  // biome-ignore format: a table
  test.each<[string, Partial<OrderText>]>([
    ['the least',                      {}],
    ['no number: a token gives it',    { merchantOrderNo: null }],
    ['a number with hyphens',          { merchantOrderNo: 'pos-7_2026-000123' }],
    ['a number of 60',                 { merchantOrderNo: 'x'.repeat(60) }],
    ['Chinese',                        { subject: '珍珠奶茶（大杯）×2，少冰' }],
    ['a rare character beyond the BMP', { subject: '𠮷野家 𠀋' }],
    ['256 of them',                    { subject: '𠮷'.repeat(256) }],
    ['text symbols that Unicode also counts as emoji', { subject: 'Brand© and Mark® 100% #1 *5* ™' }],
    ['accents as marks of their own',  { subject: 'cafe\u0301' }],
    ['256 letters',                    { subject: 'x'.repeat(256) }],
    ['a body with what the subject may not hold', { body: 'a/b=c&d' }],
    ['a body of 128',                  { body: '茶'.repeat(128) }],
    ['one minute',                     { expiresInMinutes: 1 }],
    ['one day',                        { expiresInMinutes: 1_440 }],
    ['places',                         { storeId: 's'.repeat(32), terminalId: '~!#'.repeat(10), operatorId: 'o'.repeat(28) }],
    ['metadata 5 deep',                { metadata: nested(5) }],
    ['metadata of 4096',               { metadata: { k: 'v'.repeat(4_096 - '{"k":""}'.length) } }],
    ['emoji in metadata, which Alipay never sees', { metadata: { note: '🎉' } }],
  ])('%s', (_, fields) => {
    expect(faultOf(fields)).toBeUndefined();
  });
});

describe('bad', () => {
  // biome-ignore format: a table
  test.each<[keyof OrderText, string, Partial<OrderText>]>([
    ['merchantOrderNo',  'empty',                 { merchantOrderNo: '' }],
    ['merchantOrderNo',  '61 characters',         { merchantOrderNo: 'x'.repeat(61) }],
    ['merchantOrderNo',  'a space',               { merchantOrderNo: 'a b' }],
    ['merchantOrderNo',  'a line break behind',   { merchantOrderNo: 'a\n' }],
    ['merchantOrderNo',  'a digit of another script', { merchantOrderNo: '１' }],
    ['merchantOrderNo',  'a dot',                 { merchantOrderNo: 'a.b' }],
    ['subject',          'empty',                 { subject: '' }],
    ['subject',          'only white space',      { subject: ' \u3000\u00a0' }],
    ['subject',          'a slash',               { subject: 'a/b' }],
    ['subject',          'an equals sign',        { subject: 'a=b' }],
    ['subject',          'an ampersand',          { subject: 'a&b' }],
    ['subject',          '257 letters',           { subject: 'x'.repeat(257) }],
    ['subject',          '257 beyond the BMP',    { subject: '𠮷'.repeat(257) }],
    ['subject',          '100,000 letters',       { subject: 'x'.repeat(100_000) }],
    ['subject',          'NUL',                   { subject: 'a\u0000' }],
    ['subject',          'a tab',                 { subject: 'a\tb' }],
    ['subject',          'a line break',          { subject: 'a\nb' }],
    ['subject',          'DEL',                   { subject: 'a\u007f' }],
    ['subject',          'a C1 control',          { subject: 'a\u0085' }],
    ['subject',          'a line separator',      { subject: 'a\u2028b' }],
    ['subject',          'zero width space',      { subject: 'a\u200bb' }],
    ['subject',          'zero width joiner',     { subject: 'a\u200db' }],
    ['subject',          'byte order mark',       { subject: '\ufeffa' }],
    ['subject',          'soft hyphen',           { subject: 'a\u00adb' }],
    ['subject',          'right to left override', { subject: 'a\u202eb' }],
    ['subject',          'bidi isolate',          { subject: 'a\u2066b\u2069' }],
    ['subject',          'tag characters',        { subject: 'a\u{e0061}' }],
    ['subject',          'only Hangul fillers',   { subject: '\u3164\u3164' }],
    ['subject',          'private use',           { subject: 'a\ue000' }],
    ['subject',          'half a surrogate pair', { subject: 'a\ud83d' }],
    ['subject',          'the other half',        { subject: 'a\ude00' }],
    ['subject',          'an emoji',              { subject: 'Tea 🍵' }],
    ['subject',          'an older emoji',        { subject: 'Tea ☕' }],
    ['subject',          'a new emoji',           { subject: 'Tea 🪭' }],
    ['subject',          'a flag',                { subject: '🇨🇳' }],
    ['subject',          'a keycap',              { subject: '1\ufe0f\u20e3' }],
    ['subject',          'a symbol made an emoji', { subject: '❤\ufe0f' }],
    ['body',             'empty',                 { body: '' }],
    ['body',             '129 characters',        { body: 'x'.repeat(129) }],
    ['body',             'a control character',   { body: 'a\u0007' }],
    ['body',             'an emoji',              { body: '🎉' }],
    ['expiresInMinutes', '0',                     { expiresInMinutes: 0 }],
    ['expiresInMinutes', 'negative',              { expiresInMinutes: -1 }],
    ['expiresInMinutes', '1441',                  { expiresInMinutes: 1_441 }],
    ['expiresInMinutes', 'a half',                { expiresInMinutes: 1.5 }],
    ['expiresInMinutes', 'no number',             { expiresInMinutes: Number.NaN }],
    ['storeId',          'empty',                 { storeId: '' }],
    ['storeId',          '33 characters',         { storeId: 's'.repeat(33) }],
    ['storeId',          'a space',               { storeId: 'a b' }],
    ['storeId',          'Chinese',               { storeId: '店' }],
    ['terminalId',       '33 characters',         { terminalId: 't'.repeat(33) }],
    ['terminalId',       'a line break',          { terminalId: 't\n' }],
    ['operatorId',       '29 characters',         { operatorId: 'o'.repeat(29) }],
    ['metadata',         '6 deep',                { metadata: nested(6) }],
    ['metadata',         '5,000 deep',            { metadata: JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) }],
    ['metadata',         '4097 characters',       { metadata: { k: 'v'.repeat(4_097 - '{"k":""}'.length) } }],
    ['metadata',         '60,000 members',        { metadata: new Array<number>(60_000).fill(0) }],
    ['metadata',         'NUL in a value',        { metadata: { k: 'a\u0000' } }],
    ['metadata',         'NUL in a key',          { metadata: { '\u0000': 1 } }],
    ['metadata',         '1e400',                 { metadata: { k: [Number.POSITIVE_INFINITY] } }],
  ])('%s: %s', (field, _, fields) => {
    const fault = faultOf(fields);
    expect(fault).toMatchObject({ kind: 'invalid_input', field });
    expect(fault?.message).toMatch(new RegExp(`^${field} must `));
    expect(fault?.message.length).toBeLessThan(120);
  });
});
