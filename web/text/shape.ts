// What the pages can say. The words themselves stand in en/ and zh/; a missing one is a compile error.
import type { CaseDecision, CaseKind, CaseNextAction, ErrorCode, OrderStatus, RefundStatus } from '../gql/graphql.ts';
import type { Stage } from '../order/stage.ts';
import type { OrderAction } from '../pos/order-actions.ts';
import type { MethodGroup } from '../pos/totals.ts';

export type Language = 'zh' | 'en';

export interface Said {
  readonly title: string;
  readonly hint: string;
}

/** A button, and what it says when it asks for the second tap. */
export interface Asked {
  readonly label: string;
  readonly sure: string;
}

/** The till, its list of today, and signing in. */
export interface TillText {
  readonly till: {
    readonly title: string;
    readonly sell: string;
    readonly today: string;
    readonly amount: string;
    readonly subject: string;
    readonly subjectDefault: string;
    readonly subjectHint: string;
    readonly keypad: string;
    readonly back: string;
    readonly clear: string;
    readonly point: string;
    readonly selling: string;
    readonly nextSale: string;
    readonly toKeypad: string;
    readonly newCode: string;
    readonly showCode: string;
    readonly noCode: string;
    readonly tryAgain: string;
    readonly signOut: string;
    readonly play: string;
    readonly openWallet: string;
    readonly openPaymentCode: string;
    readonly stillOpen: string;
    readonly help: string;
  };
  readonly scan: {
    readonly label: string;
    readonly hint: string;
    readonly go: string;
    readonly charging: (lastDigits: string) => string;
    readonly chargingHint: string;
    readonly notCharged: string;
    readonly misread: string;
    readonly noAmount: string;
    readonly notNow: string;
    readonly noAnswer: string;
  };
  readonly list: {
    readonly taken: string;
    readonly paidCount: (count: number) => string;
    readonly methods: string;
    readonly method: Readonly<Record<MethodGroup, string>>;
    readonly none: string;
    readonly stale: string;
    readonly more: string;
    readonly open: (subject: string, amount: string) => string;
  };
  readonly signIn: {
    readonly title: string;
    readonly hint: string;
    readonly key: string;
    readonly go: string;
    readonly checking: string;
    readonly wrong: string;
    readonly ended: string;
    readonly unreachable: string;
  };
}

/** What a cashier does to an order that is there. */
export interface DeskText {
  readonly desk: {
    readonly actions: string;
    readonly action: Readonly<Record<OrderAction, Asked>>;
    readonly no: string;
    readonly busy: string;
    readonly undoNoted: string;
    readonly cancelLater: string;
    readonly asking: (time: string) => string;
    readonly callingOff: string;
    readonly byItself: string;
  };
  readonly refund: {
    readonly open: string;
    readonly title: string;
    readonly amount: string;
    readonly atMost: (amount: string) => string;
    readonly all: string;
    readonly reason: string;
    readonly reasonHint: string;
    readonly go: (amount: string) => string;
    readonly busy: string;
    readonly close: string;
    readonly unanswered: string;
    readonly list: string;
    readonly tryAgain: string;
    readonly status: Readonly<Record<RefundStatus, string>>;
  };
}

/** Money that does not fit. */
export interface CasesText {
  readonly cases: {
    readonly badge: (count: string) => string;
    readonly title: string;
    readonly hint: string;
    readonly none: string;
    readonly close: string;
    readonly stale: string;
    readonly more: string;
    readonly kind: Readonly<Record<CaseKind, Said>>;
    readonly next: Readonly<Record<CaseNextAction, string>>;
    readonly decide: Readonly<Record<CaseDecision, Asked>>;
    readonly order: (number: string) => string;
    readonly noOrder: (number: string) => string;
    readonly trade: string;
    readonly note: string;
    readonly noteHint: string;
    readonly noteNeeded: string;
    readonly busy: string;
    readonly no: string;
  };
}

/** The order itself, and what its buyer reads. */
export interface OrderText {
  readonly line: { readonly connecting: string; readonly lost: string };
  readonly code: {
    readonly alt: (amount: string) => string;
    readonly left: string;
    readonly orderNo: string;
    readonly tradeNo: string;
    readonly refunded: string;
  };
  readonly buyer: {
    readonly title: string;
    readonly openAlipay: string;
    readonly openWallet: string;
    readonly openPage: string;
    readonly showCode: string;
    readonly noOrder: Said;
    readonly badLink: Said;
    readonly loading: string;
    readonly unreachable: Said;
    readonly tryAgain: string;
  };
  readonly stage: Readonly<Record<Stage, Said>>;
  readonly buyerStage: Readonly<Record<Stage, Said>>;
  /** On the buyer's own phone there is nothing to scan. */
  readonly buyerTap: Said;
  readonly chip: Readonly<Record<OrderStatus | 'EXPIRED', string>>;
}

/** Refusals by the gateway's code. More than the ones known here may come: `other` stands for them. */
type Refusals = Readonly<Record<ErrorCode | 'FORBIDDEN' | 'other', string>> & Readonly<Record<string, string>>;

export interface RefusalText {
  readonly refusal: Refusals;
  /** What else the gateway would take, by its word for it. */
  readonly allowed: Readonly<Record<string, string>>;
  readonly possible: (what: string) => string;
  readonly invalid: Readonly<Record<string, string>> & { readonly other: string };
  readonly noAnswer: string;
  readonly sellNoAnswer: string;
}

export interface Text extends TillText, DeskText, CasesText, OrderText, RefusalText {
  readonly language: Language;
  readonly htmlLang: string;
  /** The name of the other language, in that language. */
  readonly otherLanguage: string;
}
