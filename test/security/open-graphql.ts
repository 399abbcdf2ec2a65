// A GraphQL server as a tutorial leaves it: everything that the detections look for is there to be found.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, execute, MaxIntrospectionDepthRule, parse, specifiedRules, validate } from 'graphql';

const schema = buildSchema('type Query { name: String } type Mutation { name: String }');

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** As before graphql-js grew a limit of its own. */
const RULES = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);

async function answer(source: string) {
  const document = parse(source);
  const refusals = validate(schema, document, RULES);
  const { data, errors = undefined } =
    refusals.length > 0 ? { data: undefined, errors: refusals } : await execute({ schema, document });
  const debug = errors?.map((error) => ({ ...error.toJSON(), extensions: { exception: { stacktrace: error.stack } } }));
  return { data, ...(debug && { errors: debug }) };
}

async function respond(request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '', 'http://open');
  if (request.method === 'GET') return answer(url.searchParams.get('query') ?? '');
  const body = await bodyOf(request);
  if (request.headers['content-type']?.includes('form')) return answer(new URLSearchParams(body).get('query') ?? '');
  const asked: unknown = JSON.parse(body);
  const one = (each: unknown) => answer(String(Reflect.get(Object(each), 'query')));
  return Array.isArray(asked) ? Promise.all(asked.map(one)) : one(asked);
}

export async function startOpenGraphQL(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    if (request.headers.accept === 'text/html') return void response.end('<title>GraphiQL</title>');
    response.end(JSON.stringify(await respond(request)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
