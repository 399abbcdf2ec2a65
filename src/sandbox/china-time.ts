// Alipay speaks Beijing time everywhere: UTC+8, no daylight saving.
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

function wallClock(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().replace('T', ' ');
}

/** `yyyy-MM-dd HH:mm:ss`, Beijing time. */
export function formatChinaTime(ms: number): string {
  return wallClock(ms).slice(0, 19);
}

/** `yyyy-MM-dd HH:mm:ss.SSS`: the shape of gmt_refund. */
export function formatChinaTimeWithFraction(ms: number): string {
  return wallClock(ms).slice(0, 23);
}

/** The instant of a `yyyy-MM-dd HH:mm:ss` in Beijing time; null for any other text, 30 February too. */
export function parseChinaTime(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  const ms = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isFinite(ms) && formatChinaTime(ms) === text ? ms : null;
}

/** The midnight that ends the Beijing day of `ms`. */
export function endOfChinaDay(ms: number): number {
  return Math.floor((ms + OFFSET_MS) / DAY_MS + 1) * DAY_MS - OFFSET_MS;
}
