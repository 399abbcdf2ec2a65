import type { Attempt, Notice, NoticeState } from './notice.ts';
import type { Code, Order, Trade, TradeMove } from './trade.ts';

/** One thing that happened, as the ledger keeps it. The books are nothing but these, applied in order. */
export type Entry =
  | { readonly kind: 'order_registered'; readonly order: Order }
  | {
      readonly kind: 'order_repeated';
      readonly outTradeNo: string;
      readonly notifyUrl: string | null;
      readonly charset: string;
    }
  | { readonly kind: 'code_issued'; readonly code: Code }
  | { readonly kind: 'codes_revoked'; readonly outTradeNo: string }
  | { readonly kind: 'trade_created'; readonly trade: Trade }
  | ({ readonly kind: 'trade_moved' } & TradeMove)
  | { readonly kind: 'notice_owed'; readonly notice: Notice }
  | {
      readonly kind: 'notice_sent';
      readonly notifyId: string;
      readonly attempt: Attempt;
      readonly state: NoticeState;
    };
