import { AskedRefunds, Operations, TotpRecords } from './confirmations.ts';
import { EventFeed, FeedReaders, MerchantFeeds } from './feed.ts';
import { RateLimits } from './limits.ts';
import { Accounts, ApiKeys, Apps, AuditHeads, AuditNotes, Merchants, Settings } from './merchants.ts';
import { EvidenceRecords, NotificationIds, OrderEvents, Outbox, VerificationKeys } from './messages.ts';
import { Cases, CheckRecords, Orders, Payments, Refunds } from './orders.ts';
import { WebhookAttempts, WebhookDeliveries, WebhookEndpoints, WebhookQueue } from './webhooks.ts';

/** Every table, as MikroORM knows it. A test compares them with what the migrations build. */
export const allRecords = [
  Merchants,
  Accounts,
  Apps,
  ApiKeys,
  AuditNotes,
  AuditHeads,
  Operations,
  AskedRefunds,
  TotpRecords,
  Settings,
  Orders,
  Payments,
  Refunds,
  Cases,
  CheckRecords,
  OrderEvents,
  Outbox,
  NotificationIds,
  EvidenceRecords,
  MerchantFeeds,
  EventFeed,
  FeedReaders,
  VerificationKeys,
  WebhookEndpoints,
  WebhookDeliveries,
  WebhookAttempts,
  WebhookQueue,
  RateLimits,
];
