// A database with orders that Alipay's signed messages have paid and given back, as the gateway would have written them.
import { randomUUID } from 'node:crypto';
import { readNotification } from '../../src/alipay/notification.ts';
import { verificationKeyOf } from '../../src/alipay/verification-key.ts';
import type { Bundle } from '../../src/orders/bundle.ts';
import { findBundle } from '../../src/postgres/bundles.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { keepVerificationKey } from '../../src/postgres/verification-keys.ts';
import { APP_ID, accountFor, onlyApp, SELLER_ID } from '../alipay/keys.ts';
import { type Manner, notice } from '../alipay/notice.ts';
import { type Books, openBooks } from '../postgres/books.ts';
import { hearAlone, sell, seller } from '../postgres/sales.ts';
import { paidFields } from '../support/notifier.ts';

export interface ProvenBooks extends Books {
  /** Sells, and hears that it was paid and, when `refund` is given, that so much was given back. */
  prove(refund?: string, manner?: Manner): Promise<Bundle>;
  bundle(orderId: string): Promise<Bundle>;
  /** As somebody with all rights would: past the triggers. */
  tamper(sql: string): Promise<void>;
}

const account = accountFor('http://127.0.0.1:1/gateway.do');

export async function openProvenBooks(): Promise<ProvenBooks> {
  const books = await openBooks();
  const { merchantId, accountId } = seller;
  await books.rows(`insert into merchants (id, name, created_at) values ($1, 'default', now())`, merchantId);
  await books.rows(
    'insert into accounts (merchant_id, id, seller_id) values ($1, $2, $3)',
    merchantId,
    accountId,
    SELLER_ID,
  );
  await books.rows(
    'insert into apps (app_id, merchant_id, account_id) values ($1, $2, $3)',
    APP_ID,
    merchantId,
    accountId,
  );
  await keepVerificationKey(books.database, verificationKeyOf(account, new Date()));
  const inbox = postgresInbox(books.database);

  async function hear(bytes: Buffer): Promise<void> {
    const read = readNotification(bytes, undefined, onlyApp(account));
    if (read.kind !== 'verified') throw new Error(`the notice is ${read.kind}`);
    const { notifyId, fact, keyId } = read;
    await hearAlone({ orders: books.orders, inbox }, { ...seller, notifyId, fact, keyId, bytes });
  }
  async function bundle(orderId: string): Promise<Bundle> {
    const found = await findBundle(books.database, merchantId, orderId);
    if (found === undefined) throw new Error('no such order');
    return found;
  }
  return {
    ...books,
    bundle,
    async prove(refund, manner = {}) {
      const { id, merchantOrderNo } = await sell(books.orders);
      const charset = manner.encoding === 'gbk' ? 'GBK' : 'utf-8';
      const paid = paidFields(merchantOrderNo, '19.99', { charset });
      await hear(notice(paid, manner));
      const given = { gmt_refund: paid.gmt_payment ?? '', refund_fee: refund ?? '', out_biz_no: 'R-1' };
      if (refund !== undefined) await hear(notice({ ...paid, ...given, notify_id: randomUUID() }, manner));
      return bundle(id);
    },
    async tamper(sql) {
      const client = await books.database.pool.connect();
      try {
        await client.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
      } finally {
        client.release();
      }
    },
  };
}
