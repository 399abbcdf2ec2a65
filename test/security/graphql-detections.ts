// The twelve detections of graphql-cop 1.x (github.com/dolevf/graphql-cop, its README lists them), made anew: what each
// sends, and the answer that it takes for a finding.
export interface Spoken {
  readonly method: 'GET' | 'POST';
  /** Below the endpoint. */
  readonly path?: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: string;
}

export interface Heard {
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly json: unknown;
}

export type Speak = (spoken: Spoken) => Promise<Heard>;

/** Answers whether it has found something. */
export type Detection = (speak: Speak) => Promise<boolean>;

/** What a dotted path leads to in an answer. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (from, name) => (typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined),
      value,
    );
}

const many = (count: number, make: (n: number) => string) => Array.from({ length: count }, (_, n) => make(n)).join(' ');
const posted = (query: string): Spoken => ({
  method: 'POST',
  type: 'application/json',
  body: JSON.stringify({ query }),
});
const got = (query: string): Spoken => ({ method: 'GET', path: `?query=${encodeURIComponent(query)}` });

/** A document, and where in the answer something must be for a finding. */
const finds = (query: string, path: string): Detection => {
  return async (speak) => at((await speak(posted(query))).json, path) !== undefined;
};

const CIRCLE = many(4, () => 'fields { type {');

/** Those that any connection which takes a document can be asked. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  'alias overloading': `{ ${many(101, (n) => `alias${n}: __typename`)} }`,
  'field duplication': `{ ${many(500, () => '__typename')} }`,
  'directive overloading': '{ __typename @aa @aa @aa @aa @aa @aa @aa @aa @aa @aa }',
  'a circle through introspection': `{ __schema { types { ${CIRCLE} name ${'} } '.repeat(4)} } } }`,
  introspection: '{ __schema { types { name fields { name } } } }',
  'field suggestions': '{ __schema { directive } }',
};

const IDES = ['', '/', '/graphiql', '/playground', '/console', '/altair', '/voyager'];

export const DETECTIONS: Readonly<Record<string, Detection>> = {
  'alias overloading': finds(DOCUMENTS['alias overloading'] ?? '', 'data.alias100'),
  'batch queries': async (speak) => {
    const batch = Array.from({ length: 10 }, () => ({ query: '{ __typename }' }));
    const { json } = await speak({ method: 'POST', type: 'application/json', body: JSON.stringify(batch) });
    return Array.isArray(json) && json.length >= 10;
  },
  'queries by GET': async (speak) => at((await speak(got('{ __typename }'))).json, 'data.__typename') !== undefined,
  'queries in a form': async (speak) => {
    const type = 'application/x-www-form-urlencoded';
    const { json } = await speak({ method: 'POST', type, body: 'query=%7B__typename%7D' });
    return at(json, 'data.__typename') !== undefined;
  },
  'tracing and debug modes': async (speak) => {
    const { json, text } = await speak(posted('{ __typename nonsense }'));
    const told = ['extensions.tracing', 'errors.0.extensions.tracing', 'errors.0.extensions.exception'];
    return /stacktrace/i.test(text) || told.some((path) => at(json, path) !== undefined);
  },
  'field duplication': finds(DOCUMENTS['field duplication'] ?? '', 'data.__typename'),
  'field suggestions': async (speak) =>
    (await speak(posted(DOCUMENTS['field suggestions'] ?? ''))).text.includes('Did you mean'),
  'GraphiQL and its like': async (speak) => {
    for (const path of IDES)
      if (
        /graphiql|playground|altair|voyager|apollo-sandbox|embeddable-sandbox/i.test(
          (await speak({ method: 'GET', path, accept: 'text/html' })).text,
        )
      )
        return true;
    return false;
  },
  introspection: finds(DOCUMENTS.introspection ?? '', 'data.__schema.types'),
  'directive overloading': async (speak) => {
    const errors = at((await speak(posted(DOCUMENTS['directive overloading'] ?? ''))).json, 'errors');
    return Array.isArray(errors) && errors.length >= 10;
  },
  'a circle through introspection': finds(DOCUMENTS['a circle through introspection'] ?? '', 'data.__schema.types'),
  'mutations by GET': async (speak) =>
    at((await speak(got('mutation { __typename }'))).json, 'data.__typename') !== undefined,
};
