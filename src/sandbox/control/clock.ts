import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { MovableClock } from '../movable-clock.ts';
import type { Notifier } from '../notifier.ts';
import { record, type Sandbox } from '../sandbox.ts';
import { readBody } from './read-body.ts';

const FARTHEST_MS = 2 * 365 * 86_400_000;
const clockBody = z.strictObject({ advanceMs: z.number().int().min(0).max(FARTHEST_MS) });

type ClockNeeds = {
  readonly sandbox: Sandbox;
  readonly clock: MovableClock;
  readonly onClock: (aheadMs: number) => Promise<void>;
  readonly notifier: Notifier;
};

/** Sandbox time: read by whoever wants to share it, put forward by a test. */
export function clockRoutes(server: FastifyInstance, { sandbox, clock, onClock, notifier }: ClockNeeds): void {
  let toldMs = clock.offsetMs();
  const settled = async () => {
    await notifier.idle();
    if (clock.offsetMs() === toldMs) return;
    toldMs = clock.offsetMs();
    await onClock(toldMs);
    await notifier.idle();
  };
  const seen = () => ({ now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs() });
  server.get('/_sandbox/clock', async () => seen());
  server.post('/_sandbox/clock', async (request) => {
    const { advanceMs } = readBody(clockBody, request.body);
    await clock.advance(advanceMs, settled);
    record(sandbox, [{ kind: 'clock_moved', offsetMs: clock.offsetMs() }]);
    return seen();
  });
}
