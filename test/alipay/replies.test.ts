import { expect, test } from 'vitest';
import { type Meaning, readReply } from '../../src/alipay/replies.ts';

test.each<[string, string | undefined, Meaning, Meaning, string]>([
  // code   sub_code                          signed      unsigned    subCode
  ['10000', undefined, 'accepted', 'unknown', '10000'],
  ['10003', undefined, 'unknown', 'unknown', '10003'],
  ['20000', 'isp.unknow-error', 'unknown', 'unknown', 'unknow-error'],
  ['20000', 'aop.unknow-error', 'unknown', 'unknown', 'unknow-error'],
  ['20000', 'aop.ACQ.SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
  ['20001', 'aop.invalid-auth-token', 'rejected', 'rejected', 'invalid-auth-token'],
  ['40001', 'isv.missing-signature', 'rejected', 'rejected', 'missing-signature'],
  ['40002', 'isv.invalid-signature', 'rejected', 'rejected', 'invalid-signature'],
  ['40002', 'isv.invalid-app-id', 'rejected', 'rejected', 'invalid-app-id'],
  ['40003', 'isv.missing-signature-config', 'rejected', 'rejected', 'missing-signature-config'],
  ['40004', 'ACQ.SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
  ['40004', 'AQC.SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
  ['40004', 'SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
  ['40004', 'ACQ.TRADE_NOT_EXIST', 'rejected', 'unknown', 'TRADE_NOT_EXIST'],
  ['40004', 'TRADE_NOT_EXIST', 'rejected', 'unknown', 'TRADE_NOT_EXIST'],
  ['40004', 'ACQ.TRADE_HAS_SUCCESS', 'rejected', 'unknown', 'TRADE_HAS_SUCCESS'],
  ['40004', 'ACQ.TRADE_HAS_CLOSE', 'rejected', 'unknown', 'TRADE_HAS_CLOSE'],
  ['40004', 'ACQ.CONTEXT_INCONSISTENT', 'rejected', 'unknown', 'CONTEXT_INCONSISTENT'],
  ['40004', 'ACQ.TOTAL_FEE_EXCEED', 'rejected', 'unknown', 'TOTAL_FEE_EXCEED'],
  ['40004', 'ACQ.SOMETHING_NEW', 'rejected', 'unknown', 'SOMETHING_NEW'],
  ['40004', undefined, 'rejected', 'unknown', '40004'],
  ['40004', 'ACQ.', 'rejected', 'unknown', '40004'],
  ['40004', 'ACQ.<script>', 'rejected', 'unknown', '40004'],
  ['40005', 'isv.app-call-limited', 'rejected', 'rejected', 'app-call-limited'],
  ['40005', undefined, 'rejected', 'rejected', 'app-call-limited'],
  ['40006', 'isv.insufficient-isv-permissions', 'rejected', 'rejected', 'insufficient-isv-permissions'],
  ['', undefined, 'unknown', 'unknown', ''],
  ['99999', 'ACQ.TRADE_NOT_EXIST', 'unknown', 'unknown', 'TRADE_NOT_EXIST'],
  ['constructor', '__proto__', 'unknown', 'unknown', '__proto__'],
])('%s %s: signed %s, unsigned %s, as %s', (code, raw, signed, unsigned, subCode) => {
  expect(readReply(code, raw, true)).toMatchObject({ meaning: signed, subCode });
  expect(readReply(code, raw, false)).toMatchObject({ meaning: unsigned, subCode });
  expect(readReply(code, raw, true).message).toMatch(/^[A-Z][ -~]{5,}$/);
});
