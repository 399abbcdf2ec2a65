// Alipay writes every time as Beijing wall clock: UTC+8 all year. The process's own time zone plays no part.
const OFFSET_MS = 8 * 3_600_000;
const TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?$/;

/** `yyyy-MM-dd HH:mm:ss` in Beijing; a fraction of a second is cut off. */
export function formatBeijingTime(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * The moment of `yyyy-MM-dd HH:mm:ss` in Beijing, with up to three digits of a second's fraction
 * (gmt_refund has one). Undefined for any other text, 30 February too.
 */
export function parseBeijingTime(text: string): Date | undefined {
  const [, day, time, fraction = ''] = TIME.exec(text) ?? [];
  if (day === undefined || time === undefined) return undefined;
  const at = new Date(`${day}T${time}.${fraction.padEnd(3, '0')}+08:00`);
  if (Number.isNaN(at.getTime()) || formatBeijingTime(at) !== `${day} ${time}`) return undefined;
  return at;
}
