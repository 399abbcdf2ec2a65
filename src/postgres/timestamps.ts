const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)([+-]\d\d)(?::?(\d\d))?$/;

/**
 * Reads a `timestamptz(3)` as PostgreSQL writes it, plainly (`2026-01-02 03:04:05.6+00`) or in JSON
 * (`2026-01-02T03:04:05.6+00:00`). MikroORM's pool leaves these as text.
 * @throws RangeError for anything else.
 */
export function timestamp(text: string): Date {
  const [, day, time, hours, minutes] = TIMESTAMP.exec(text) ?? [];
  if (day === undefined) throw new RangeError('PostgreSQL answered a timestamp that is none');
  return new Date(`${day}T${time}${hours}:${minutes ?? '00'}`);
}

export function timestampOrNull(text: string | null): Date | null {
  return text === null ? null : timestamp(text);
}
