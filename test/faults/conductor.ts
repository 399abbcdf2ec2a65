// Makes an episode's faults happen, each at its time, and takes them away again.
import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayProcess } from './gateway-process.ts';
import type { Fault, Wrong } from './plan.ts';
import type { Place, Site } from './site.ts';
import type { Wire } from './tcp-proxy.ts';

export interface Conductor {
  /** A step begins; it is to wait until what is to strike it is in place. */
  stepBegins(): Promise<void>;
  /** All faults have happened and are over, as far as they end by themselves. */
  over(): Promise<void>;
}

export function conduct(site: Site, faults: readonly Fault[]): Conductor {
  const left = [...faults];
  const underWay: Promise<void>[] = [];
  let steps = 0;
  const strikeDue = (upTo: number) => {
    const due = left.filter(({ afterSteps }) => afterSteps <= upTo);
    for (const fault of due) left.splice(left.indexOf(fault), 1);
    const struck = due.map(({ what }) => ({ waits: isTrap(what), over: strike(site, what) }));
    underWay.push(...struck.map(({ over }) => over));
    return Promise.all(struck.filter(({ waits }) => waits).map(({ over }) => over));
  };
  return {
    async stepBegins() {
      steps += 1;
      await strikeDue(steps - 1);
    },
    async over() {
      void strikeDue(Number.POSITIVE_INFINITY);
      await Promise.all(underWay);
    },
  };
}

/** What is laid out for others to run into, and done with that. */
function isTrap(wrong: Wrong): boolean {
  return wrong.kind === 'alipay' || (wrong.kind === 'failpoint' && wrong.killAfterMs === undefined);
}

/** Arms the failpoints of the beginning, with both gateways there, before anybody does anything. */
export async function armFirst(site: Site, faults: readonly Fault[]): Promise<readonly Fault[]> {
  const first = faults.filter(({ afterSteps, what }) => afterSteps === 0 && what.kind === 'failpoint');
  if (first.length > 0) await Promise.all(site.places.map(({ gateway }) => gateway.up()));
  await Promise.all(first.map(({ what }) => strike(site, what)));
  return faults.filter((fault) => !first.includes(fault));
}

async function strike(site: Site, wrong: Wrong): Promise<void> {
  switch (wrong.kind) {
    case 'failpoint': {
      const { gateway } = placeOf(site, wrong.place);
      await gateway.plan(wrong.points);
      if (wrong.killAfterMs === undefined) return;
      await pause(wrong.killAfterMs);
      await anotherUp(site, gateway);
      return gateway.signal('SIGKILL');
    }
    case 'kill': {
      const { gateway } = placeOf(site, wrong.place);
      await anotherUp(site, gateway);
      return gateway.signal('SIGKILL');
    }
    case 'freeze': {
      const { gateway } = placeOf(site, wrong.place);
      gateway.signal('SIGSTOP');
      await pause(wrong.ms);
      return gateway.signal('SIGCONT');
    }
    case 'postgres':
      return site.ground.postgres.outage(wrong.how);
    case 'alipay':
      return void (await site.ground.sandbox.fault(wrong.fault));
    case 'wire':
      return onWire(wireOf(site, wrong), wrong);
  }
}

/** Two that are gone at once show nothing but a wait. */
async function anotherUp({ places }: Site, gateway: GatewayProcess): Promise<void> {
  const others = places.filter((place) => place.gateway !== gateway);
  await Promise.any(others.map((other) => other.gateway.up())).catch(() => undefined);
}

async function onWire(wire: Wire, { fault, ms }: Extract<Wrong, { kind: 'wire' }>): Promise<void> {
  if (fault === 'reset') return wire.reset();
  wire.strike(fault);
  await pause(ms);
  wire.strike(undefined);
}

/** The other one while that one is not there. */
function placeOf({ places }: Site, index: number): Place {
  const wanted = places[index] ?? places[0];
  return wanted.gateway.isUp() ? wanted : (places.find(({ gateway }) => gateway.isUp()) ?? wanted);
}

function wireOf(site: Site, { wire, place }: Extract<Wrong, { kind: 'wire' }>): Wire {
  return wire === 'fromAlipay' ? site.fromAlipay : placeOf(site, place)[wire];
}
