// What came of asking the gateway, as the pages speak of it.
import type { CombinedError } from '@urql/core';

/** What a refusal may carry beside its code. */
export interface Refusal {
  readonly code: string;
  /** The input that is wrong. */
  readonly field?: string;
  readonly subCode?: string;
  /** Alipay's own refusal in a cashier's words, in English and in Chinese. */
  readonly message?: string;
  readonly messageZh?: string;
  /** What could be asked for instead. */
  readonly allowed?: readonly string[];
  /** What can still be given back, in yuan. */
  readonly refundable?: string;
}

/** The gateway's refusal, or that we could not hear its answer. */
export type Problem = ({ readonly kind: 'refused' } & Refusal) | { readonly kind: 'no_answer' };

export function refused({ code, field, subCode, message, messageZh, allowed, refundable }: Refusal): Problem {
  return {
    kind: 'refused',
    code,
    ...(field === undefined ? {} : { field }),
    ...(subCode === undefined ? {} : { subCode }),
    ...(message === undefined || messageZh === undefined ? {} : { message, messageZh }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(refundable === undefined ? {} : { refundable }),
  };
}

/** A GraphQL error is an answer (with the server's code); anything else is none, and the effect is unknown. */
export function problemOf(error: CombinedError | undefined): Problem {
  const code = error === undefined ? undefined : errorCode(error);
  return code === undefined || code === 'INTERNAL_SERVER_ERROR' ? { kind: 'no_answer' } : { kind: 'refused', code };
}

/** True when the gateway no longer takes the credential. */
export function isSignedOut(error: CombinedError): boolean {
  return errorCode(error) === 'UNAUTHENTICATED' || statusOf(error) === 401;
}

function errorCode(error: CombinedError): string | undefined {
  const codes = error.graphQLErrors.map(({ extensions: { code } }) => code);
  return codes.find((code): code is string => typeof code === 'string');
}

function statusOf(error: CombinedError): number | undefined {
  const response: unknown = error.response;
  return response instanceof Response ? response.status : undefined;
}
