// What each of Alipay's answers means to us. Alipay's common error codes: https://opendocs.alipay.com/common/02km9f

/** `rejected`: nothing happened, for sure. `unknown`: something may have. */
export type Meaning = 'accepted' | 'rejected' | 'unknown';

export interface Reply {
  readonly meaning: Meaning;
  /** Without Alipay's signature this reply proves nothing (some errors come unsigned). */
  readonly needsSignature: boolean;
  /** For a cashier. */
  readonly message: string;
}

const ASK_OPERATOR = "Alipay does not accept this shop's connection; please call the operator";

/** By `code`. A code that is not here is unknown. */
const codes: Readonly<Record<string, Reply>> = {
  10000: { meaning: 'accepted', needsSignature: true, message: 'Accepted' },
  10003: { meaning: 'unknown', needsSignature: true, message: 'Alipay is still working on it' },
  20000: { meaning: 'unknown', needsSignature: true, message: 'Alipay is not available and may have acted or not' },
  20001: { meaning: 'rejected', needsSignature: false, message: ASK_OPERATOR },
  40001: { meaning: 'rejected', needsSignature: false, message: ASK_OPERATOR },
  40002: { meaning: 'rejected', needsSignature: false, message: ASK_OPERATOR },
  40003: { meaning: 'rejected', needsSignature: false, message: ASK_OPERATOR },
  40004: { meaning: 'rejected', needsSignature: true, message: 'Alipay refuses this payment' },
  40005: { meaning: 'rejected', needsSignature: false, message: 'Too many calls to Alipay; please wait a moment' },
  40006: { meaning: 'rejected', needsSignature: false, message: 'This product is not signed with Alipay' },
};

/** A sub_code where Alipay sends none. */
const silent: Readonly<Record<string, string>> = { 40005: 'app-call-limited' };

const BUYER = 'Alipay refuses this buyer; please choose another way to pay';
const SHOP = 'Alipay does not let this shop collect at the moment; please call the operator';
const LIMIT = 'The amount exceeds what this shop may collect through Alipay';
const REQUEST = 'Alipay does not accept the details of this payment; please call the operator';

/** By the last part of `sub_code`, whatever the prefix: Alipay's pages spell prefixes differently. */
const subCodes: Readonly<Record<string, { readonly meaning?: Meaning; readonly message: string }>> = {
  SYSTEM_ERROR: { meaning: 'unknown', message: 'Alipay had a fault and may have acted or not' },
  'unknow-error': { meaning: 'unknown', message: 'Alipay had a fault and may have acted or not' },
  'app-call-limited': { message: 'Too many calls to Alipay; please wait a moment' },
  'method-call-limited': { message: 'Too many calls to Alipay; please wait a moment' },
  TRADE_NOT_EXIST: { message: 'Alipay does not know this payment; nobody has scanned its code' },
  TRADE_HAS_SUCCESS: { message: 'This payment has already been made' },
  TRADE_HAS_CLOSE: { message: 'This payment is closed; please start a new one' },
  CONTEXT_INCONSISTENT: { message: 'Alipay knows this number with other details' },
  TOTAL_FEE_EXCEED: { message: 'The amount is outside what Alipay allows' },
  EXIST_FORBIDDEN_WORD: { message: 'The subject or the description holds a word that Alipay forbids' },
  TRADE_BUYER_NOT_MATCH: { message: BUYER },
  BUYER_SELLER_EQUAL: { message: 'Buyer and seller are the same Alipay account' },
  BUYER_ENABLE_STATUS_FORBID: { message: BUYER },
  SELLER_BEEN_BLOCKED: { message: SHOP },
  SELLER_NOT_EXIST: { message: SHOP },
  INVALID_RECEIVE_ACCOUNT: { message: SHOP },
  MERCHANT_STATUS_NOT_NORMAL: { message: SHOP },
  MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT: { message: SHOP },
  MERCHANT_PERM_RECEIPT_SINGLE_PAY_LIMIT: { message: LIMIT },
  MERCHANT_PERM_RECEIPT_DAY_LIMIT: { message: LIMIT },
  BEYOND_PAY_RESTRICTION: { message: LIMIT },
  BEYOND_PER_RECEIPT_RESTRICTION: { message: LIMIT },
  BEYOND_PER_RECEIPT_SINGLE_RESTRICTION: { message: LIMIT },
  BEYOND_PER_RECEIPT_DAY_RESTRICTION: { message: LIMIT },
  ACCESS_FORBIDDEN: { message: 'This product is not signed with Alipay' },
  PARTNER_ERROR: { message: ASK_OPERATOR },
  INVALID_PARAMETER: { message: REQUEST },
  INVALID_STORE_ID: { message: 'Alipay does not know this store' },
  SUB_GOODS_SIZE_MAX_COUNT: { message: REQUEST },
  NOW_TIME_AFTER_EXPIRE_TIME_ERROR: { message: 'The time to pay is over' },
  RISK_MERCHANT_IP_NOT_EXIST: { message: REQUEST },
  APPLY_PC_MERCHANT_CODE_ERROR: { message: REQUEST },
};

export interface ReadReply {
  readonly meaning: Meaning;
  /** The last part of sub_code, or the code when Alipay sends none. */
  readonly subCode: string;
  readonly message: string;
}

/** Reads `code` and `sub_code`; `signed` says whether they came under Alipay's signature. */
export function readReply(code: string, rawSubCode: string | undefined, signed: boolean): ReadReply {
  const subCode = lastPart(rawSubCode) ?? silent[code] ?? code.slice(0, 10);
  const byCode = own(codes, code);
  const bySubCode = own(subCodes, subCode);
  const message = bySubCode?.message ?? byCode?.message ?? 'Alipay gave an answer that is not known';
  if (byCode === undefined || (byCode.needsSignature && !signed)) return { meaning: 'unknown', subCode, message };
  if (byCode.meaning === 'rejected') return { meaning: bySubCode?.meaning ?? 'rejected', subCode, message };
  return { meaning: byCode.meaning, subCode, message };
}

/** `aop.ACQ.SYSTEM_ERROR` is SYSTEM_ERROR. */
function lastPart(subCode: string | undefined): string | undefined {
  const last = subCode?.split('.').at(-1) ?? '';
  return /^[\w-]{1,64}$/.test(last) ? last : undefined;
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
