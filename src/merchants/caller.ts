import type { Scope } from './scopes.ts';

/** Who asks: a merchant's system with what its key allows, a till with what it sold itself, a frontend with one order. */
export type Caller = MerchantCaller | TerminalCaller | ClientCaller;

export interface MerchantCaller {
  readonly kind: 'merchant';
  readonly merchantId: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

/** Sells and undoes at its own terminal only. */
export interface TerminalCaller {
  readonly kind: 'terminal';
  readonly merchantId: string;
  readonly keyId: string;
  readonly terminalId: string;
}

export interface ClientCaller {
  readonly kind: 'client';
  readonly merchantId: string;
  readonly orderId: string;
  readonly token: string;
}

/** How long a terminal may still see, and undo, what it sold. */
export const TERMINAL_WINDOW_MS = 24 * 3_600_000;

/** What one caller's requests are counted under. */
export function nameOf(caller: Caller): string {
  return caller.kind === 'client' ? caller.orderId : caller.keyId;
}

interface SeenOrder {
  readonly merchantId: string;
  readonly id: string;
  readonly terminalId: string | null;
  readonly createdAt: Date;
}

/** True when the caller may see this order at all. */
export function maySee(caller: Caller, order: SeenOrder, now: Date): boolean {
  if (caller.merchantId !== order.merchantId) return false;
  switch (caller.kind) {
    case 'merchant':
      return true;
    case 'terminal':
      return caller.terminalId === order.terminalId && order.createdAt > terminalSeesFrom(now);
    case 'client':
      return caller.orderId === order.id;
  }
}

export function terminalSeesFrom(now: Date): Date {
  return new Date(now.getTime() - TERMINAL_WINDOW_MS);
}
