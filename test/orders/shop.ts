// One order at a counter with everything behind it in memory, and a clock that goes from one check to the next.
import { checkAfter } from '../../src/orders/agenda.ts';
import { checkOrder } from '../../src/orders/check-order.ts';
import type { Fact } from '../../src/orders/fact.ts';
import { hearNotification } from '../../src/orders/hear-notification.ts';
import type { Asker } from '../../src/orders/operation.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import { aDesk, BYTES, KEY_ID, memoryStore, type Script, scriptedChannel } from '../support/memory-ports.ts';
import { ACCOUNT, anOrder, MERCHANT, NOON, newId, standingClock } from '../support/orders.ts';

/** Whoever asks for money to go back. */
export const MAKER: Asker = { credentialId: 'key-of-a-till', terminalId: null };

export const AUTH_CODE = '281234567890123456';
export const DEADLINE_MS = 45_000;

/** More looks than any story needs: a check that never ends is a fault. */
export const MOST_LOOKS = 60;

export function aShop(script: Script = {}, given: WholeOrder = anOrder()) {
  const store = memoryStore(given);
  const clock = standingClock();
  const channel = scriptedChannel(script);
  const desk = {
    ...aDesk(store, channel, clock),
    inbox: store,
    returnUrl: 'https://shop.example/return',
    hashAuthCode: (_merchantId: string, authCode: string) => `hash of ${authCode}`,
    authCodeDeadlineMs: DEADLINE_MS,
  };
  const first = checkAfter(given, { lookedAt: NOON, tries: 0 }, desk.pace);
  if (first !== null) store.checks.rows.set(given.id, first);

  /** Goes to the time of the order's check and does it; undefined when there is none. */
  async function look() {
    const check = store.checks.rows.get(given.id);
    if (check === undefined) return undefined;
    clock.forward(Math.max(0, check.dueAt.getTime() - clock.now().getTime()));
    return checkNow();
  }

  async function checkNow() {
    const taken = await store.checks.takeOne(MERCHANT, given.id);
    return taken && checkOrder(desk, taken);
  }

  return {
    desk,
    store,
    clock,
    channel,
    look,
    /** Does the order's check before its time, as after a read that hurried it. */
    checkNow,
    asked: { merchantId: MERCHANT, ref: { id: given.id }, by: MAKER },
    order: () => orderIn(store.orders, given.id),
    types: () => store.events.map(({ type }) => type).join(' '),
    /** Seconds until the order is looked at by itself; null: never. */
    dueInS: () => {
      const check = store.checks.rows.get(given.id);
      return check === undefined ? null : (check.dueAt.getTime() - clock.now().getTime()) / 1_000;
    },
    /** From check to check until nothing is left to do; answers what was done. */
    async settle(): Promise<string[]> {
      const done: string[] = [];
      for (let kind = await look(); kind !== undefined; kind = await look()) {
        done.push(kind);
        if (done.length > MOST_LOOKS) throw new Error(`never ends: ${done.join(' ')}`);
      }
      return done;
    },
    hear: (fact: Fact) =>
      hearNotification(desk, {
        merchantId: MERCHANT,
        accountId: ACCOUNT,
        notifyId: newId(),
        fact,
        bytes: BYTES,
        keyId: KEY_ID,
      }),
  };
}

function orderIn(orders: ReadonlyMap<string, WholeOrder>, id: string): WholeOrder {
  const order = orders.get(id);
  if (order === undefined) throw new Error(`order ${id} is gone`);
  return order;
}

export function secondsAfterNoon(seconds: number): Date {
  return new Date(NOON.getTime() + seconds * 1_000);
}
