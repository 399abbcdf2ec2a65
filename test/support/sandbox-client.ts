// What the buyer does, at the built-in sandbox.
export interface TradeSummary {
  readonly outTradeNo: string;
  readonly tradeNo: string | null;
  readonly status: string;
  readonly amount: string;
}

export interface LedgerTrade extends TradeSummary {
  readonly notifications: readonly { readonly notifyId: string }[];
}

export interface SandboxClient {
  scan(qrCode: string): Promise<TradeSummary>;
  pay(outTradeNo: string): Promise<TradeSummary>;
  refund(outTradeNo: string, amount: string): Promise<TradeSummary>;
  trades(): Promise<{ readonly total: number; readonly trades: readonly LedgerTrade[] }>;
  /** What was ordered, scanned or not. */
  orders(): Promise<{ readonly total: number }>;
  /** Makes the next calls or notifications go wrong on purpose. */
  fault(fault: object): Promise<unknown>;
  clearFaults(): Promise<unknown>;
}

export function sandboxClient({ sandboxUrl }: { readonly sandboxUrl: string }): SandboxClient {
  const post = async (path: string, body: object) =>
    answered(
      await fetch(`${sandboxUrl}/_sandbox/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  return {
    scan: (qrCode) => post('scan', { qrCode }),
    pay: (outTradeNo) => post('pay', { outTradeNo }),
    refund: (outTradeNo, amount) => post('refund', { outTradeNo, amount }),
    trades: async () => answered(await fetch(`${sandboxUrl}/_sandbox/trades`)),
    orders: async () => answered(await fetch(`${sandboxUrl}/_sandbox/orders`)),
    fault: (fault) => post('faults', fault),
    clearFaults: async () => answered(await fetch(`${sandboxUrl}/_sandbox/faults`, { method: 'DELETE' })),
  };
}

async function answered(response: Response) {
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
  return JSON.parse(await response.text());
}
