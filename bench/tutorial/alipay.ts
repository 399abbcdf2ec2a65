import { AlipaySdk } from 'alipay-sdk';
import type { Context } from './context.ts';

export interface AlipayKeys {
  readonly appId: string;
  readonly gateway: string;
  /** Both in PEM. */
  readonly privateKey: string;
  readonly alipayPublicKey: string;
}

export function openAlipay(keys: AlipayKeys): AlipaySdk {
  return new AlipaySdk({ ...keys, keyType: 'PKCS8' });
}

/** @throws Error when Alipay says no, or its signature is wrong. */
export async function callAlipay(
  { alipay, notifyUrl }: Context,
  method: string,
  bizContent: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const answer = await alipay.exec(method, { notifyUrl, bizContent: { ...bizContent } }, { validateSign: true });
  if (answer.code !== '10000')
    throw new Error(`Alipay: ${answer.subCode ?? answer.code} ${answer.subMsg ?? answer.msg}`);
  return answer;
}

/** Alipay tells the time of Beijing. */
export function timeFrom(text: string | undefined): Date {
  return text === undefined ? new Date() : new Date(`${text.replace(' ', 'T')}+08:00`);
}
