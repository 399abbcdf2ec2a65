/** Why a message does not verify, and where to mend that. */
export interface Cause {
  readonly what: string;
  readonly fix: string;
}
