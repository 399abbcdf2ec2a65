// Operations that are known by the SHA-256 of their text, so that clients need not send it, and others may be refused.
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';

/** Texts by the SHA-256 of each, in hex. */
export type Manifest = ReadonlyMap<string, string>;

/** `off` and `prefer` take any text; `enforce` takes what the manifest holds and nothing else. */
export type PersistedMode = 'off' | 'prefer' | 'enforce';

/** What a request says of its document, whichever transport it came over; nothing of it has been looked at. */
export interface SentDocument {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** The text to run, or why there is none; undefined when the request says nothing of a document at all. */
export type FindDocument = (
  sent: SentDocument,
) => { readonly query: string } | { readonly error: GraphQLError } | undefined;

/**
 * Finds the text that a request means, before anything is parsed. It may be named as Automatic Persisted Queries do
 * (`extensions.persistedQuery.sha256Hash`) or as GraphQL over HTTP does (`documentId`, also among the extensions). A name that is
 * known wins over a text beside it: a page may send both, and runs on gateways that know it and that don't.
 */
export function documentFinder(mode: PersistedMode, manifest: Manifest): FindDocument {
  return ({ query, documentId, extensions }) => {
    const apq = hashOf(field(field(extensions, 'persistedQuery'), 'sha256Hash'));
    const hash = apq ?? hashOf(documentId) ?? hashOf(field(extensions, 'documentId'));
    const known = hash === undefined ? undefined : manifest.get(hash);
    if (known !== undefined) return { query: known };
    const text = typeof query === 'string' && query !== '' ? query : undefined;
    if (text === undefined) return missing(mode, hash);
    if (mode === 'enforce') return manifest.has(sha256(text)) ? { query: text } : { error: notListed() };
    return apq !== undefined && apq !== sha256(text) ? { error: otherText() } : { query: text };
  };
}

/** In both spellings: with the `sha256:` of GraphQL over HTTP, and without. */
export function hashOf(name: unknown): string | undefined {
  return typeof name === 'string' ? name.replace(/^sha256:/, '') : undefined;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Clients that find the first two words send the text, or give hashes up altogether. */
function missing(mode: PersistedMode, hash: string | undefined): ReturnType<FindDocument> {
  if (hash === undefined) return mode === 'enforce' ? { error: notListed() } : undefined;
  return mode === 'off'
    ? { error: refusal('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED') }
    : { error: refusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND') };
}

function notListed(): GraphQLError {
  return refusal(
    'This gateway runs only operations of its manifest (PERSISTED_OPERATIONS=enforce)',
    'PERSISTED_OPERATION_REQUIRED',
  );
}

function otherText(): GraphQLError {
  return refusal('extensions.persistedQuery.sha256Hash is not the SHA-256 of query', 'BAD_REQUEST');
}

function refusal(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
