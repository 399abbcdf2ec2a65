type AttemptResult = 'success' | 'refused' | 'unreachable' | 'dropped';

export type Attempt = {
  readonly atMs: number;
  readonly result: AttemptResult;
  readonly httpStatus: number | null;
  /** The first bytes of what the receiver said, or why it could not be reached. */
  readonly reply: string;
  /** A copy beyond the ladder: a duplicate, or a resending asked for by hand. */
  readonly extra: boolean;
};

export type NoticeState = 'pending' | 'delivered' | 'given_up';

export type Notice = {
  readonly notifyId: string;
  readonly outTradeNo: string;
  readonly url: string;
  readonly charset: string;
  /** Every field but notify_time, sign_type and sign, which belong to one sending. */
  readonly fields: Readonly<Record<string, string>>;
  readonly owedAtMs: number;
  readonly state: NoticeState;
  /** Rungs of the ladder already used. */
  readonly sendings: number;
  /** The last sending that used a rung. */
  readonly lastSendingAtMs: number | null;
  /** The newest ones only. */
  readonly attempts: readonly Attempt[];
};
