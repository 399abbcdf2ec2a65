import { createSign, createVerify } from 'node:crypto';
import iconv from 'iconv-lite';
import { appInfo, type Json, newNumber } from './fixture.ts';

export type RawCall = {
  readonly method?: string;
  /** Changes common parameters before signing; undefined takes one out. */
  readonly params?: Record<string, string | undefined>;
  readonly biz?: unknown;
  /** Changes parameters after signing. */
  readonly after?: Record<string, string | undefined>;
  readonly how?: 'query' | 'body' | 'multipart' | 'get';
  readonly codec?: 'utf8' | 'gbk';
};

export type RawAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
  /** The node, whatever its name. */
  readonly node: Json;
};

/** A call written and signed here, without any SDK: the second opinion on the wire format. */
export async function rawCall(url: string, call: RawCall = {}): Promise<RawAnswer> {
  const app = await appInfo(url);
  const { codec = 'utf8', how = 'query' } = call;
  const params = withoutUndefined({
    app_id: app.appId,
    method: call.method ?? 'alipay.trade.precreate',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-01-02 03:04:05',
    version: '1.0',
    biz_content: JSON.stringify(call.biz ?? { out_trade_no: newNumber(), total_amount: '0.01', subject: '茶' }),
    ...call.params,
  });
  const text = Object.keys(params)
    .sort()
    .map((key) => `${key}=${params[key]}`)
    .join('&');
  const sign = createSign('RSA-SHA256').update(iconv.encode(text, codec)).sign(app.appPrivateKey, 'base64');
  const sent = withoutUndefined({ ...params, sign, ...call.after });
  const answer = await send(app.gateway, { sent, how, codec });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const answered = iconv.decode(bytes, /gbk/i.test(answer.headers.get('content-type') ?? '') ? 'gbk' : 'utf8');
  const json: Json = JSON.parse(answered);
  return { status: answer.status, headers: answer.headers, text: answered, json, node: Object.values(json)[0] };
}

function withoutUndefined(params: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function encode(text: string, codec: 'utf8' | 'gbk'): string {
  return Array.from(iconv.encode(text, codec), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function send(
  gateway: string,
  { sent, how, codec }: { sent: Record<string, string>; how: string; codec: 'utf8' | 'gbk' },
): Promise<Response> {
  const { biz_content = '', charset, ...rest } = sent;
  const pairs = (from: Record<string, string>) =>
    Object.entries(from)
      .map(([key, value]) => `${key}=${encode(value, codec)}`)
      .join('&');
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const query = charset === undefined ? '' : pairs({ charset });
  switch (how) {
    case 'get':
      return fetch(`${gateway}?${pairs(sent)}`);
    case 'body':
      return fetch(`${gateway}?${query}`, { method: 'POST', headers: type, body: pairs({ ...rest, biz_content }) });
    case 'multipart': {
      const form = new FormData();
      for (const [key, value] of Object.entries({ ...rest, biz_content })) form.append(key, value);
      form.append('picture', new Blob(['not signed']), 'a.png');
      return fetch(`${gateway}?${query}`, { method: 'POST', body: form });
    }
    default:
      return fetch(`${gateway}?${pairs({ ...rest, ...(charset === undefined ? {} : { charset }) })}`, {
        method: 'POST',
        headers: type,
        body: pairs({ biz_content }),
      });
  }
}

/** Whether the answer's signature covers the node's bytes exactly as sent. */
export async function isSigned(url: string, answer: RawAnswer, codec: 'utf8' | 'gbk' = 'utf8'): Promise<boolean> {
  const { alipayPublicKey } = await appInfo(url);
  const content = answer.text.slice(answer.text.indexOf(':') + 1, answer.text.lastIndexOf(',"sign"'));
  const verify = createVerify('RSA-SHA256').update(iconv.encode(content, codec));
  return verify.verify(alipayPublicKey, answer.json.sign ?? '', 'base64');
}
