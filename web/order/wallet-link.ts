/**
 * What a button on the buyer's own phone opens. Alipay's app takes its QR codes by this link (Alipay's protocol,
 * "saId=10000007" is its scanner); any other code, a sandbox's, is a page of its own.
 */
export function walletLink(content: string): string | undefined {
  if (!URL.canParse(content)) return undefined;
  const { protocol, hostname } = new URL(content);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return protocol === 'https:' && hostname === 'qr.alipay.com'
    ? `alipays://platformapi/startapp?saId=10000007&qrcode=${encodeURIComponent(content)}`
    : content;
}

/** The code's own page, for play money only. */
export function playLink(content: string): string | undefined {
  const link = walletLink(content);
  return link === content ? link : undefined;
}

/** A page of Alipay's that a buyer may be sent to; never a script. */
export function pageLink(redirectUrl: string | null | undefined): string | undefined {
  if (redirectUrl == null || !URL.canParse(redirectUrl)) return undefined;
  const { protocol } = new URL(redirectUrl);
  return protocol === 'https:' || protocol === 'http:' ? redirectUrl : undefined;
}

/** Where a play wallet shows a payment code of its own: the sandbox's page beside its QR codes. */
export function playCodeLink(content: string): string | undefined {
  const link = playLink(content);
  return link === undefined ? undefined : new URL('/wallet/code', link).href;
}
