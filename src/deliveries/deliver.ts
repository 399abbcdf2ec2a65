import { toTypeId } from '../ids.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import { afterAttempt, attemptOf, type Step } from './after-attempt.ts';
import type { Due } from './delivery.ts';
import type { DisabledReason, Health } from './endpoint.ts';
import { WEBHOOK_DISABLED } from './event-types.ts';
import { isHopeless, type Pace } from './ladder.ts';
import { messageOf, ownEvent } from './message.ts';
import type { DeliveryQueue, EndpointStore, SealedSecrets, Sender } from './ports.ts';

export interface DeliverNeeds {
  readonly queue: Pick<DeliveryQueue, 'finish' | 'release'>;
  readonly endpoints: Pick<EndpointStore, 'disable'>;
  readonly sender: Pick<Sender, 'send'>;
  readonly secrets: Pick<SealedSecrets, 'open'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly pace: Pace;
}

/** `lost`: another process took it meanwhile. `abandoned`: we are stopping, and it is tried again. */
export interface Delivered {
  readonly kind: Step['kind'] | 'lost' | 'abandoned';
  /** Why this attempt was the last one to its endpoint. */
  readonly disabled: DisabledReason | undefined;
}

/** One attempt: sends, writes down what came of it, and disables an endpoint that nothing reaches any more. */
export async function deliver(needs: DeliverNeeds, due: Due): Promise<Delivered> {
  const now = needs.clock.now();
  const sent = await needs.sender.send(messageOf(due, needs.secrets, { now, sentAt: new Date() }));
  if (sent.kind === 'abandoned') {
    await needs.queue.release(due);
    return { kind: 'abandoned', disabled: undefined };
  }
  const made = attemptOf(sent, now);
  const step = afterAttempt(made, due, needs.pace);
  const health = await needs.queue.finish(due, made.attempt, step);
  if (health === undefined) return { kind: 'lost', disabled: undefined };
  const reason = hopeless(step, health, now);
  const disabled = reason !== undefined && (await disable(needs, due, reason, now)) ? reason : undefined;
  return { kind: step.kind, disabled };
}

function hopeless(step: Step, { failingSince }: Health, now: Date): DisabledReason | undefined {
  if (step.kind === 'succeeded') return undefined;
  if (step.gone) return 'GONE';
  return isHopeless(failingSince, now) ? 'FAILING' : undefined;
}

/** The dead endpoint can't be told; the merchant's other ones can. */
function disable(
  { endpoints, newId }: DeliverNeeds,
  { merchantId, endpoint: { id } }: Due,
  reason: DisabledReason,
  at: Date,
): Promise<boolean> {
  const data = { endpointId: toTypeId('whe', id), reason, disabledAt: at.toISOString() };
  return endpoints.disable({ merchantId, id, reason, at, event: ownEvent(newId(at), WEBHOOK_DISABLED, at, data) });
}
