// The only place where a decimal amount exists. Everywhere else money is whole fen in a bigint.

/** Money in fen (1/100 yuan). */
export type Fen = bigint;

/** The most one order may cost: 100,000,000.00 yuan, Alipay's own limit for total_amount. */
export const MAX_AMOUNT_FEN: Fen = 10_000_000_000n;

const AMOUNT = /^(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,2}))?$/;

/**
 * Reads yuan as decimal text: digits, at most two of them after the point, no sign, no exponent.
 * Answers undefined for anything else, and for more than {@link MAX_AMOUNT_FEN}.
 */
export function parseAmount(text: string): Fen | undefined {
  const match = AMOUNT.exec(text);
  if (match === null) return undefined;
  const fen = BigInt(match[1] ?? '0') * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
  return fen > MAX_AMOUNT_FEN ? undefined : fen;
}

/** Fen as yuan with exactly two fraction digits: 999n is "9.99". Takes no negative amount. */
export function formatAmount(fen: Fen): string {
  if (fen < 0n) throw new RangeError('an amount is never negative');
  const digits = fen.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function sumFen(amounts: readonly Fen[]): Fen {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
