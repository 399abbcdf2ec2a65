// What a merchant may say about an endpoint.
import { faultInNote, invalid } from '../orders/input-rules.ts';
import type { InvalidInput } from '../orders/outcomes.ts';
import { faultInEventTypes } from './event-types.ts';
import type { Sender } from './ports.ts';

export const LONGEST_URL = 2_000;

export interface EndpointText {
  readonly url: string | undefined;
  readonly eventTypes: readonly string[] | null;
  readonly description: string | null;
}

/** The first thing that is wrong, if anything is. The URL is looked at last: that may ask a name server. */
export async function faultInEndpoint(
  { url, eventTypes, description }: EndpointText,
  sender: Pick<Sender, 'refusalOf'>,
): Promise<InvalidInput | undefined> {
  if (url !== undefined && url.length > LONGEST_URL)
    return invalid('url', `must have at most ${LONGEST_URL} characters`);
  const fault = faultInNote('description', description) ?? faultInEventTypes(eventTypes);
  if (fault !== undefined || url === undefined) return fault;
  const refusal = await sender.refusalOf(url);
  return refusal === undefined ? undefined : invalid('url', refusal);
}
