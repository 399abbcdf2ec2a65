import { z } from 'zod';

/** The body of a control call does not fit; the message names the field. */
export class BadBody extends Error {}

export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new BadBody(issues.join('; '));
}
