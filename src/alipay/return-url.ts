import { parseBeijingTime } from './beijing-time.ts';
import type { FindApp, VerifyingApp } from './notification.ts';
import { readSignedForm } from './signed-form.ts';
import { isNumber } from './trade-fact.ts';

const MAX_AGE_MS = 3_600_000;
/** How far Alipay's clock may run ahead of ours. */
const MAX_LEAD_MS = 600_000;

/** What Alipay says of who comes back. */
export interface Returned {
  readonly merchantId: string;
  readonly accountId: string;
  readonly outTradeNo: string;
}

/**
 * Which order the buyer's browser comes back from, by the query that Alipay put on the return URL:
 * undefined unless it is signed for an app of ours and at most an hour old. It opens a view; it never
 * proves a payment.
 */
export function verifyReturn(query: string, findApp: FindApp, now: Date): Returned | undefined {
  let app: VerifyingApp | undefined;
  const read = readSignedForm(Buffer.from(query.replace(/^\?/, '')), (named) => {
    app = findApp(named);
    return app?.keys;
  });
  if (read.kind !== 'verified' || app === undefined) return undefined;
  const sentAt = parseBeijingTime(read.field('timestamp') ?? '');
  if (sentAt === undefined) return undefined;
  const ageMs = now.getTime() - sentAt.getTime();
  const outTradeNo = read.field('out_trade_no');
  if (ageMs > MAX_AGE_MS || ageMs < -MAX_LEAD_MS || !isNumber(outTradeNo)) return undefined;
  return { merchantId: app.merchantId, accountId: app.accountId, outTradeNo };
}
