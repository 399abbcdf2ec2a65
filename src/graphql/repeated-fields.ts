import { GraphQLError, Kind, type ValidationRule } from 'graphql';

/**
 * How often one selection may name the same field under one name. Whoever writes a document by hand or with a client needs it once;
 * each repeat is compared with all others before anything runs.
 */
export function repeatedFieldsLimit(most: number): ValidationRule {
  return (context) => ({
    SelectionSet({ selections }) {
      const counts = new Map<string, number>();
      for (const selection of selections) {
        if (selection.kind !== Kind.FIELD) continue;
        const name = (selection.alias ?? selection.name).value;
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        if (count === most + 1)
          context.reportError(new GraphQLError(`A selection may name the same field at most ${most} times`));
      }
    },
  });
}
