import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export interface FaultLog {
  error(fields: object, message: string): void;
}

export type ErrorMask = (error: unknown, formatted?: GraphQLFormattedError) => GraphQLFormattedError;

/** What GraphQL adds to a misspelt name: names of the schema, which production keeps to itself. */
const SUGGESTION = / ?Did you mean .*\?$/s;

/** The last thing every error passes on its way out, whichever way the operation came. */
export function errorMask({ log, production }: { log: FaultLog; production: boolean }): ErrorMask {
  return (error, formatted) => {
    const shown = maskFault(error, log, formatted);
    return production ? { ...shown, message: shown.message.replace(SUGGESTION, '') } : shown;
  };
}

/**
 * What a caller may see of an error. What GraphQL itself or a resolver says on purpose passes; anything
 * else is a fault of ours: logged whole under an id, shown as that id.
 */
export function maskFault(error: unknown, log: FaultLog, formatted?: GraphQLFormattedError): GraphQLFormattedError {
  const cause = causeOf(error);
  if (error instanceof GraphQLError && cause === undefined) return formatted ?? error.toJSON();
  const id = randomUUID();
  log.error({ faultId: id, err: cause ?? error }, 'unexpected fault');
  const path = error instanceof GraphQLError && error.path ? { path: error.path } : {};
  return { message: `Unexpected fault ${id}`, ...path, extensions: { code: 'INTERNAL_SERVER_ERROR', faultId: id } };
}

/** The first cause that is not a GraphQL error: execution wraps what a resolver throws. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  const { originalError } = error;
  return originalError === undefined || originalError === null ? undefined : causeOf(originalError);
}
