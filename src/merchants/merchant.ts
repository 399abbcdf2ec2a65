/** Who sells. */
export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Since when its credentials open nothing. */
  readonly suspendedAt: Date | null;
}
