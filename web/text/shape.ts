// What the pages can say. The words themselves stand in text.ts; a missing one is a compile error.
import type { ErrorCode, OrderStatus } from '../gql/graphql.ts';
import type { Stage } from '../order/stage.ts';

export type Language = 'zh' | 'en';

export interface Said {
  readonly title: string;
  readonly hint: string;
}

/** Refusals by the gateway's code. More than the ones known here may come: `other` stands for them. */
type Refusals = Readonly<Record<ErrorCode | 'FORBIDDEN' | 'other', string>> & Readonly<Record<string, string>>;

export interface Text {
  readonly htmlLang: string;
  /** The name of the other language, in that language. */
  readonly otherLanguage: string;
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
    readonly noCode: string;
    readonly tryAgain: string;
    readonly signOut: string;
    readonly play: string;
    readonly openWallet: string;
    readonly stillOpen: string;
    readonly help: string;
  };
  readonly list: {
    readonly taken: string;
    readonly paidCount: (count: number) => string;
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
  readonly line: { readonly connecting: string; readonly lost: string };
  readonly code: {
    readonly alt: (amount: string) => string;
    readonly left: string;
    readonly orderNo: string;
    readonly refunded: string;
  };
  readonly buyer: {
    readonly title: string;
    readonly openAlipay: string;
    readonly openWallet: string;
    readonly noOrder: Said;
    readonly badLink: Said;
    readonly loading: string;
    readonly unreachable: Said;
    readonly tryAgain: string;
  };
  readonly stage: Readonly<Record<Stage, Said>>;
  readonly buyerStage: Readonly<Record<Stage, Said>>;
  readonly chip: Readonly<Record<OrderStatus | 'EXPIRED', string>>;
  readonly refusal: Refusals;
  readonly invalid: Readonly<Record<string, string>> & { readonly other: string };
  readonly noAnswer: string;
  readonly sellNoAnswer: string;
}
