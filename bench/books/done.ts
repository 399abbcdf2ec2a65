/** What a contender has said that it did, over all runs. */
export interface Done {
  readonly created: number;
  /** Given a QR code. */
  readonly offered: number;
  /** Paid as a notification says. */
  readonly noticed: number;
  /** Paid by a scanned code. */
  readonly scanned: number;
  readonly refunded: number;
}

export const nothingDone: Done = { created: 0, offered: 0, noticed: 0, scanned: 0, refunded: 0 };

export function plus(one: Done, other: Done): Done {
  return {
    created: one.created + other.created,
    offered: one.offered + other.offered,
    noticed: one.noticed + other.noticed,
    scanned: one.scanned + other.scanned,
    refunded: one.refunded + other.refunded,
  };
}
