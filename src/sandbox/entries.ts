import type { AuthCode } from './auth-codes.ts';
import type { Attempt, Notice, NoticeState } from './notice.ts';
import type { CallKind, Code, Order, Trade, TradeMove } from './trade.ts';

/** One thing that happened, as the ledger keeps it. The books are nothing but these, applied in order. */
export type Entry =
  | { readonly kind: 'order_registered'; readonly order: Order }
  | {
      readonly kind: 'order_repeated';
      readonly outTradeNo: string;
      readonly notifyUrl: string | null;
      readonly charset: string;
      /** Absent: a precreate call. */
      readonly by?: CallKind;
    }
  | { readonly kind: 'code_issued'; readonly code: Code }
  | { readonly kind: 'codes_revoked'; readonly outTradeNo: string }
  /** A cancel found no trade: none may come into being under this number any more. */
  | { readonly kind: 'number_cancelled'; readonly outTradeNo: string }
  | { readonly kind: 'auth_code_issued'; readonly authCode: AuthCode }
  | { readonly kind: 'auth_code_used'; readonly code: string; readonly outTradeNo: string }
  | { readonly kind: 'trade_created'; readonly trade: Trade }
  | ({ readonly kind: 'trade_moved' } & TradeMove)
  /** A refund was answered as unknown though nothing was done. */
  | { readonly kind: 'refund_missed'; readonly tradeNo: string; readonly outRequestNo: string }
  | { readonly kind: 'topped_up'; readonly fen: number }
  | { readonly kind: 'clock_moved'; readonly offsetMs: number }
  | { readonly kind: 'notice_owed'; readonly notice: Notice }
  | {
      readonly kind: 'notice_sent';
      readonly notifyId: string;
      readonly attempt: Attempt;
      readonly state: NoticeState;
    };
