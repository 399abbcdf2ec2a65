// What those are told who are not let in, or not now, whichever transport they come over.
import { GraphQLError } from 'graphql';
import { type TooMany, tooManyText } from '../merchants/limits.ts';

/** HTTP 401 where there is HTTP. */
export function unauthenticated(): GraphQLError {
  return new GraphQLError('Send a valid API key: Authorization: Bearer <API key>', {
    extensions: { code: 'UNAUTHENTICATED' },
  });
}

/** HTTP 429 with Retry-After where there is HTTP. */
export function tooManyRequests(tooMany: TooMany): GraphQLError {
  const { limit, waitSeconds } = tooMany;
  return new GraphQLError(tooManyText(tooMany), {
    extensions: { code: 'RATE_LIMITED', limit: limit.toUpperCase(), retryAfterSeconds: waitSeconds },
  });
}
