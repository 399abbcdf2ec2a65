import { expect, test } from 'vitest';
import { control, newNumber, testSandbox } from './fixture.ts';
import { isSigned, type RawCall, rawCall } from './raw-call.ts';

test.each(['query', 'body', 'multipart', 'get'] as const)('parameters arrive by %s', async (how) => {
  const { url } = await testSandbox();
  const answer = await rawCall(url, { how });
  expect(answer.node).toMatchObject({ code: '10000', msg: 'Success' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html;charset=utf-8');
  expect(answer.headers.get('trace_id')).toMatch(/^[0-9a-f]{32}$/);
});

test('the node comes first, sign last, and the signature covers the escaped slashes', async () => {
  const { url } = await testSandbox();
  const escaped = await rawCall(url);
  expect(escaped.text).toMatch(
    /^\{"alipay_trade_precreate_response":\{"code":"10000","msg":"Success",.*\},"sign":"[^"]{344}"\}$/,
  );
  expect(escaped.text).toContain('"qr_code":"http:\\/\\/127.0.0.1');
  expect(await isSigned(url, escaped)).toBe(true);
  await control(url, 'settings', { escapeSlash: false });
  const plain = await rawCall(url);
  expect(plain.text).toContain('"qr_code":"http://127.0.0.1');
  expect(await isSigned(url, plain)).toBe(true);
});

test.each<[string, RawCall, string, string]>([
  // what is wrong             the call                                             code     sub_code
  ['no app_id', { params: { app_id: undefined } }, '40001', 'isv.missing-app-id'],
  ['an unknown app', { params: { app_id: '2088' }, after: { sign: 'x' } }, '40002', 'isv.invalid-app-id'],
  ['no method', { params: { method: undefined } }, '40001', 'isv.missing-method'],
  ['no version', { params: { version: undefined } }, '40001', 'isv.missing-version'],
  ['another version', { params: { version: '2.0' } }, '40002', 'isv.invalid-parameter'],
  ['no timestamp', { params: { timestamp: undefined } }, '40001', 'isv.missing-timestamp'],
  ['30 February', { params: { timestamp: '2026-02-30 00:00:00' } }, '40002', 'isv.invalid-timestamp'],
  ['an ISO timestamp', { params: { timestamp: '2026-02-03T00:00:00Z' } }, '40002', 'isv.invalid-timestamp'],
  ['no sign_type', { params: { sign_type: undefined } }, '40001', 'isv.missing-signature-type'],
  ['SHA1', { params: { sign_type: 'RSA' } }, '40003', 'isv.missing-signature-config'],
  ['an unknown sign_type', { params: { sign_type: 'MD5' } }, '40002', 'isv.invalid-signature-type'],
  ['no sign', { after: { sign: undefined } }, '40001', 'isv.missing-signature'],
  ['xml', { params: { format: 'xml' } }, '40002', 'isv.invalid-format'],
  ['a strange charset', { params: { charset: 'latin1' } }, '40002', 'isv.invalid-charset'],
  ['encryption', { params: { encrypt_type: 'AES' } }, '40002', 'isv.decryption-error-not-valid-encrypt-key'],
  ['a notify_url of no kind', { params: { notify_url: 'ftp://a' } }, '40002', 'isv.invalid-parameter'],
  ['an unknown method', { method: 'alipay.trade.vanish' }, '40002', 'isv.invalid-method'],
  ['no JSON', { params: { biz_content: '{"a":' } }, '40002', 'isv.illegal-json'],
  ['changed after signing', { after: { biz_content: '{}' } }, '40002', 'isv.invalid-signature'],
  ['a sign that is none', { after: { sign: '***' } }, '40002', 'isv.invalid-signature'],
])('%s', async (_what, call, code, subCode) => {
  const { url } = await testSandbox();
  const answer = await rawCall(url, call);
  expect(answer.status).toBe(200);
  expect(answer.node).toMatchObject({ code, sub_code: subCode });
  expect(answer.node.sub_msg).toMatch(/\p{Script=Han}/u);
  const isUnsigned = /app-id|missing-method/.test(subCode);
  expect('sign' in answer.json).toBe(!isUnsigned);
  if (!isUnsigned) expect(await isSigned(url, answer)).toBe(true);
});

test('an unknown app keeps the node of its method; a call without a method gets error_response', async () => {
  const { url } = await testSandbox();
  expect((await rawCall(url, { params: { app_id: '1' } })).text).toBe(
    '{"alipay_trade_precreate_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-app-id","sub_msg":"无效的AppID参数"}}',
  );
  expect((await rawCall(url, { params: { method: undefined } })).json).toHaveProperty('error_response');
});

test('a wrong signature shows the string that was verified, HTML-escaped', async () => {
  const { url } = await testSandbox();
  const { node } = await rawCall(url, { biz: { a: '<' }, after: { version: '1.0', sign: 'AAAA' } });
  expect(node.sub_msg).toContain('网关生成的验签字符串为：app_id=');
  expect(node.sub_msg).toContain('&amp;biz_content={&quot;a&quot;:&quot;&lt;&quot;}&amp;charset=utf-8&amp;method=');
});

test('empty parameters are dropped before verifying: signed ones break the signature, unsigned ones do not', async () => {
  const { url } = await testSandbox();
  expect((await rawCall(url, { params: { return_url: '' } })).node.sub_code).toBe('isv.invalid-signature');
  expect((await rawCall(url, { after: { return_url: '' } })).node.code).toBe('10000');
});

test('a timestamp far off is refused only when asked for', async () => {
  const { url } = await testSandbox();
  expect((await rawCall(url)).node.code).toBe('10000');
  await control(url, 'settings', { timestampToleranceSeconds: 600 });
  expect((await rawCall(url)).node.sub_code).toBe('isv.invalid-timestamp');
});

test('a GBK call is read, verified and answered in GBK', async () => {
  const { url } = await testSandbox();
  const biz = { out_trade_no: newNumber(), total_amount: '1', subject: '龙井茶' };
  const answer = await rawCall(url, { codec: 'gbk', params: { charset: 'GBK' }, biz });
  expect(answer.node.code).toBe('10000');
  expect(answer.headers.get('content-type')).toBe('text/html;charset=GBK');
  const refused = await rawCall(url, { codec: 'gbk', params: { charset: 'GBK' }, biz: { ...biz, total_amount: '2' } });
  expect(refused.node.sub_msg).toBe('交易信息被篡改');
  expect(await isSigned(url, refused, 'gbk')).toBe(true);
});

const order = { out_trade_no: 'T1', total_amount: '1.00', subject: '茶' };
const goods = { goods_id: '1', goods_name: '茶', quantity: 1, price: '1.00' };
test.each<[string, Record<string, unknown>, string]>([
  ['no number', { out_trade_no: undefined }, 'INVALID_PARAMETER'],
  ['an empty subject', { subject: '' }, 'INVALID_PARAMETER'],
  ['a number too long', { out_trade_no: 'a'.repeat(65) }, 'INVALID_PARAMETER'],
  ['a number with a space', { out_trade_no: 'a b' }, 'INVALID_PARAMETER'],
  ['a subject too long', { subject: '茶'.repeat(257) }, 'INVALID_PARAMETER'],
  ['no amount', { total_amount: null }, 'INVALID_PARAMETER'],
  ['an amount of words', { total_amount: 'ten' }, 'INVALID_PARAMETER'],
  ['three decimals', { total_amount: '1.001' }, 'INVALID_PARAMETER'],
  ['a float of JavaScript', { total_amount: 0.1 + 0.2 }, 'INVALID_PARAMETER'],
  ['zero', { total_amount: '0.00' }, 'TOTAL_FEE_EXCEED'],
  ['less than zero', { total_amount: '-1' }, 'TOTAL_FEE_EXCEED'],
  ['too much', { total_amount: '100000000.01' }, 'TOTAL_FEE_EXCEED'],
  ['another seller', { seller_id: '2088000000000000' }, 'SELLER_NOT_EXIST'],
  ['parts that do not add', { discountable_amount: '0.50', undiscountable_amount: '0.60' }, 'INVALID_PARAMETER'],
  ['both channel lists', { enable_pay_channels: 'balance', disable_pay_channels: 'pcredit' }, 'INVALID_PARAMETER'],
  ['goods without a price', { goods_detail: [{ ...goods, price: undefined }] }, 'INVALID_PARAMETER'],
  ['too many goods', { goods_detail: Array(151).fill(goods) }, 'SUB_GOODS_SIZE_MAX_COUNT'],
  ['a timeout of 16 days', { timeout_express: '16d' }, 'INVALID_PARAMETER'],
  ['a timeout of no unit', { timeout_express: '90' }, 'INVALID_PARAMETER'],
  ['a time long past', { time_expire: '2020-01-01 00:00:00' }, 'NOW_TIME_AFTER_EXPIRE_TIME_ERROR'],
])('precreate with %s', async (_what, change, subCode) => {
  const { url } = await testSandbox();
  const { node } = await rawCall(url, { biz: { ...order, ...change } });
  expect(node).toMatchObject({ code: '40004', msg: 'Business Failed', sub_code: `ACQ.${subCode}` });
});

test('a refused field is named', async () => {
  const { url } = await testSandbox();
  const { node } = await rawCall(url, { biz: { ...order, subject: null } });
  expect(node.sub_msg).toBe('参数无效：subject不能为空');
});

test('what Alipay takes is taken: a JSON number, the largest amount, a hyphen, unknown fields', async () => {
  const { url } = await testSandbox();
  const biz = { ...order, out_trade_no: 'a-b_1', total_amount: 100000000, something_new: { deep: 1 } };
  expect((await rawCall(url, { biz })).node.code).toBe('10000');
});

test.each(['query', 'close', 'cancel'])('%s without a number is refused', async (method) => {
  const { url } = await testSandbox();
  const { node } = await rawCall(url, { method: `alipay.trade.${method}`, biz: {} });
  expect(node.sub_code).toBe('ACQ.INVALID_PARAMETER');
});
