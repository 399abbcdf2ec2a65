// What second confirmations stand on: the merchants' policies, what waits, and one-time codes.
import { sealedSecrets } from './credentials/sealed-secrets.ts';
import { newTotpSecret, totpStep } from './credentials/totp.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { ConfirmationNeeds } from './graphql/confirmation.resolver.ts';
import { newUuid } from './ids.ts';
import type { Log } from './log.ts';
import { postgresConfirmationPolicies } from './postgres/confirmation-policies.ts';
import { postgresOperations } from './postgres/operations.ts';
import { postgresTotps } from './postgres/totps.ts';
import { startPruner } from './worker/pruner.ts';

export type Confirmations = Omit<ConfirmationNeeds, 'desk'>;

export function openConfirmations({ database, clock, secretKey, otherSecretKeys }: Foundation): Confirmations {
  return {
    policies: postgresConfirmationPolicies(database),
    operations: postgresOperations(database),
    totps: postgresTotps(database),
    secrets: sealedSecrets(secretKey, otherSecretKeys),
    newTotpSecret,
    totpStep,
    clock,
    newId: newUuid,
  };
}

/** Ends what nobody has decided about in time. Refunds are ended by the checks of their orders. */
export function startExpiry({ operations, clock }: Confirmations, log: Log, ends: Ends): void {
  const pruner = startPruner((limit) => operations.expire(clock.now(), limit), log);
  ends.push(() => pruner.stop());
}
