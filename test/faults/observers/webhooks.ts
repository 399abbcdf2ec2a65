// A merchant's server that is told by webhooks: it believes signed messages only, knows repeats by their id, and now and
// then fails, before or after it has taken a message in.
import { Webhook } from 'standardwebhooks';
import type { Door } from '../../support/graphql-client.ts';
import { type Received, type Receiver, startReceiver } from '../../support/receiver.ts';
import { until } from '../../support/until.ts';
import { webhookDesk } from '../../support/webhook-desk.ts';
import { differences, type Observer, type SeenEvent } from '../observer.ts';
import type { Site } from '../site.ts';

interface Told {
  readonly type: string;
  readonly data: { readonly merchantOrderNo: string; readonly version: number; readonly status: string };
}

let receiver: Receiver | undefined;
let paths = 0;

/** Hears of what is placed from now on, under a path of its own. */
export async function webhooks(site: Site): Promise<Observer> {
  receiver ??= await startReceiver();
  const server = receiver;
  paths += 1;
  const path = `/shop-${paths}`;
  const made = await created(site, `http://127.0.0.1:${server.port}${path}`);
  const seen = new Map<string, SeenEvent & { readonly merchantOrderNo: string }>();
  const scandals: string[] = [];
  const taken = takeIn({ secret: made.secret, seen, scandals });
  let count = 0;
  server.answer = (received, response) => {
    count += 1;
    if (received.path === path && count % 9 !== 4) taken(received);
    if (count % 9 === 4) response.writeHead(503).end();
    else if (count % 9 === 8) response.destroy();
    else response.writeHead(200).end();
  };
  return {
    name: 'webhooks',
    watch: () => undefined,
    async faults({ orders }) {
      const heard = (number: string) => [...seen.values()].filter((one) => one.merchantOrderNo === number);
      return [
        ...scandals,
        ...orders.flatMap(({ merchantOrderNo, events }) =>
          differences(`webhooks of ${merchantOrderNo}`, heard(merchantOrderNo), events),
        ),
      ];
    },
    close: () =>
      void webhookDesk(upDoor(site))
        .remove(made.endpoint.id)
        .catch(() => undefined),
  };
}

interface Shop {
  readonly secret: string;
  /** By id, in the order of their first coming. */
  readonly seen: Map<string, SeenEvent & { readonly merchantOrderNo: string }>;
  readonly scandals: string[];
}

function takeIn({ secret, seen, scandals }: Shop): (received: Received) => void {
  const trusted = new Webhook(secret);
  return ({ headers, body }) => {
    const id = String(headers['webhook-id']);
    try {
      // The timestamp is of a clock that has been put forward: the signature over it is what counts here.
      const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
      if (trusted.sign(id, at, body) !== headers['webhook-signature']) scandals.push(`webhook ${id} is not ours`);
      const { type, data }: Told = JSON.parse(body);
      const { merchantOrderNo, version, status } = data;
      if (!seen.has(id)) seen.set(id, { id, type, version, status, merchantOrderNo });
    } catch (error) {
      scandals.push(`webhook ${id} can't be read: ${error}`);
    }
  };
}

/** Some gateway answers within a moment. */
async function created(site: Site, url: string) {
  const tried = await until(
    () =>
      webhookDesk(upDoor(site))
        .create({ url })
        .catch((error: unknown) => String(error)),
    (made) => typeof made !== 'string',
    20_000,
  );
  if (typeof tried === 'string') throw new Error(tried);
  return tried;
}

function upDoor({ places }: Site): Door {
  const [first] = places;
  return (places.find(({ gateway }) => gateway.isUp()) ?? first).gateway.door;
}
