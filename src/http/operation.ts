// An operation on its way to be executed, whichever connection it came over.
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import type { Context } from '../graphql/context.ts';
import type { Checked } from '../graphql/documents.ts';
import type { ErrorMask } from '../graphql/faults.ts';
import type { FindDocument, SentDocument } from '../graphql/persisted.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../merchants/caller.ts';
import type { Door } from '../merchants/door.ts';
import type { AddressOf } from './client-address.ts';
import type { Connections } from './connections.ts';
import { operationLabel } from './graphql-http.ts';
import type { Metrics } from './metrics.ts';

export interface OperationNeeds {
  readonly schema: GraphQLSchema;
  readonly find: FindDocument;
  readonly check: (source: string) => Checked;
  readonly production: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly door: Door;
  readonly addressOf: AddressOf;
  readonly contextFor: (caller: Caller) => Context;
  readonly connections: Connections;
}

export interface Asked extends SentDocument {
  readonly operationName?: string | undefined | null;
  readonly variables?: Record<string, unknown> | undefined | null;
}

export type Ready = ExecutionArgs & { readonly label: string; readonly contextValue: Context };

/** What to execute, or why the document may not be. */
export function readyOperation(
  needs: OperationNeeds,
  caller: Caller,
  { operationName, variables, ...sent }: Asked,
): Ready | readonly GraphQLError[] {
  const found = needs.find(sent) ?? { query: '' };
  if ('error' in found) return refused(needs, [found.error]);
  const checked = needs.check(found.query);
  if ('errors' in checked) return refused(needs, checked.errors);
  const operation = getOperationAST(checked.document, operationName);
  if (!operation) return refused(needs, [new GraphQLError('operationName names no operation of the document')]);
  const label = operationLabel(operation);
  return {
    label,
    schema: needs.schema,
    document: checked.document,
    operationName: operationName ?? null,
    variableValues: variables ?? null,
    contextValue: needs.contextFor(caller),
  };
}

function refused({ metrics }: OperationNeeds, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  metrics.operation('refused', 'error', 0);
  return errors;
}

/** Runs an operation and counts it with its time; a subscription when it begins. */
export async function counted<Result extends object>(
  { metrics }: Pick<OperationNeeds, 'metrics'>,
  args: ExecutionArgs,
  run: (args: ExecutionArgs) => Result | Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const result = await run(args);
  const operation = getOperationAST(args.document, args.operationName);
  const outcome = 'errors' in result && result.errors !== undefined ? 'error' : 'ok';
  metrics.operation(operation ? operationLabel(operation) : 'refused', outcome, performance.now() - startedAt);
  return result;
}

interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** The result with its errors masked; undefined when it has none and may go as it is. */
export function masked({ data, errors }: Result, mask: ErrorMask): FormattedExecutionResult | undefined {
  return errors && { data: data ?? null, errors: errors.map((error) => mask(error)) };
}
