import { parseChinaTime } from './china-time.ts';
import type { GatewayParams } from './gateway-params.ts';
import type { Call } from './methods/method.ts';
import type { Sandbox } from './sandbox.ts';
import { refuse, type SubCode } from './sub-codes.ts';
import type { Answer, Signing } from './wire/answer.ts';
import { canonicalString } from './wire/canonical.ts';
import { codecOf, encodeText } from './wire/charset.ts';
import { verifyRsa2 } from './wire/rsa2.ts';

export type Checked =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'refused'; readonly answer: Answer; readonly signing: Signing };

/**
 * The common parameters, in Alipay's order: the application, then each parameter, then the signature, then biz_content.
 * A caller whose application is unknown gets an unsigned answer: there is no key it could check a signature with.
 */
export function checkRequest(sandbox: Sandbox, params: GatewayParams, isMethod: (name: string) => boolean): Checked {
  const { values } = params;
  const appId = values.get('app_id');
  if (appId === undefined) return refused(refuse('isv.missing-app-id'), 'none');
  if (appId !== sandbox.app.appId) return refused(refuse('isv.invalid-app-id'), 'none');
  const method = values.get('method');
  if (method === undefined) return refused(refuse('isv.missing-method'), 'none');
  const wrong = wrongParameter(sandbox, values);
  if (wrong !== null) return refused(refuse(wrong));
  const signatureRefusal = wrongSignature(sandbox, params);
  if (signatureRefusal !== null) return refused(signatureRefusal);
  return isMethod(method) ? readCall(values, method) : refused(refuse('isv.invalid-method'));
}

function refused(answer: Answer, signing: Signing = 'right'): Checked {
  return { kind: 'refused', answer, signing };
}

// One row a rule; the first that holds is the answer.
function wrongParameter(sandbox: Sandbox, values: ReadonlyMap<string, string>): SubCode | null {
  const signType = values.get('sign_type');
  const rules: readonly (readonly [boolean, SubCode])[] = [
    [codecOf(values.get('charset') ?? 'gbk') === null, 'isv.invalid-charset'],
    [(values.get('format') ?? 'JSON').toUpperCase() !== 'JSON', 'isv.invalid-format'],
    [!values.has('version'), 'isv.missing-version'],
    [(values.get('version') ?? '1.0') !== '1.0', 'isv.invalid-parameter'],
    [!values.has('timestamp'), 'isv.missing-timestamp'],
    [!isGoodTimestamp(sandbox, values.get('timestamp') ?? ''), 'isv.invalid-timestamp'],
    [signType === undefined, 'isv.missing-signature-type'],
    // The application has a key for RSA2 only, which is what Alipay then says.
    [signType === 'RSA', 'isv.missing-signature-config'],
    [signType !== 'RSA2', 'isv.invalid-signature-type'],
    [!values.has('sign'), 'isv.missing-signature'],
    [!isGoodUrl(values.get('notify_url')), 'isv.invalid-parameter'],
    [!isGoodUrl(values.get('return_url')), 'isv.invalid-parameter'],
    [values.has('encrypt_type'), 'isv.decryption-error-not-valid-encrypt-key'],
  ];
  return rules.find(([holds]) => holds)?.[1] ?? null;
}

function isGoodTimestamp({ clock, settings }: Sandbox, text: string): boolean {
  const at = parseChinaTime(text);
  if (at === null) return false;
  const tolerance = settings.timestampToleranceSeconds;
  return tolerance === null || Math.abs(at - clock.now()) <= tolerance * 1000;
}

function isGoodUrl(url: string | undefined): boolean {
  return url === undefined || (url.length <= 256 && /^https?:\/\//i.test(url) && URL.canParse(url));
}

// Alipay shows the text it verified, HTML-escaped: comparing it with one's own is how people find the difference.
function wrongSignature({ app }: Sandbox, { values, codec }: GatewayParams): Answer | null {
  const text = canonicalString(values, ['sign']);
  const signature = values.get('sign') ?? '';
  if (verifyRsa2(encodeText(text, codec), app.appPublicKey, signature)) return null;
  return refuse('isv.invalid-signature', escapeHtml(text));
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function readCall(values: ReadonlyMap<string, string>, method: string): Checked {
  const biz = readBizContent(values.get('biz_content') ?? '{}');
  if (biz === null) return refused(refuse('isv.illegal-json'));
  const notifyUrl = values.get('notify_url') ?? null;
  const returnUrl = values.get('return_url') ?? null;
  return { kind: 'call', call: { method, biz, notifyUrl, returnUrl, charset: values.get('charset') ?? 'GBK' } };
}

function readBizContent(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const biz: unknown = JSON.parse(text);
    if (typeof biz !== 'object' || biz === null || Array.isArray(biz)) return null;
    return Object.fromEntries(Object.entries(biz).filter(([, value]) => value !== null && value !== ''));
  } catch {
    return null;
  }
}
