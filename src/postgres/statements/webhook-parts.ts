// What several statements about webhooks have in common.

/** True when an endpoint `h` that is told of `types` (null: all) hears of this type of event. */
export function hears(types: string, type: string): string {
  return `(${types} is null or ${type} = any (${types}) or split_part(${type}, '.', 1) || '.*' = any (${types}))`;
}

/**
 * The id of an endpoint's delivery of an event: always the same one, so that no event is owed twice. It begins with the
 * event's time, as a UUIDv7 does, and sorts by it.
 */
export function deliveryId(endpointId: string, eventId: string): string {
  const mixed = `md5(${endpointId}::text || ${eventId}::text)`;
  const part = (from: number, length: number) => `substr(${mixed}, ${from}, ${length})`;
  return `(left(${eventId}::text, 15) || ${part(1, 3)} || '-8' || ${part(4, 3)} || '-' || ${part(7, 12)})::uuid`;
}

export const endpointColumns = `h.merchant_id, h.id, h.url, h.description, h.event_types, h.secret, h.old_secret,
  h.old_until, h.created_at, h.disabled_at, h.disabled_reason, h.failures, h.failing_since`;

/** How an endpoint's reader in the feed is called. */
export function readerOf(endpointId: string): string {
  return `'webhook:' || ${endpointId}::text`;
}
