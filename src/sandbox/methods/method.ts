import type { Sandbox } from '../sandbox.ts';
import type { Answer } from '../wire/answer.ts';

/** One verified call of an API method. */
export type Call = {
  readonly method: string;
  /** biz_content, with null and empty values left out. */
  readonly biz: Readonly<Record<string, unknown>>;
  readonly notifyUrl: string | null;
  /** Where a cashier page sends the payer's browser; other methods do not look at it. */
  readonly returnUrl: string | null;
  /** As the caller spelled it. */
  readonly charset: string;
};

/** Answers a call, whole, before anything else happens: it never waits. */
export type Method = (sandbox: Sandbox, call: Call) => Answer;
