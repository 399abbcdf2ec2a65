// What came of asking the gateway, as the pages speak of it.
import type { CombinedError } from '@urql/core';

/** The gateway's refusal, or that we could not hear its answer. */
export type Problem =
  | { readonly kind: 'refused'; readonly code: string; readonly field?: string; readonly subCode?: string }
  | { readonly kind: 'no_answer' };

export interface Refusal {
  readonly code: string;
  readonly field?: string;
  readonly subCode?: string;
}

export function refused({ code, field, subCode }: Refusal): Problem {
  return {
    kind: 'refused',
    code,
    ...(field === undefined ? {} : { field }),
    ...(subCode === undefined ? {} : { subCode }),
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
