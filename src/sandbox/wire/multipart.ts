import type { RawPair } from './form.ts';

/** The boundary of a `multipart/form-data` content type; null when there is none. */
export function multipartBoundary(contentType: string): string | null {
  const match = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

/** The text fields of a multipart body. Files are skipped: Alipay signs none of their bytes. */
export function parseMultipart(body: Buffer, boundary: string): RawPair[] {
  const parts = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1);
  return parts.map(parsePart).filter((pair) => pair !== null);
}

function parsePart(part: string): RawPair | null {
  const blank = part.indexOf('\r\n\r\n');
  if (blank < 0) return null;
  const head = part.slice(0, blank);
  const name = /^content-disposition:[^\r\n]*?;\s*name="([^"\r\n]*)"/im.exec(head)?.[1];
  if (name === undefined || /;\s*filename\*?=/i.test(head)) return null;
  return [Buffer.from(name, 'latin1'), Buffer.from(part.slice(blank + 4), 'latin1')];
}
