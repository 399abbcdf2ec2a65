import { z } from 'zod';
import { refuse, type SubCode } from '../sub-codes.ts';
import type { Answer } from '../wire/answer.ts';

// Field rules of biz_content. Pages of different age disagree on lengths: only clear violations are refused.

/** Text of bounded length; Alipay takes a JSON number where text is meant. */
export function text(longest: number) {
  return z
    .union([z.string(), z.number()], '必须是字符串')
    .transform(String)
    .pipe(z.string().max(longest, `长度不能超过${longest}`));
}

export const outTradeNo = text(64).pipe(z.string().regex(/^[A-Za-z0-9_-]+$/, '只能包含字母、数字、下划线'));
export const tradeNo = text(64);

/** The fields of a call, or the refusal it gets. */
export type Fields<T> = { readonly kind: 'fields'; readonly fields: T } | { readonly kind: 'refused'; answer: Answer };

/** Reads biz_content by a schema. The first thing wrong becomes ACQ.INVALID_PARAMETER and names the field. */
export function readFields<T>(schema: z.ZodType<T>, biz: unknown): Fields<T> {
  const parsed = schema.safeParse(biz);
  if (parsed.success) return { kind: 'fields', fields: parsed.data };
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const isMissing = issue !== undefined && !hasPath(biz, issue.path);
  return refusal('ACQ.INVALID_PARAMETER', `：${field}${isMissing ? '不能为空' : (issue?.message ?? '')}`);
}

function hasPath(value: unknown, path: readonly PropertyKey[]): boolean {
  return path.length === 0 || lookUp(value, path) !== undefined;
}

function lookUp(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function refusal(subCode: SubCode, more = ''): { kind: 'refused'; answer: Answer } {
  return { kind: 'refused', answer: refuse(subCode, more) };
}
