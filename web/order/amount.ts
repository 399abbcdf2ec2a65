// Money on screen. The pages add whole fen as bigint; a decimal is text from the gateway and text to it.

const AMOUNT = /^(\d{1,9})\.(\d{2})$/;

/** Whole fen of an amount as the gateway writes it, `"9.99"` is 999n. Throws on anything else. */
export function fenOf(amount: string): bigint {
  const [, yuan, fen] = AMOUNT.exec(amount) ?? [];
  if (yuan === undefined || fen === undefined) throw new RangeError(`not an amount: ${amount}`);
  return BigInt(yuan) * 100n + BigInt(fen);
}

/** Fen as yuan text with two fraction digits. */
export function yuanOf(fen: bigint): string {
  if (fen < 0n) return `-${yuanOf(-fen)}`;
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function sumFen(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, fen) => sum + fen, 0n);
}

/** Groups the thousands for reading: `"1234567.80"` is `"1,234,567.80"`. Keeps a half-typed `"12."` as it is. */
export function grouped(amount: string): string {
  const [yuan = '', ...fraction] = amount.split('.');
  return [yuan.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}
