import { defineEntity, p } from '@mikro-orm/postgresql';

/** An allowance that somebody draws on heavily, and when it is full again. */
export const RateLimits = defineEntity({
  name: 'RateLimits',
  tableName: 'rate_limits',
  properties: {
    merchantId: p.uuid().primary(),
    kind: p.text().primary(),
    name: p.text().primary(),
    fullAt: p.datetime(3),
  },
});
