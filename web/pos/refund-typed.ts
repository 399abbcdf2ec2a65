import { fenTyped } from './keypad-state.ts';

/** Whole fen of a refund's amount as it was typed; undefined when it is none or more than `most`. */
export function refundTyped(typed: string, most: bigint): bigint | undefined {
  const text = typed.trim().replace(/[,，。]/, '.');
  if (!/^\d{1,9}(\.\d{0,2})?$/.test(text)) return undefined;
  const fen = fenTyped(text);
  return fen > 0n && fen <= most ? fen : undefined;
}
