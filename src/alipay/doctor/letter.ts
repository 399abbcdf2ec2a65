// A notification on the doctor's table: its fields as byte strings (form.ts), whoever has read them.

export interface Pair {
  readonly name: string;
  readonly value: string;
}

export type Pairs = readonly Pair[];

/** What is known of a message beside its fields. */
export interface Surroundings {
  /** Names in the query of the URL that it was posted to. */
  readonly queryNames: readonly string[];
}

/** Which fields are signed. V1: without sign_type, as in every trade's notification; V2: with it (dossier 4.3). */
export type Form = 'V1' | 'V2';

export function fieldOf(pairs: Pairs, name: string): string | undefined {
  return pairs.find((pair) => pair.name === name)?.value;
}

export function mapValues(pairs: Pairs, change: (value: string, name: string) => string): Pairs {
  return pairs.map(({ name, value }) => ({ name, value: change(value, name) }));
}

export function canonical(pairs: Pairs, form: Form): Buffer {
  const signed = pairs.filter(({ name }) => name !== 'sign' && (form === 'V2' || name !== 'sign_type'));
  const sorted = signed.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return Buffer.from(sorted.map(({ name, value }) => `${name}=${value}`).join('&'), 'latin1');
}

/** The fields that Alipay's pages name (dossier 4.2), time fields first. */
export const TIMES: readonly string[] = ['gmt_create', 'gmt_payment', 'gmt_close', 'gmt_refund', 'notify_time'];
const AMOUNTS = ['total_amount', 'receipt_amount', 'invoice_amount', 'buyer_pay_amount', 'point_amount', 'refund_fee'];
export const AMOUNT_FIELDS: readonly string[] = [...AMOUNTS, 'send_back_fee'];
const NAMES =
  'notify_type notify_id app_id auth_app_id charset version sign_type sign trade_no out_trade_no out_biz_no buyer_id ' +
  'buyer_open_id buyer_logon_id seller_id seller_email trade_status subject body fund_bill_list voucher_detail_list ' +
  'vocher_detail_list passback_params receipt_currency_type open_id buyer_user_type gmt_payment_zone alipay_cert_sn';
export const KNOWN_FIELDS: readonly string[] = [...TIMES, ...AMOUNT_FIELDS, ...NAMES.split(' ')];
