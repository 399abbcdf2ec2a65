import type { FastifyRequest } from 'fastify';
import { type Codec, codecOf, decodeText } from './wire/charset.ts';
import { parseForm, type RawPair } from './wire/form.ts';
import { multipartBoundary, parseMultipart } from './wire/multipart.ts';

export type GatewayParams = {
  /** Names and values as the caller meant them; blank ones are left out, as Alipay does before verifying. */
  readonly values: ReadonlyMap<string, string>;
  readonly codec: Codec;
};

// A call to Alipay has about fifteen parameters.
const MOST_PARAMS = 200;

/** Query and body merged (the query wins), decoded by the charset the caller names; without one Alipay reads GBK. */
export function readGatewayParams(request: FastifyRequest): GatewayParams {
  return readPairs([...queryPairs(request), ...bodyPairs(request)]);
}

/** The same for an order string, which travels without a request. */
export function readOrderString(orderString: string): GatewayParams {
  return readPairs(parseForm(orderString));
}

function readPairs(pairs: readonly RawPair[]): GatewayParams {
  const raw = pairs.slice(0, MOST_PARAMS);
  const named = raw.find(([name]) => name.toString('latin1') === 'charset')?.[1].toString('latin1');
  const codec = named === undefined ? 'gbk' : (codecOf(named) ?? 'utf-8');
  const values = new Map<string, string>();
  for (const [nameBytes, valueBytes] of raw) {
    const name = decodeText(nameBytes, codec);
    const value = decodeText(valueBytes, codec);
    if (value.trim() !== '' && !values.has(name)) values.set(name, value);
  }
  return { values, codec };
}

// Fastify decodes a query as UTF-8, which would spoil GBK: the raw target is read instead.
function queryPairs(request: FastifyRequest): RawPair[] {
  const target = request.raw.url ?? '';
  const mark = target.indexOf('?');
  return mark < 0 ? [] : parseForm(target.slice(mark + 1));
}

function bodyPairs(request: FastifyRequest): RawPair[] {
  if (!Buffer.isBuffer(request.body)) return [];
  const boundary = multipartBoundary(request.headers['content-type'] ?? '');
  return boundary === null ? parseForm(request.body.toString('latin1')) : parseMultipart(request.body, boundary);
}
