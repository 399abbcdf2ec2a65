// A delivery as it goes over the wire.
import { toTypeId } from '../ids.ts';
import { canonicalJson } from '../orders/canonical-json.ts';
import { ownerOf } from './create-endpoint.ts';
import type { Content, OwnEvent } from './delivery.ts';
import type { EndpointKeys } from './endpoint.ts';
import type { OutboundMessage, SealedSecrets } from './ports.ts';
import { signedHeaders } from './signature.ts';
import { type ToldEvent, toldEvent } from './told-event.ts';

export interface Addressed {
  readonly endpoint: { readonly id: string; readonly url: string; readonly keys: EndpointKeys };
  readonly content: Content;
}

/** `now` decides which secrets sign; `sentAt` is what a receiver compares with its own clock. */
export interface Times {
  readonly now: Date;
  readonly sentAt: Date;
}

export function messageOf(
  { endpoint: { id, url, keys }, content }: Addressed,
  secrets: Pick<SealedSecrets, 'open'>,
  { now, sentAt }: Times,
): OutboundMessage {
  const { id: eventId, body } = writtenOf(content);
  const signing = secretsOf(keys, now).map((sealed) => secrets.open(sealed, ownerOf(id)));
  const headers = signedHeaders({ id: eventId, sentAt, body }, signing);
  return { url, body, headers: { 'content-type': 'application/json', 'user-agent': 'Kassa-Webhooks', ...headers } };
}

/** The new secret first: it is the one that most receivers try. */
function secretsOf({ secret, oldSecret, oldUntil }: EndpointKeys, now: Date): string[] {
  const overlaps = oldSecret !== null && oldUntil !== null && now < oldUntil;
  return overlaps ? [secret, oldSecret] : [secret];
}

/** The same bytes at every attempt: what they are made of never changes. */
function writtenOf(content: Content): { readonly id: string; readonly body: string } {
  if (content.kind === 'own') return { id: toTypeId('evt', content.eventId), body: content.body };
  const told = toldEvent(content.event);
  return { id: told.id, body: canonicalJson({ ...told }) };
}

/** An event that is about no order. */
export function ownEvent(eventId: string, type: string, at: Date, data: ToldEvent['data']): OwnEvent {
  const told: ToldEvent = { id: toTypeId('evt', eventId), type, timestamp: at.toISOString(), data };
  return { kind: 'own', eventId, type, body: canonicalJson({ ...told }) };
}
