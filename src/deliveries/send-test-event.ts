import { toTypeId } from '../ids.ts';
import type { Clock, NewId } from '../orders/ports.ts';
import { attemptOf } from './after-attempt.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { WEBHOOK_TEST } from './event-types.ts';
import { messageOf, ownEvent } from './message.ts';
import type { TestEventOutcome } from './outcomes.ts';
import type { EndpointStore, SealedSecrets, Sender } from './ports.ts';

export interface TestEventNeeds {
  readonly endpoints: Pick<EndpointStore, 'find'>;
  readonly sender: Pick<Sender, 'send'>;
  readonly secrets: SealedSecrets;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Test events on their way: whoever asks meanwhile gets the same answer, so that nobody can flood an endpoint. */
  readonly testing: Map<string, Promise<TestEventOutcome>>;
}

export interface TestEvent {
  readonly merchantId: string;
  readonly id: string;
}

/** Sends `webhook.test` now, to a disabled endpoint too, and answers what came of it. Nothing of it is kept. */
export async function sendTestEvent(needs: TestEventNeeds, { merchantId, id }: TestEvent): Promise<TestEventOutcome> {
  const endpoint = await needs.endpoints.find(merchantId, id);
  if (endpoint === undefined) return { kind: 'webhook_endpoint_not_found' };
  const underWay = needs.testing.get(id);
  if (underWay !== undefined) return underWay;
  const test = send(needs, endpoint).finally(() => needs.testing.delete(id));
  needs.testing.set(id, test);
  return test;
}

async function send(
  { sender, secrets, clock, newId }: TestEventNeeds,
  endpoint: WebhookEndpoint,
): Promise<TestEventOutcome> {
  const now = clock.now();
  const content = ownEvent(newId(now), WEBHOOK_TEST, now, { endpointId: toTypeId('whe', endpoint.id) });
  const sent = await sender.send(messageOf({ endpoint, content }, secrets, { now, sentAt: new Date() }));
  if (sent.kind === 'abandoned') throw new Error('the gateway is stopping');
  return { kind: 'attempt', attempt: attemptOf(sent, now).attempt };
}
