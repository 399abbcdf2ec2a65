// One press of Sell makes one order, however often it is pressed and whatever gets lost on the way.

import type { Problem } from '../api/answer.ts';
import { askUntilAnswered } from '../api/ask-until-answered.ts';
import type { OrderView } from '../api/live-order.ts';

export interface Draft {
  /** Yuan with two fraction digits. */
  readonly amount: string;
  readonly subject: string;
}

export interface Token {
  readonly token: string;
  readonly expiresAt: string;
}

export type Sold = { readonly kind: 'sold'; readonly order: OrderView };

/** The two questions that selling asks the gateway. */
export interface Counter {
  issueToken(): Promise<Token | Problem>;
  createOrder(draft: Draft, token: string): Promise<Sold | Problem>;
  now(): number;
  pause(ms: number): Promise<void>;
}

export interface Seller {
  /** Fetches a submission token ahead, so that Sell itself is one round trip. */
  prepare(): Promise<void>;
  sell(draft: Draft): Promise<Sold | Problem>;
  /** The cashier turned to something else: the next sale is a new one, even with the same amount. */
  startOver(): void;
}

/** A token with less left than this may run out on the way. */
const SPARE_MS = 30_000;

/**
 * The submission token makes the sale repeatable: while an answer is missing, the same draft goes out again with the
 * same token and gets the same order. Another draft gets another token.
 */
export function openTill(counter: Counter): Seller {
  let ahead: Token | undefined;
  let unanswered: { readonly draft: Draft; readonly token: string } | undefined;
  let running: Promise<Sold | Problem> | undefined;

  async function prepare(): Promise<void> {
    if (ahead !== undefined && Date.parse(ahead.expiresAt) - counter.now() > SPARE_MS) return;
    const issued = await counter.issueToken();
    ahead = 'token' in issued ? issued : undefined;
  }

  async function tokenFor(draft: Draft): Promise<string | undefined> {
    if (unanswered !== undefined && sameDraft(unanswered.draft, draft)) return unanswered.token;
    await prepare();
    const token = ahead?.token;
    ahead = undefined;
    return token;
  }

  async function sellWith(draft: Draft, token: string): Promise<Sold | Problem> {
    unanswered = { draft, token };
    const answer = await askUntilAnswered(() => counter.createOrder(draft, token), counter.pause);
    if (answer.kind !== 'no_answer') unanswered = undefined;
    return answer;
  }

  async function sellOnce(draft: Draft): Promise<Sold | Problem> {
    const token = await tokenFor(draft);
    if (token === undefined) return { kind: 'no_answer' };
    const answer = await sellWith(draft, token);
    if (!isStale(answer)) return answer;
    // A token that made an order answers it for ever; this one ran out without making any.
    const fresh = await tokenFor(draft);
    return fresh === undefined ? { kind: 'no_answer' } : sellWith(draft, fresh);
  }

  return {
    prepare,
    sell(draft) {
      running ??= sellOnce(draft).finally(() => {
        running = undefined;
        void prepare();
      });
      return running;
    },
    startOver() {
      unanswered = undefined;
    },
  };
}

function isStale(answer: Sold | Problem): boolean {
  return answer.kind === 'refused' && answer.code === 'SUBMISSION_TOKEN_INVALID';
}

function sameDraft(a: Draft, b: Draft): boolean {
  return a.amount === b.amount && a.subject === b.subject;
}
