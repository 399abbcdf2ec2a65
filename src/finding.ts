/** What one check of the doctor's came to. */
export interface Finding {
  readonly status: 'ok' | 'warning' | 'wrong';
  /** What was looked at: `ALI_PUBLIC_KEY`. */
  readonly about: string;
  readonly says: string;
  /** What to do; undefined when nothing is. */
  readonly fix?: string;
}

export function ok(about: string, says: string): Finding {
  return { status: 'ok', about, says };
}

export function warning(about: string, says: string, fix: string): Finding {
  return { status: 'warning', about, says, fix };
}

export function wrong(about: string, says: string, fix: string): Finding {
  return { status: 'wrong', about, says, fix };
}

/** Why something did not answer, in few words: what lies at the bottom of the error. */
export function reasonOf(error: unknown): string {
  let fault = error;
  while (fault instanceof Error && fault.cause instanceof Error) fault = fault.cause;
  if (!(fault instanceof Error)) return 'no answer';
  if (fault.message !== '') return fault.message;
  // A host with several addresses: only the code says what all of them had in common.
  return 'code' in fault && typeof fault.code === 'string' ? fault.code : 'no answer';
}
