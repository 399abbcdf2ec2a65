// A form as Alipay sends it, taken apart without deciding on a charset: names and values are *byte strings*,
// one character (U+0000 to U+00FF) for each byte, so that what was signed can be put together byte for byte.

/** Fields by name, as byte strings. */
export type Form = ReadonlyMap<string, string>;

export type ReadForm =
  | { readonly kind: 'form'; readonly fields: Form }
  | { readonly kind: 'refused'; readonly reason: string };

const MAX_BYTES = 65_536;
const MAX_PAIRS = 100;
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Splits on `&` and `=` and undoes `+` and percent-escapes exactly once. A `%` that starts no escape
 * stays. Refuses a repeated name: whoever verified the one value could be shown the other.
 */
export function readForm(raw: Buffer): ReadForm {
  if (raw.length > MAX_BYTES) return refused(`more than ${MAX_BYTES} bytes`);
  const pairs = raw.toString('latin1').split('&', MAX_PAIRS + 1);
  if (pairs.length > MAX_PAIRS) return refused(`more than ${MAX_PAIRS} fields`);
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0) return refused('a field without a value');
    const name = unescapeBytes(pair.slice(0, equals));
    if (!NAME.test(name)) return refused('an unusual field name');
    if (fields.has(name)) return refused('a repeated field');
    fields.set(name, unescapeBytes(pair.slice(equals + 1)));
  }
  return { kind: 'form', fields };
}

/** Every spelling of an escape's two digits. */
const ESCAPED = new Map<string, string>();
for (const high of '0123456789ABCDEFabcdef')
  for (const low of '0123456789ABCDEFabcdef')
    ESCAPED.set(high + low, String.fromCharCode(Number.parseInt(high + low, 16)));

/** A loop: with a pattern and a callback for each escape, reading a notification's form takes half as long again. */
export function unescapeBytes(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  let done = '';
  let from = 0;
  for (let at = spaced.indexOf('%'); at >= 0; at = spaced.indexOf('%', Math.max(at + 1, from))) {
    const byte = ESCAPED.get(spaced.slice(at + 1, at + 3));
    if (byte === undefined) continue;
    done += spaced.slice(from, at) + byte;
    from = at + 3;
  }
  return done + spaced.slice(from);
}

function refused(reason: string): ReadForm {
  return { kind: 'refused', reason };
}
