import { GraphQLError } from 'graphql';

/** For input that no union member answers: the arguments of a query. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
