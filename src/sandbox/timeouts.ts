import { endOfChinaDay } from './china-time.ts';
import { isFaceToFace, type TradeOrigin } from './trade.ts';

const MINUTE_MS = 60_000;
const UNIT_MS = new Map([
  ['m', MINUTE_MS],
  ['h', 60 * MINUTE_MS],
  ['d', 24 * 60 * MINUTE_MS],
]);
/** No timeout is longer. */
export const LONGEST_MS = 15 * 24 * 60 * MINUTE_MS;

/** No QR code outlives this, whatever the timeouts say. */
export const LONGEST_CODE_LIFE_MS = 2 * 60 * MINUTE_MS;

const FACE_TO_FACE_TRADE_LIFE_MS = 3 * 60 * MINUTE_MS;

/** How long an unpaid trade waits when the order names no timeout: three hours face to face, 15 days online. */
export function defaultTradeLifeMs(madeBy: TradeOrigin): number {
  return isFaceToFace(madeBy) ? FACE_TO_FACE_TRADE_LIFE_MS : LONGEST_MS;
}

/** The end of a `timeout_express` (1m…15d, or 1c: until midnight) that starts at `fromMs`; null when it is not one. */
export function endOfTimeout(express: string, fromMs: number): number | null {
  if (express === '1c') return endOfChinaDay(fromMs);
  const match = /^(\d{1,5})([mhd])$/.exec(express);
  const lengthMs = Number(match?.[1]) * (UNIT_MS.get(match?.[2] ?? '') ?? 0);
  return lengthMs >= MINUTE_MS && lengthMs <= LONGEST_MS ? fromMs + lengthMs : null;
}
