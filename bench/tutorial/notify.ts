import { LockMode, type MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { AlipaySdk } from 'alipay-sdk';
import type { Request, Response } from 'express';
import { timeFrom } from './alipay.ts';
import { Notification } from './entities/notification.ts';
import { Order } from './entities/order.ts';
import { addEvent } from './entities/order-event.ts';
import { Payment } from './entities/payment.ts';
import { pubSub, type StatusChange } from './pub-sub.ts';

type Fields = Readonly<Record<string, string>>;

export interface NotifyNeeds {
  readonly orm: MikroORM;
  readonly alipay: AlipaySdk;
  readonly appId: string;
  readonly sellerId: string;
}

/** Alipay's notification: checked, applied in one transaction, told to whoever follows the order. */
export function alipayNotify({ orm, alipay, appId, sellerId }: NotifyNeeds) {
  return async (request: Request, response: Response): Promise<void> => {
    const fields: Fields = request.body;
    const ours = fields.app_id === appId && fields.seller_id === sellerId;
    response.type('text/plain');
    if (!alipay.checkNotifySignV2(fields) || !ours) {
      response.send('failure');
      return;
    }
    const change = await apply(orm, fields);
    if (change !== undefined && change !== 'heard') pubSub.publish('PAYMENT_STATUS', change.orderId, change);
    response.send(change === undefined ? 'failure' : 'success');
  };
}

async function apply(orm: MikroORM, fields: Fields): Promise<StatusChange | 'heard' | undefined> {
  try {
    return await orm.em.fork().transactional((em) => applyPaid(em, fields));
  } catch (error) {
    // Two copies of one notification came at the same moment: the other one is in.
    if (error instanceof UniqueConstraintViolationException) return 'heard';
    throw error;
  }
}

async function applyPaid(em: MikroORM['em'], fields: Fields): Promise<StatusChange | 'heard' | undefined> {
  const { notify_id: notifyId = '', out_trade_no: outTradeNo = '', trade_no: tradeNo = '', total_amount } = fields;
  if ((await em.findOne(Notification, { notifyId })) !== null) return 'heard';
  const order = await em.findOne(Order, { merchantOrderNo: outTradeNo }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (order === null || total_amount !== order.amount) return undefined;
  em.create(Notification, { notifyId, order, body: { ...fields } }, { partial: true });
  if (fields.trade_status !== 'TRADE_SUCCESS' || order.status !== 'PENDING') return 'heard';
  const { amount } = order;
  const payment =
    (await em.findOne(Payment, { order, status: 'AWAITING_BUYER' })) ??
    em.create(Payment, { order, amount, outTradeNo, method: 'QR_CODE', status: 'CREATED' }, { partial: true });
  const at = timeFrom(fields.gmt_payment);
  Object.assign(payment, { status: 'SUCCEEDED', tradeNo, succeededAt: at });
  Object.assign(order, { status: 'PAID', paidAt: at });
  const { type, status, version } = addEvent(em, order, 'payment.succeeded');
  return { orderId: order.id, type, status, version };
}
