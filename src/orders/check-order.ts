// What nobody asked for: the next step of an order whose time has come.
import { agendaOf, checkAfter, type Due, type Task } from './agenda.ts';
import { askPayment, confirmPaid } from './ask-payment.ts';
import { cancelPayment } from './cancel-payment.ts';
import type { Case } from './case.ts';
import { expireRefund } from './confirm-refund.ts';
import { endOrder } from './end-order.ts';
import { endHere, endPayment } from './end-payment.ts';
import { giveBack, giveBackFirst } from './give-back.ts';
import type { DeskNeeds } from './needs.ts';
import type { WholeOrder } from './order.ts';
import { isLive, isToConfirm, type Payment } from './payment.ts';
import type { Taken } from './ports.ts';
import { requestUndo } from './request-undo.ts';
import { settleCase } from './settle-case.ts';

/** Does the most urgent thing on the order's agenda and puts the check back for the next one. */
export async function checkOrder(needs: DeskNeeds, taken: Taken): Promise<Task['kind'] | 'nothing'> {
  const { merchantId, orderId } = taken;
  const order = await needs.orders.find(merchantId, { id: orderId });
  const due = order && dueOf(needs, order, taken);
  const lookedAt = needs.clock.now();
  const after = order && due ? await perform(needs, order, due) : order;
  const moved = after !== undefined && after.version !== order?.version;
  const looked = { lookedAt, tries: moved ? 0 : taken.tries + 1 };
  await needs.checks.putBack(taken, after ? checkAfter(after, looked, needs.pace) : null);
  return due?.kind ?? 'nothing';
}

/** What is due, questions last. An order that was hurried may be asked about early; nothing else is done before its time. */
function dueOf({ clock, pace }: DeskNeeds, order: WholeOrder, taken: Taken): Due | undefined {
  const agenda = agendaOf(order, taken, pace);
  const now = clock.now();
  const due = agenda.filter(({ at }) => at <= now);
  return due.find(({ kind }) => kind !== 'ask') ?? agenda.find(({ kind }) => kind === 'ask');
}

async function perform(needs: DeskNeeds, order: WholeOrder, due: Due): Promise<WholeOrder> {
  switch (due.kind) {
    case 'ask':
      return ask(needs, order, due.payment);
    case 'cancel':
      return (await cancelPayment(needs, order, due.payment)).order;
    case 'end':
      return (await endOrder(needs, order, { reason: order.undoAt === null ? 'expired' : 'undone', note: null })).order;
    case 'undo':
      return undo(needs, order);
    case 'refund':
      return giveBack(needs, order, due.refund);
    case 'expire':
      return expireRefund(needs, order, due.refund);
    case 'settle':
      return settle(needs, order, due.opened);
  }
}

/** Nobody should pay what is over: an offer that somebody has begun to pay is closed before the money comes. */
async function ask(needs: DeskNeeds, order: WholeOrder, payment: Payment): Promise<WholeOrder> {
  if (isToConfirm(payment)) return confirmPaid(needs, order, payment);
  if (order.status === 'PENDING' || payment.method === 'AUTH_CODE')
    return (await askPayment(needs, order, payment)).order;
  const ended = await endPayment(needs, order, payment.outTradeNo);
  return ended.kind === 'no_trade' && isLive(payment) ? endHere(needs, ended.order, payment) : ended.order;
}

async function undo(needs: DeskNeeds, order: WholeOrder): Promise<WholeOrder> {
  const requested = await requestUndo(needs, order, { reason: null, by: null });
  if (requested.kind === 'confirmation_required') return order;
  const isMine = requested.kind === 'refund' && requested.isFirst;
  return isMine ? giveBackFirst(needs, requested.order, requested.refund) : requested.order;
}

async function settle(needs: DeskNeeds, order: WholeOrder, opened: Case): Promise<WholeOrder> {
  if (opened.policy === 'HOLD') return order;
  return settleCase(needs, order, { opened, how: opened.policy, note: null });
}
