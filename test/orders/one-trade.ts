// An Alipay with one trade on its books: what really happened, whatever became of the messages about it.
import type { Fact } from '../../src/orders/fact.ts';
import type {
  ChannelAnswer,
  PaymentChannel,
  RefundAnswer,
  RefundRequest,
  RefundState,
} from '../../src/orders/ports.ts';
import { accepted, rejectedWith, UNKNOWN } from '../support/memory-ports.ts';
import { aFact } from '../support/orders.ts';

export const AMOUNT_FEN = 999n;

/** What becomes of the next call: it is lost on the way there, its answer is lost, or the seller's balance is short. */
export type Fault = 'lost' | 'answer lost' | 'balance short';

export class OneTrade {
  state: 'none' | 'awaiting_buyer' | 'paid' | 'closed' = 'none';
  readonly given = new Map<string, bigint>();
  /** Everything that was ever told about the trade; any of it may arrive at any time, again and again. */
  readonly notices: Fact[] = [];
  readonly faults: Fault[] = [];

  get totalFen(): bigint {
    return [...this.given.values()].reduce((sum, fen) => sum + fen, 0n);
  }

  scan(): void {
    if (this.state === 'none') this.state = 'awaiting_buyer';
  }

  pay(): void {
    this.scan();
    if (this.state !== 'awaiting_buyer') return;
    this.state = 'paid';
    this.#notice(null);
  }

  /** On Alipay's own site. Some notices name the refund and some do not. */
  giveBackThere(fen: bigint, isNamed: boolean): void {
    const left = AMOUNT_FEN - this.totalFen;
    if (this.state !== 'paid' || left === 0n) return;
    const refundNo = `E-${this.given.size}`;
    this.given.set(refundNo, fen < left ? fen : left);
    this.#notice(isNamed ? refundNo : null);
  }

  channel(): Pick<PaymentChannel, 'query' | 'close' | 'refund' | 'queryRefund'> {
    return {
      query: () => this.#call(() => this.#queried()),
      close: () => this.#call(() => this.#closed()),
      refund: (request) => this.#call(() => this.#refunded(request)),
      queryRefund: ({ refundNo }) => this.#call(() => this.#refundState(refundNo)),
    };
  }

  async #call<Value>(answer: () => ChannelAnswer<Value>): Promise<ChannelAnswer<Value>> {
    const fault = this.faults.shift();
    if (fault === 'lost') return UNKNOWN;
    if (fault === 'balance short') this.faults.unshift(fault);
    const said = answer();
    return fault === 'answer lost' ? UNKNOWN : said;
  }

  #queried(): ChannelAnswer<Fact> {
    this.#dropShort();
    if (this.state === 'none') return rejectedWith('TRADE_NOT_EXIST');
    if (this.state !== 'paid') return accepted(aFact({ state: this.state, paidAt: null }));
    // Only a trade that was wholly given back says so (TRADE_CLOSED with the traces of a payment).
    const whole = this.totalFen === AMOUNT_FEN;
    return accepted(aFact({ refund: whole ? { totalFen: AMOUNT_FEN, refundNo: null, refundedAt: null } : null }));
  }

  #closed(): ChannelAnswer<null> {
    this.#dropShort();
    if (this.state === 'none') return rejectedWith('TRADE_NOT_EXIST');
    if (this.state !== 'awaiting_buyer') return rejectedWith('TRADE_STATUS_ERROR');
    this.state = 'closed';
    return accepted(null);
  }

  #refunded({ refundNo, amountFen }: RefundRequest): ChannelAnswer<RefundAnswer> {
    const short = this.#dropShort();
    const known = this.given.get(refundNo);
    if (known !== undefined && known !== amountFen) return rejectedWith('DISCORDANT_REPEAT_REQUEST');
    if (known !== undefined) return accepted({ fundChange: false, totalFen: this.totalFen, refundedAt: null });
    if (this.state !== 'paid') return rejectedWith('TRADE_STATUS_ERROR');
    if (this.totalFen === AMOUNT_FEN) return rejectedWith('TRADE_HAS_CLOSE');
    if (this.totalFen + amountFen > AMOUNT_FEN) return rejectedWith('REASON_TRADE_REFUND_FEE_ERR');
    if (short) return rejectedWith('SELLER_BALANCE_NOT_ENOUGH');
    this.given.set(refundNo, amountFen);
    this.#notice(refundNo);
    return accepted({ fundChange: true, totalFen: this.totalFen, refundedAt: null });
  }

  #refundState(refundNo: string): ChannelAnswer<RefundState> {
    this.#dropShort();
    const amountFen = this.given.get(refundNo);
    return accepted(amountFen === undefined ? { done: false } : { done: true, amountFen, refundedAt: null });
  }

  #dropShort(): boolean {
    if (this.faults[0] !== 'balance short') return false;
    this.faults.shift();
    return true;
  }

  #notice(refundNo: string | null): void {
    const totalFen = this.totalFen;
    this.notices.push(aFact({ refund: totalFen === 0n ? null : { totalFen, refundNo, refundedAt: null } }));
  }
}
