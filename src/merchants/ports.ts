import type { CasePolicy } from '../orders/case.ts';
import type { Order } from '../orders/order.ts';

/** Where API keys are kept. Only their hashes are. */
export interface ApiKeyStore {
  findApiKey(hash: Uint8Array): Promise<ApiKey | undefined>;
}

export interface ApiKey {
  readonly merchantId: string;
  readonly keyId: string;
}

/** Tokens that open one order to a frontend. */
export interface ClientTokens {
  issue(order: Pick<Order, 'merchantId' | 'id' | 'expiresAt'>): string;
  /** The order that a token opens; undefined when it is not ours or its time is over. */
  read(token: string, now: Date): { readonly merchantId: string; readonly orderId: string } | undefined;
}

/** What a merchant decides once, for all its orders. */
export interface MerchantSettings {
  /** What becomes of late money; AUTO_REFUND until the merchant says otherwise. */
  casePolicy(merchantId: string): Promise<CasePolicy>;
  /** Goes for cases that are opened from now on. */
  setCasePolicy(merchantId: string, policy: CasePolicy): Promise<void>;
}
