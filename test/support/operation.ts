// What the schema knows of an operation, as a test works with it.
import type { TypedDocumentString } from './gql/graphql.ts';

/** A document that `graphql` has typed. */
export type Operation<Data, Sent> = TypedDocumentString<Data, Sent>;

/** The variables of a document. */
export type SentWith<Document> = Document extends Operation<infer _, infer Sent> ? Sent : never;

/** The variables, left out where nothing must be sent. */
export type Needed<Sent> = Record<never, never> extends Sent ? [variables?: Sent] : [variables: Sent];

/** An answer as a test reads it. */
export type Told<Data> = { readonly [Field in keyof Data]: Said<Data[Field]> };

/**
 * A result union: the thing that was asked for, and beside it what a refusal would say. Whoever reads a thing that was
 * refused reads undefined, and the test fails there.
 */
export type Said<Result> = [Extract<Result, Refused>] extends [never]
  ? Result
  : Flat<NonNullable<Result>> | Extract<Result, null | undefined>;

interface Refused {
  readonly code: unknown;
}

type Flat<Union> = Omit<Exclude<Union, Refused>, '__typename'> &
  Pick<Union, keyof Union & '__typename'> & {
    readonly [Field in FieldOf<Extract<Union, Refused>>]?: ValueOf<Extract<Union, Refused>, Field>;
  };

type FieldOf<Refusal> = Refusal extends unknown ? Exclude<keyof Refusal, '__typename'> : never;

type ValueOf<Refusal, Field extends PropertyKey> = Refusal extends Record<Field, infer Value> ? Value : never;
