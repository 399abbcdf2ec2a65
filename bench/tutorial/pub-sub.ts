import { createPubSub } from '@graphql-yoga/subscription';

export interface StatusChange {
  readonly orderId: string;
  readonly version: number;
  readonly type: string;
  readonly status: string;
}

/** In this process only. */
export const pubSub = createPubSub<{ PAYMENT_STATUS: [orderId: string, change: StatusChange] }>();
