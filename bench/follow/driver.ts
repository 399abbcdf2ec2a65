// The process that holds the sockets, and plays Alipay to the orders that they follow.
import { setTimeout as delay } from 'node:timers/promises';
import { nothingDone } from '../books/done.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { dialects } from '../load/dialects.ts';
import { latenciesOf } from '../load/latencies.ts';
import { type Noted, newNotes } from '../load/noted.ts';
import { noticeRequest } from '../load/notice-requests.ts';
import { noticeSigner } from '../load/notices.ts';
import { openLoop } from '../load/open-loop.ts';
import { createRequest } from '../load/order-requests.ts';
import type { Request, Till } from '../load/requests.ts';
import { type Follower, openFollower } from './follower.ts';
import type { Step, StepFigures } from './steps.ts';

const AT_A_TIME = 100;
const CONNECTIONS = 32;
const FRAMES_WITHIN_MS = 15_000;

let till: Till;
let port = 0;
let hasSnapshot = true;
let followers: Follower[] = [];
/** Sales for the warm-up. */
let unfollowed: Till['sales'] = [];
const postedAt = new Map<string, number>();
const latenciesMs: number[] = [];
const faults: string[] = [];

process.on('message', async (step: Step) => {
  const noted = newNotes();
  const perSecond = await take(step, noted).catch((error: unknown) => {
    noted.faults.push(String(error));
    return 0;
  });
  const all = [...noted.faults, ...faults.splice(0)].slice(0, 5);
  const figures: StepFigures = { ...latenciesOf(latenciesMs), done: noted.done ?? nothingDone, faults: all, perSecond };
  process.send?.(figures);
});

async function take(step: Step, noted: Noted): Promise<number> {
  switch (step.kind) {
    case 'stock':
      return stock(step, noted);
    case 'connect':
      return connect(step);
    case 'subscribe':
      return subscribe();
    case 'warmUp':
      return warmUp(step, noted);
    case 'notify':
      return notify(step.perSecond, noted);
    case 'close':
      return close();
  }
}

async function stock({ contender, keys, ...step }: Extract<Step, { kind: 'stock' }>, noted: Noted): Promise<number> {
  till = { dialect: dialects[contender], keys, sales: [], made: 0 };
  hasSnapshot = contender !== 'tutorial';
  let left = step.orders;
  const next = () => (left-- > 0 ? createRequest(till) : undefined);
  const elapsedMs = await closedLoop({ port: step.port, connections: CONNECTIONS, next }, noted);
  return (step.orders / elapsedMs) * 1_000;
}

async function connect(step: Extract<Step, { kind: 'connect' }>): Promise<number> {
  port = step.port;
  latenciesMs.length = 0;
  const wish = {
    port,
    apiKey: till.keys.apiKey,
    hasSnapshot,
    onEvent: hear,
    onFault: (fault: string) => faults.push(fault),
  };
  unfollowed = till.sales.slice(step.sockets);
  followers = await inBatches(till.sales.slice(0, step.sockets), () => openFollower(wish));
  return followers.length;
}

async function subscribe(): Promise<number> {
  await inBatches([...followers.entries()], ([index, follower]) => follower.follow(till.sales[index]?.id ?? ''));
  return followers.length;
}

function hear({ orderId, status }: Readonly<Record<string, unknown>>): void {
  const since = postedAt.get(String(orderId));
  if (since === undefined || status !== 'PAID') faults.push(`an event out of place: ${orderId} ${status}`);
  else latenciesMs.push(performance.now() - since);
  postedAt.delete(String(orderId));
}

/** Each order that nobody follows is paid once. */
async function warmUp({ notices, perSecond }: Extract<Step, { kind: 'warmUp' }>, noted: Noted): Promise<number> {
  const sales = unfollowed.splice(0, notices);
  return post(await signedNotices(sales), { perSecond, noted });
}

async function notify(perSecond: number, noted: Noted): Promise<number> {
  const followed = till.sales.slice(0, followers.length);
  const answered = await post(await signedNotices(followed), { perSecond, noted });
  const giveUpAt = Date.now() + FRAMES_WITHIN_MS;
  while (latenciesMs.length < followed.length && Date.now() < giveUpAt) await delay(20);
  if (latenciesMs.length !== followed.length)
    faults.push(`${latenciesMs.length} frames for ${followed.length} notifications`);
  return answered;
}

/** @returns notifications answered a second, up to the last answer */
async function post(
  requests: readonly Request[],
  { perSecond, noted }: { readonly perSecond: number; readonly noted: Noted },
): Promise<number> {
  const [rest, seconds] = [requests.values(), requests.length / perSecond];
  const next = () => rest.next().value;
  const { phases } = await openLoop({ port, connections: CONNECTIONS, next, phases: [{ perSecond, seconds }] }, noted);
  return phases[0]?.achieved ?? 0;
}

/** A latency counts from when its notification is handed to the connection. */
async function signedNotices(sales: Till['sales']): Promise<Request[]> {
  const sign = noticeSigner(till.keys);
  return inBatches(sales, async (sale) => {
    const request = noticeRequest({ sale, body: await sign(sale) });
    return {
      ...request,
      get bytes() {
        postedAt.set(sale.id, performance.now());
        return request.bytes;
      },
    };
  });
}

async function close(): Promise<number> {
  for (const follower of followers) follower.close();
  followers = [];
  return 0;
}

async function inBatches<Item, Made>(items: readonly Item[], make: (item: Item) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (let from = 0; from < items.length; from += AT_A_TIME)
    made.push(...(await Promise.all(items.slice(from, from + AT_A_TIME).map(make))));
  return made;
}
