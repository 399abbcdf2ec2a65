import type { CasesText } from '../shape.ts';

export const cases: CasesText = {
  cases: {
    badge: (count) => (count === '1' ? '1 case' : `${count} cases`),
    title: 'Money that does not fit',
    hint: 'Alipay holds this money for your shop, but it belongs to no sale as it should.',
    none: 'All money fits. There is nothing to do.',
    close: 'Back to today',
    stale: 'This list may be old: no connection.',
    more: 'There are more. Settle these first.',
    kind: {
      LATE: { title: 'Paid too late', hint: 'The order was cancelled or its time was up when the money came.' },
      SECOND_PAYMENT: { title: 'Paid twice', hint: 'The order is paid already; this is a second payment for it.' },
      WRONG_AMOUNT: { title: 'Wrong amount', hint: 'The amount is not the one of the order.' },
      WRONG_SELLER: { title: 'Another account', hint: 'The money went to an Alipay account that is not this shop’s.' },
      PAID_BEFORE_ORDER: {
        title: 'Older than its order',
        hint: 'It was paid before the order was made: the number was used before.',
      },
      UNKNOWN_ORDER: { title: 'No such order', hint: 'It was paid under a number that no order has.' },
      REFUSED_FACT: { title: 'Does not go with the order', hint: 'Alipay tells what cannot happen to the order now.' },
    },
    next: {
      AUTOMATIC_REFUND: 'It goes back to the buyer by itself.',
      AUTOMATIC_ACCEPT: 'It is kept for the order by itself.',
      DECIDE: 'Somebody has to decide.',
      NONE: 'It is settled.',
    },
    decide: {
      ACCEPT: { label: 'Keep it', sure: 'Keep it: the order becomes paid' },
      REFUND: { label: 'Give it back', sure: 'Give it back' },
      CLOSE: { label: 'Settled elsewhere', sure: 'Close this case' },
    },
    order: (number) => `Order ${number}`,
    noOrder: (number) => `Number ${number}`,
    trade: 'Alipay’s number',
    note: 'Note',
    noteHint: 'Why, for whoever looks at it later.',
    noteNeeded: 'Write how it was settled.',
    busy: 'One moment…',
    no: 'Not now',
  },
};
