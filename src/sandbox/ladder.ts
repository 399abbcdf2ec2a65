// Alipay sends at once, then after these gaps: 8 deliveries within about 25 hours.
export const ALIPAY_LADDER = '0,4m,10m,10m,1h,2h,6h,15h';

const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const MOST_RUNGS = 50;

/** The gaps of a ladder such as `0,4m,1h` in milliseconds; null when a rung is not a number with ms, s, m, h or d. */
export function parseLadder(text: string): readonly number[] | null {
  const rungs = text.split(',').map(parseGap);
  const gaps = rungs.filter((gap) => gap !== null);
  return gaps.length === rungs.length && gaps.length <= MOST_RUNGS ? gaps : null;
}

function parseGap(text: string): number | null {
  const match = /^(\d{1,6})(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = match[2];
  if (unit === undefined) return match[1] === '0' ? 0 : null;
  return Number(match[1]) * (UNIT_MS.get(unit) ?? 0);
}
