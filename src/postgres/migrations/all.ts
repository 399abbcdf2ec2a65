import { AppsMigration } from './apps.ts';
import { AuditChain } from './audit-chain.ts';
import { ChecksByMinute } from './checks-by-minute.ts';
import { Confirmations } from './confirmations.ts';
import { Credentials } from './credentials.ts';
import { EvidenceKeys } from './evidence-keys.ts';
import { FeedMigration } from './feed.ts';
import { FirstMigration } from './first.ts';
import { LimitsMigration } from './limits.ts';
import { SecondMigration } from './second.ts';
import { WebhooksMigration } from './webhooks.ts';

/** In the order in which they run. One that has been released is never edited. */
export const allMigrations = [
  FirstMigration,
  SecondMigration,
  FeedMigration,
  WebhooksMigration,
  EvidenceKeys,
  Credentials,
  Confirmations,
  AppsMigration,
  LimitsMigration,
  AuditChain,
  ChecksByMinute,
];
