import type { KeyObject } from 'node:crypto';
import { formatChinaTime } from './china-time.ts';
import type { Notice } from './notice.ts';
import { canonicalString } from './wire/canonical.ts';
import { codecOf, encodeText } from './wire/charset.ts';
import { encodeForm } from './wire/form.ts';
import { signRsa2, signWrongly } from './wire/rsa2.ts';

export type Corruption = 'none' | 'flip' | 'wrong_sign';

/** One sending of a notice as a form body, signed for this moment: sign and sign_type are not part of what is signed. */
export function noticeForm(notice: Notice, sending: { nowMs: number; key: KeyObject; corruption: Corruption }): string {
  const codec = codecOf(notice.charset) ?? 'utf-8';
  const fields = { ...notice.fields, notify_time: formatChinaTime(sending.nowMs) };
  const bytes = encodeText(canonicalString(Object.entries(fields), ['sign', 'sign_type']), codec);
  const sign = sending.corruption === 'wrong_sign' ? signWrongly(bytes, sending.key) : signRsa2(bytes, sending.key);
  const sent = sending.corruption === 'flip' ? { ...fields, total_amount: flipped(fields) } : fields;
  return encodeForm([...Object.entries(sent), ['sign_type', 'RSA2'], ['sign', sign]], codec);
}

// One bit of the amount's last digit changes after signing: 88.80 becomes 88.81.
function flipped(fields: Readonly<Record<string, string>>): string {
  const amount = fields.total_amount ?? '';
  return `${amount.slice(0, -1)}${String.fromCharCode(amount.charCodeAt(amount.length - 1) ^ 1)}`;
}
