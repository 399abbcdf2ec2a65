import type { DeskText } from '../shape.ts';

export const desk: DeskText = {
  desk: {
    actions: 'More with this order',
    action: {
      cancel: { label: 'Cancel this sale', sure: 'Yes, cancel it' },
      reverse: { label: 'Undo', sure: 'Yes, undo the sale' },
      ship: { label: 'Shipped', sure: 'Yes, it is shipped' },
      complete: { label: 'Handed over', sure: 'Yes, it is handed over' },
      return: { label: 'Goods came back', sure: 'Yes, they are back' },
      sync: { label: 'Ask Alipay now', sure: 'Yes, ask' },
    },
    no: 'No',
    busy: 'One moment…',
    undoNoted: 'The undo is noted. Alipay is not clear yet; it goes on by itself and the result shows here.',
    cancelLater: 'Alipay is not clear yet. Wait a moment and cancel again.',
    asking: (time) => `Asking Alipay, ${time} left`,
    callingOff: 'Calling the payment off at Alipay',
    byItself: 'If it is still unclear then, the payment is called off by itself.',
  },
  refund: {
    open: 'Refund…',
    title: 'Refund',
    amount: 'Amount in yuan',
    atMost: (amount) => `At most ${amount} yuan`,
    all: 'Everything',
    reason: 'Reason (optional)',
    reasonHint: 'The buyer may see this.',
    go: (amount) => `Give back ${amount} yuan`,
    busy: 'Giving back…',
    close: 'Close',
    unanswered: 'No answer from the gateway. Press again: this never gives the money back twice.',
    list: 'Refunds',
    tryAgain: 'Try again',
    status: {
      AWAITING_CONFIRMATION: 'Waits for a second person',
      PENDING: 'Under way',
      SUCCEEDED: 'Given back',
      FAILED: 'Not given back',
      REJECTED: 'Turned down',
    },
  },
};
