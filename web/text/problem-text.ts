import type { Problem } from '../api/answer.ts';
import type { Text } from './shape.ts';

/** A problem in the cashier's words. Alipay's own sub-code stays readable: support asks for it. */
export function problemText(text: Text, problem: Problem, noAnswer = text.noAnswer): string {
  if (problem.kind === 'no_answer') return noAnswer;
  const { code, field, message, messageZh, subCode, allowed, refundable } = problem;
  if (code === 'INVALID_INPUT') return text.invalid[field ?? 'other'] ?? text.invalid.other;
  if (messageZh !== undefined)
    return failureText(text, { message: message ?? '', messageZh, subCode: subCode ?? null });
  const said = text.refusal[code] ?? text.refusal.other;
  if (allowed !== undefined && allowed.length > 0)
    return `${said} ${text.possible(allowed.map((word) => text.allowed[word] ?? word).join(', '))}`;
  if (refundable !== undefined) return `${said} ${text.refund.atMost(refundable)}`;
  return subCode === undefined ? said : `${said} (${subCode})`;
}

interface Failure {
  readonly message: string;
  readonly messageZh: string;
  readonly subCode: string | null;
}

/** Why Alipay refused, in the page's language. */
export function failureText({ language }: Text, { message, messageZh, subCode }: Failure): string {
  const said = language === 'zh' ? messageZh : message;
  return subCode === null || subCode === '' ? said : `${said} (${subCode})`;
}
