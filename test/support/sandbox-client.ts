// What the buyer does, at the built-in sandbox.
export interface TradeSummary {
  readonly outTradeNo: string;
  readonly tradeNo: string | null;
  readonly status: string;
  readonly amount: string;
}

export interface LedgerTrade extends TradeSummary {
  readonly createdAt: string;
  readonly paidAt: string | null;
  readonly madeBy: string;
  /** What a cancel did to it. */
  readonly cancelAction: string | null;
  readonly refunds: readonly { readonly outRequestNo: string; readonly amount: string; readonly at: string }[];
  readonly notifications: readonly { readonly notifyId: string }[];
}

/** What a cashier page answers; `returnTo` is where the payer's browser goes. */
export interface PageAnswer {
  readonly state: string;
  readonly returnTo?: string;
}

export interface SandboxClient {
  scan(qrCode: string): Promise<TradeSummary>;
  pay(outTradeNo: string): Promise<TradeSummary>;
  close(outTradeNo: string): Promise<TradeSummary>;
  /** The seller's staff give money back on Alipay's own site. */
  refund(outTradeNo: string, amount: string, more?: object): Promise<TradeSummary>;
  /** Money for refunds that found the seller's balance short. */
  topUp(amount: string): Promise<unknown>;
  /** The payer's browser opens a signed URL: the address of the cashier page, or what was said instead. */
  openPage(signedUrl: string): Promise<string>;
  onPage(page: string, act: 'scan' | 'pay'): Promise<PageAnswer>;
  appPay(orderString: string, act?: 'leave'): Promise<TradeSummary & { readonly resultStatus: string }>;
  settings(changed: object): Promise<unknown>;
  /** A fresh payment code, as a buyer's phone shows it. */
  authCode(): Promise<{ readonly authCode: string }>;
  /** Puts the sandbox's clock forward; what falls due on the way has been done when it answers. */
  advance(advanceMs: number): Promise<{ readonly now: string; readonly offsetMs: number }>;
  trades(of?: {
    readonly outTradeNo: string;
  }): Promise<{ readonly total: number; readonly trades: readonly LedgerTrade[] }>;
  /** What was ordered, scanned or not. */
  orders(): Promise<{ readonly total: number }>;
  /** Makes the next calls or notifications go wrong on purpose. */
  fault(fault: object): Promise<unknown>;
  clearFaults(): Promise<unknown>;
}

export function sandboxClient({ sandboxUrl }: { readonly sandboxUrl: string }): SandboxClient {
  const post = async (path: string, body: object) =>
    answered(await fetch(`${sandboxUrl}/_sandbox/${path}`, json(body)));
  return {
    scan: (qrCode) => post('scan', { qrCode }),
    pay: (outTradeNo) => post('pay', { outTradeNo }),
    close: (outTradeNo) => post('close', { outTradeNo }),
    authCode: () => post('auth-code', {}),
    advance: (advanceMs) => post('clock', { advanceMs }),
    refund: (outTradeNo, amount, more) => post('refund', { outTradeNo, amount, ...more }),
    topUp: (amount) => post('top-up', { amount }),
    openPage: async (signedUrl) => {
      const response = await fetch(signedUrl, { redirect: 'manual' });
      return response.headers.get('location') ?? response.text();
    },
    onPage: async (page, act) => answered(await fetch(`${new URL(page, sandboxUrl)}/${act}`, json({}))),
    appPay: (orderString, act) => post('app-pay', { orderString, ...(act && { act }) }),
    settings: (changed) => post('settings', changed),
    trades: async (of) => {
      const query = of === undefined ? '' : `?${new URLSearchParams({ ...of })}`;
      return answered(await fetch(`${sandboxUrl}/_sandbox/trades${query}`));
    },
    orders: async () => answered(await fetch(`${sandboxUrl}/_sandbox/orders`)),
    fault: (fault) => post('faults', fault),
    clearFaults: async () => answered(await fetch(`${sandboxUrl}/_sandbox/faults`, { method: 'DELETE' })),
  };
}

/** The one trade under a number; throws when there is none. */
export async function theTrade(sandbox: SandboxClient, outTradeNo: string): Promise<LedgerTrade> {
  const [trade] = (await sandbox.trades({ outTradeNo })).trades;
  if (trade === undefined) throw new Error(`the sandbox has no trade ${outTradeNo}`);
  return trade;
}

function json(body: object) {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function answered(response: Response) {
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
  return JSON.parse(await response.text());
}
