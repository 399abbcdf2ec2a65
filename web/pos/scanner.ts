// A scanner types a payment code faster than any hand and ends it with Enter, whatever has the focus. Pure: the time
// of each key comes with it.

/** Digits that came too fast to tell yet whether a hand or a scanner typed them. */
export interface Burst {
  readonly digits: string;
  /** When the last digit came, in the milliseconds of the keys' own clock. */
  readonly lastMs: number;
}

export interface KeyHeard {
  readonly key: string;
  readonly atMs: number;
  /** The key is held down: no scanner does that. */
  readonly repeat?: boolean;
}

export type Judged =
  | { readonly kind: 'held' } //                                a digit: wait for what follows
  | { readonly kind: 'typed'; readonly digits: string } //      a hand's digits, perhaps none, before this key
  | { readonly kind: 'code'; readonly code: string } //         a buyer's payment code, this key ended it
  | { readonly kind: 'misread' }; //                            a scanner's, but no payment code

export const SILENCE: Burst = { digits: '', lastMs: Number.NEGATIVE_INFINITY };

/** Alipay's payment codes: 16 to 24 digits that begin with 25 to 30 (dossier 3.1). */
const PAYMENT_CODE = /^(?:2[5-9]|30)\d{14,22}$/;
/** Nobody types so many digits of an amount: the most is 100000000. */
const SCANNER_DIGITS = 10;
/** After a few fast digits a slow radio link may pause; at first a pause means a hand. */
const SURE_DIGITS = 4;
const FIRST_GAP_MS = 60;
const LATER_GAP_MS = 160;

export function isPaymentCode(text: string): boolean {
  return PAYMENT_CODE.test(text);
}

/** How long to wait for the next digit before the burst is over. */
export function gapMs({ digits }: Burst): number {
  return digits.length < SURE_DIGITS ? FIRST_GAP_MS : LATER_GAP_MS;
}

export interface Step {
  readonly burst: Burst;
  readonly judged: Judged;
  /** What became of an older burst that this key came too late for. */
  readonly before?: Judged;
}

/** What one more key makes of the burst. */
export function hearKey(burst: Burst, heard: KeyHeard): Step {
  if (heard.atMs - burst.lastMs > gapMs(burst) && burst.digits !== '')
    return { ...hearKey(SILENCE, heard), before: hearSilence(burst) };
  const isDigit = /^\d$/.test(heard.key) && heard.repeat !== true;
  if (isDigit) return { burst: { digits: burst.digits + heard.key, lastMs: heard.atMs }, judged: { kind: 'held' } };
  return { burst: SILENCE, judged: judge(burst.digits) };
}

/** What a burst was that nothing follows. A scanner may be set to send no Enter. */
export function hearSilence({ digits }: Burst): Judged {
  return judge(digits);
}

function judge(digits: string): Judged {
  if (isPaymentCode(digits)) return { kind: 'code', code: digits };
  return digits.length >= SCANNER_DIGITS ? { kind: 'misread' } : { kind: 'typed', digits };
}
