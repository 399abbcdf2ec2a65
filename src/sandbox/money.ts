// Amounts are whole fen inside; yuan text with two decimals is how they travel.

/** Fen of a yuan text such as `88.8` or `-1.00`; null when it is not one, or has more than two decimals. */
export function parseYuan(text: string): number | null {
  const match = /^(-?)(\d{1,11})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  const fen = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? -fen : fen;
}

/** `8880` → `88.80`. */
export function formatYuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}
