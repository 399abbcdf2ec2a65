import { formatChinaTime } from '../china-time.ts';
import { formatYuan } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Cashier, Trade } from '../trade.ts';
import { canonicalString } from '../wire/canonical.ts';
import { codecOf, encodeText } from '../wire/charset.ts';
import { encodeForm } from '../wire/form.ts';
import { signRsa2, signWrongly } from '../wire/rsa2.ts';

/**
 * Where the payer's browser goes after paying: return_url with Alipay's parameters behind its own, signed without
 * sign and sign_type. null when the call gave none.
 */
export function returnUrl(sandbox: Sandbox, trade: Trade, cashier: Cashier): string | null {
  if (cashier.returnUrl === null) return null;
  const codec = codecOf(cashier.charset) ?? 'utf-8';
  const fields = returnFields(sandbox, trade, cashier);
  const bytes = encodeText(canonicalString(Object.entries(fields), []), codec);
  const sign = signature(bytes, sandbox, cashier);
  const query = encodeForm([...Object.entries(fields), ['sign_type', 'RSA2'], ...sign], codec);
  const url = new URL(cashier.returnUrl);
  url.search = url.search === '' ? query : `${url.search}&${query}`;
  return url.href;
}

function returnFields({ app, clock }: Sandbox, trade: Trade, { kind, charset }: Cashier): Record<string, string> {
  return {
    charset,
    out_trade_no: trade.outTradeNo,
    method: `alipay.trade.${kind}.pay.return`,
    total_amount: formatYuan(trade.totalFen),
    trade_no: trade.tradeNo,
    auth_app_id: app.appId,
    version: '1.0',
    app_id: app.appId,
    seller_id: app.sellerId,
    timestamp: formatChinaTime(clock.now()),
  };
}

function signature(bytes: Buffer, { app }: Sandbox, { signing }: Cashier): [string, string][] {
  switch (signing) {
    case 'right':
      return [['sign', signRsa2(bytes, app.alipayPrivateKey)]];
    case 'wrong':
      return [['sign', signWrongly(bytes, app.alipayPrivateKey)]];
    case 'none':
      return [];
  }
}
