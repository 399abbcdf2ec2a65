import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Notification } from './entities/notification.ts';
import { Order } from './entities/order.ts';
import { OrderEvent } from './entities/order-event.ts';
import { Payment } from './entities/payment.ts';
import { Refund } from './entities/refund.ts';

/** Ten connections at most, as the others have; the tables are made at the first start. */
export async function openOrm(clientUrl: string): Promise<MikroORM> {
  const orm = await MikroORM.init({
    clientUrl,
    entities: [Order, OrderEvent, Payment, Refund, Notification],
    metadataProvider: ReflectMetadataProvider,
    pool: { min: 2, max: 10 },
    forceUtcTimezone: true,
  });
  await orm.schema.update();
  return orm;
}
