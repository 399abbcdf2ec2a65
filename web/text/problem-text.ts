import type { Problem } from '../api/answer.ts';
import type { Text } from './shape.ts';

/** A problem in the cashier's words. Alipay's own sub-code stays readable: support asks for it. */
export function problemText(text: Text, problem: Problem, noAnswer = text.noAnswer): string {
  if (problem.kind === 'no_answer') return noAnswer;
  if (problem.code === 'INVALID_INPUT') return text.invalid[problem.field ?? 'other'] ?? text.invalid.other;
  const said = text.refusal[problem.code] ?? text.refusal.other;
  return problem.subCode === undefined ? said : `${said} (${problem.subCode})`;
}
