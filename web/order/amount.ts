// Money on screen. The pages add whole fen; a decimal is text from the gateway and text to it.

const AMOUNT = /^(\d{1,9})\.(\d{2})$/;

/** Whole fen of an amount as the gateway writes it, `"9.99"` is 999. Throws on anything else. */
export function fenOf(amount: string): number {
  const [, yuan, fen] = AMOUNT.exec(amount) ?? [];
  if (yuan === undefined || fen === undefined) throw new RangeError(`not an amount: ${amount}`);
  return Number(yuan) * 100 + Number(fen);
}

/** Fen as yuan text with two fraction digits. */
export function yuanOf(fen: number): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Groups the thousands for reading: `"1234567.80"` is `"1,234,567.80"`. Keeps a half-typed `"12."` as it is. */
export function grouped(amount: string): string {
  const [yuan = '', ...fraction] = amount.split('.');
  return [yuan.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}
