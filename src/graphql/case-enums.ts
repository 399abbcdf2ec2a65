import { registerEnumType } from 'type-graphql';
import type { CaseKind, CasePolicy, CaseState } from '../orders/case.ts';
import type { Names } from './enums.ts';

export const CaseKindEnum: { readonly [Kind in CaseKind as Uppercase<Kind>]: Kind } = {
  LATE: 'late',
  SECOND_PAYMENT: 'second_payment',
  WRONG_AMOUNT: 'wrong_amount',
  WRONG_SELLER: 'wrong_seller',
  PAID_BEFORE_ORDER: 'paid_before_order',
  UNKNOWN_ORDER: 'unknown_order',
  REFUSED_FACT: 'refused_fact',
};
export const CasePolicyEnum: Names<CasePolicy> = {
  ACCEPT: 'ACCEPT',
  AUTO_REFUND: 'AUTO_REFUND',
  HOLD: 'HOLD',
};
export const CaseStateEnum: Names<CaseState> = {
  OPEN: 'OPEN',
  ACCEPTED: 'ACCEPTED',
  REFUNDED: 'REFUNDED',
  CLOSED: 'CLOSED',
};
export const CaseDecisionEnum = { ACCEPT: 'ACCEPT', REFUND: 'REFUND', CLOSE: 'CLOSE' } as const;
export type CaseDecision = keyof typeof CaseDecisionEnum;
export const CaseNextActionEnum = {
  AUTOMATIC_REFUND: 'AUTOMATIC_REFUND',
  AUTOMATIC_ACCEPT: 'AUTOMATIC_ACCEPT',
  DECIDE: 'DECIDE',
  NONE: 'NONE',
} as const;
export type CaseNextAction = keyof typeof CaseNextActionEnum;

registerEnumType(CaseKindEnum, {
  name: 'CaseKind',
  description: 'Why money does not fit.',
  valuesConfig: {
    LATE: { description: 'Paid after the order was cancelled.' },
    SECOND_PAYMENT: { description: 'Paid once more, by another trade.' },
    WRONG_AMOUNT: { description: "Not the order's amount." },
    WRONG_SELLER: { description: 'Paid to another Alipay account.' },
    PAID_BEFORE_ORDER: { description: 'Paid before the order was made: its number was used before.' },
    UNKNOWN_ORDER: { description: 'Paid under a number that no order has.' },
    REFUSED_FACT: { description: 'Alipay tells what cannot happen to the order where it is.' },
  },
});
registerEnumType(CasePolicyEnum, {
  name: 'CasePolicy',
  description: 'What becomes of late money without anybody asking.',
  valuesConfig: {
    ACCEPT: { description: 'Late money makes the order PAID after all.' },
    AUTO_REFUND: { description: 'Late money and a second payment are given back. The default.' },
    HOLD: { description: 'Everything waits for resolveCase.' },
  },
});
registerEnumType(CaseStateEnum, { name: 'CaseState' });
registerEnumType(CaseDecisionEnum, {
  name: 'CaseDecision',
  valuesConfig: {
    ACCEPT: { description: 'Keep the money: the order becomes PAID.' },
    REFUND: { description: 'Give the money back.' },
    CLOSE: { description: 'It has been settled elsewhere; nothing moves.' },
  },
});
registerEnumType(CaseNextActionEnum, {
  name: 'CaseNextAction',
  description: 'What happens to a case next.',
  valuesConfig: {
    AUTOMATIC_REFUND: { description: 'The money goes back by itself; nothing is to be done.' },
    AUTOMATIC_ACCEPT: { description: 'The money is accepted by itself; nothing is to be done.' },
    DECIDE: { description: 'It waits for resolveCase.' },
    NONE: { description: 'It is resolved.' },
  },
});
