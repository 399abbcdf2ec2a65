// A signed call to Alipay, bare: node:crypto with keys kept ready, node:http with connections kept alive. The answer is
// believed only under Alipay's signature, over the very characters that are read.
import { type KeyObject, sign, verify } from 'node:crypto';
import { Agent, request } from 'node:http';
import { formatBeijingTime } from '../../src/alipay/beijing-time.ts';
import { bodyOf } from '../body.ts';

export interface LimitAlipayNeeds {
  readonly gateway: string;
  readonly appId: string;
  readonly notifyUrl: string;
  readonly appKey: KeyObject;
  readonly alipayKey: KeyObject;
}

export interface AlipaySaid {
  readonly fields: Readonly<Record<string, string>>;
  /** The answer as it came. */
  readonly bytes: Buffer;
}

export type CallAlipay = (method: string, bizContent: object) => Promise<AlipaySaid>;

export function limitAlipay({ gateway, appId, notifyUrl, appKey, alipayKey }: LimitAlipayNeeds): CallAlipay {
  const agent = new Agent({ keepAlive: true });
  return async (method, bizContent) => {
    const common = { app_id: appId, charset: 'utf-8', format: 'JSON', method, notify_url: notifyUrl };
    const dated = { ...common, sign_type: 'RSA2', timestamp: formatBeijingTime(new Date()), version: '1.0' };
    const params: Record<string, string> = { ...dated, biz_content: JSON.stringify(bizContent) };
    const text = Object.keys(params)
      .sort()
      .map((name) => `${name}=${params[name]}`)
      .join('&');
    const signature = sign('sha256', Buffer.from(text), appKey).toString('base64');
    const query = Object.entries({ ...dated, sign: signature });
    const url = `${gateway}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
    const bytes = await post(url, `biz_content=${encodeURIComponent(params.biz_content ?? '')}`, agent);
    return { fields: verifiedNode(bytes.toString('utf8'), method, alipayKey), bytes };
  };
}

function post(url: string, body: string, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const call = request(url, { method: 'POST', agent, headers, timeout: 8_000 }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`Alipay answered ${answer.statusCode}`));
      bodyOf(answer).then(resolve, reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer from Alipay')));
    call.on('error', reject);
    call.end(body);
  });
}

/** The node comes first and the signature last, as Alipay writes them. */
function verifiedNode(text: string, method: string, key: KeyObject): AlipaySaid['fields'] {
  const head = `{"${method.replaceAll('.', '_')}_response":`;
  const end = text.lastIndexOf(',"sign":"');
  const node = text.slice(head.length, end);
  const signature = Buffer.from(text.slice(end + 9, -2), 'base64');
  if (!text.startsWith(head) || !verify('sha256', Buffer.from(node), key, signature)) throw new Error('not signed');
  const fields = JSON.parse(node);
  if (fields.code !== '10000') throw new Error(`Alipay says ${node}`);
  return fields;
}
