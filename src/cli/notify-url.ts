import { isIP } from 'node:net';
import { type Finding, ok, warning, wrong } from '../finding.ts';

const MAX_LENGTH = 256;
const INSIDE = /^(localhost|.*\.(local|localhost|internal|lan|home|test|example|invalid)|[^.]+)$/i;

/** Whether Alipay, out on the internet, could post to it. Nothing is sent. */
export function checkNotifyUrl(publicUrl: string | undefined, playMoney: boolean): Finding {
  const about = 'PUBLIC_URL';
  if (playMoney) return ok(about, 'the built-in sandbox notifies this machine');
  const fix = 'set PUBLIC_URL to https://<public host name> of the proxy before the gateway';
  if (publicUrl === undefined) return wrong(about, 'is not set: Alipay would be told to notify http://localhost', fix);
  const url = new URL(`${publicUrl}/alipay/notify`);
  if (new URL(publicUrl).search !== '' || new URL(publicUrl).hash !== '')
    return wrong(about, 'has a query or a fragment; notify_url must have none (a query is not signed)', fix);
  if (url.protocol !== 'https:') return wrong(about, 'is not https: what a buyer pays would travel in the open', fix);
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 || INSIDE.test(url.hostname))
    return wrong(about, `${url.hostname} is no public host name: Alipay can't reach it`, fix);
  if (url.href.length > MAX_LENGTH) return wrong(about, `notify_url has more than ${MAX_LENGTH} characters`, fix);
  if (new URL(publicUrl).pathname !== '/')
    return warning(
      about,
      `has a path: Alipay notifies ${url.href}`,
      'see that the proxy takes the path away again: the gateway serves /alipay/notify',
    );
  return ok(about, `Alipay notifies ${url.href}`);
}
