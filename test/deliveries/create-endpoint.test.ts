// A new webhook where somebody has to agree: what cannot be is said before that. The rest of its life is in journeys/webhooks.
import { expect, test } from 'vitest';
import { createEndpoint } from '../../src/deliveries/create-endpoint.ts';
import { MOST_ENDPOINTS, type WebhookEndpoint } from '../../src/deliveries/endpoint.ts';
import { MERCHANT, newId, standingClock } from '../support/orders.ts';

const INSIDE = 'http://10.0.0.7/hook';

function aShop() {
  const there: WebhookEndpoint[] = [];
  let asked = 0;
  const needs = {
    endpoints: {
      list: async () => there,
      async create(endpoint: WebhookEndpoint) {
        if (there.length === MOST_ENDPOINTS) return 'full' as const;
        there.push(endpoint);
        return 'created' as const;
      },
    },
    sender: { refusalOf: async (url: string) => (url === INSIDE ? 'must not lead inside' : undefined) },
    secrets: { seal: (secret: string) => secret, open: (sealed: string) => sealed },
    clock: standingClock(),
    newId,
  };
  const sure = async () => {
    asked += 1;
    return undefined;
  };
  const wanted = { merchantId: MERCHANT, url: 'https://shop.example/hook', eventTypes: null, description: null, sure };
  return { create: (url = wanted.url) => createEndpoint(needs, { ...wanted, url }), asked: () => asked };
}

test('nobody is asked about one that has no room or no address', async () => {
  const shop = aShop();
  expect(await shop.create(INSIDE)).toMatchObject({ kind: 'invalid_input' });
  expect(shop.asked()).toBe(0);
  for (let n = 0; n < MOST_ENDPOINTS; n += 1) expect(await shop.create()).toMatchObject({ kind: 'secret' });
  expect(await shop.create()).toEqual({ kind: 'webhook_endpoint_limit', most: MOST_ENDPOINTS });
  expect(shop.asked()).toBe(MOST_ENDPOINTS);
});
