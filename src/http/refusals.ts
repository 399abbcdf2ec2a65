// What those are told who are not let in, or not now, whichever transport they come over.
import { GraphQLError } from 'graphql';
import { SUSPENDED_MESSAGE } from '../merchants/authenticate.ts';
import { type TooMany, tooManyText } from '../merchants/limits.ts';

/** HTTP 401 where there is HTTP. */
export function unauthenticated(): GraphQLError {
  return new GraphQLError('Send a valid API key: Authorization: Bearer <API key>', {
    extensions: { code: 'UNAUTHENTICATED' },
  });
}

/** To the credentials of a suspended merchant: HTTP 403 where there is HTTP. */
export function suspended(): GraphQLError {
  return new GraphQLError(SUSPENDED_MESSAGE, { extensions: { code: 'FORBIDDEN' } });
}

/** HTTP 429 with Retry-After where there is HTTP. */
export function tooManyRequests(tooMany: TooMany): GraphQLError {
  const { limit, waitSeconds } = tooMany;
  return new GraphQLError(tooManyText(tooMany), {
    extensions: { code: 'RATE_LIMITED', limit: limit.toUpperCase(), retryAfterSeconds: waitSeconds },
  });
}
