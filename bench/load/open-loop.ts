// Requests leave at their own times, so that one slow answer does not hide how late those behind it would have been: a
// latency counts from the intended time.
import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';
import { type Connection, openConnection } from './connection.ts';
import { latenciesOf } from './latencies.ts';
import { exchange, MAX_FAULTS, type Noted, newNotes } from './noted.ts';
import type { Request, Requests } from './requests.ts';
import type { Phase, PhaseFigures } from './run.ts';

export interface OpenLoop {
  readonly port: number;
  readonly connections: number;
  readonly next: Requests;
  readonly phases: readonly Phase[];
}

/** A backlog takes connections of its own, up to so many; past that it waits in here, and its time runs all the same. */
const MOST_CONNECTIONS = 512;
const SENT_AT_A_TIME = 16;

interface PhaseNotes extends Noted {
  startedAt: number;
  endedAt: number;
  lastAt: number;
  waiting: number;
  /** When no more waited than in the phase before. */
  calmAt: number | undefined;
}

interface Road {
  readonly idle: Connection[];
  readonly queue: (() => void)[];
  opened: number;
}

/** Returns how long it took, in ms, with the figures of each phase. */
export async function openLoop(loop: OpenLoop, noted: Noted): Promise<{ elapsedMs: number; phases: PhaseFigures[] }> {
  const { port, connections, phases } = loop;
  const idle = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const field: Field = {
    loop,
    noted,
    road: { idle, queue: [], opened: connections },
    notes: phases.map(() => ({ ...newNotes(), ...blank })),
    inFlight: new Set(),
  };
  const startedAt = performance.now();
  let phaseAt = startedAt;
  for (const [index, phase] of phases.entries()) {
    await playPhase(field, phase, { notes: field.notes[index] ?? { ...newNotes(), ...blank }, startsAt: phaseAt });
    phaseAt += phase.seconds * 1_000;
  }
  await Promise.all(field.inFlight);
  const elapsedMs = performance.now() - startedAt;
  for (const connection of field.road.idle) connection.close();
  return { elapsedMs, phases: phases.map((phase, index) => figuresOfPhase(phase, field.notes, index)) };
}

interface Field {
  readonly loop: OpenLoop;
  readonly noted: Noted;
  readonly road: Road;
  readonly notes: readonly PhaseNotes[];
  readonly inFlight: Set<Promise<void>>;
}

async function playPhase(
  field: Field,
  { perSecond, seconds }: Phase,
  { notes: phase, startsAt }: { notes: PhaseNotes; startsAt: number },
): Promise<void> {
  const { loop, noted, inFlight } = field;
  phase.startedAt = startsAt;
  for (let sent = 0; sent < perSecond * seconds && noted.faults.length < MAX_FAULTS; sent += 1) {
    const intended = startsAt + (sent / perSecond) * 1_000;
    await at(intended);
    // Behind its plan it must still read the answers.
    if (sent % SENT_AT_A_TIME === 0) await immediate();
    const request = loop.next();
    if (request === undefined) break;
    const asked = askAt(field, { request, intended, phase }).finally(() => {
      inFlight.delete(asked);
      calm(field.notes, inFlight.size);
    });
    inFlight.add(asked);
    phase.waiting = Math.max(phase.waiting, inFlight.size);
  }
  phase.endedAt = startsAt + seconds * 1_000;
  await at(phase.endedAt);
}

/** To the millisecond: what a timer can do. */
async function at(time: number): Promise<void> {
  while (performance.now() < time) await delay(1);
}

const blank = { startedAt: 0, endedAt: 0, lastAt: 0, waiting: 0, calmAt: undefined };

interface Asked {
  readonly request: Request;
  readonly intended: number;
  readonly phase: PhaseNotes;
}

async function askAt({ road, loop, noted }: Field, { request, intended, phase }: Asked): Promise<void> {
  try {
    const connection = await connectionOf(road, loop.port);
    const exchanged = await exchange(connection, request, { noted, since: intended });
    if (exchanged.kind === 'broken') road.opened -= 1;
    else road.idle.push(connection);
    if (exchanged.kind !== 'right') return;
    phase.latenciesMs.push(exchanged.latencyMs);
    phase.lastAt = performance.now();
  } catch (error) {
    road.opened -= 1;
    noted.faults.push(String(error));
  } finally {
    road.queue.shift()?.();
  }
}

async function connectionOf(road: Road, port: number): Promise<Connection> {
  for (;;) {
    const free = road.idle.pop();
    if (free?.isOpen()) return free;
    if (free !== undefined) {
      road.opened -= 1;
      continue;
    }
    if (road.opened < MOST_CONNECTIONS) {
      road.opened += 1;
      return openConnection(port);
    }
    await new Promise<void>((resolve) => road.queue.push(resolve));
  }
}

/** A phase's backlog is gone when no more waits than did at most in the phase before it. */
function calm(notes: readonly PhaseNotes[], waiting: number): void {
  for (const [index, phase] of notes.entries()) {
    const before = notes[index - 1];
    const isOver = phase.endedAt > 0 && performance.now() >= phase.endedAt;
    if (before !== undefined && isOver && waiting <= before.waiting) phase.calmAt ??= performance.now();
  }
}

function figuresOfPhase({ perSecond, seconds }: Phase, notes: readonly PhaseNotes[], index: number): PhaseFigures {
  const { latenciesMs, startedAt, endedAt, lastAt, waiting, calmAt } = notes[index] ?? { ...newNotes(), ...blank };
  const tookMs = Math.max(seconds * 1_000, lastAt - startedAt);
  return {
    ...latenciesOf(latenciesMs),
    target: perSecond,
    achieved: (latenciesMs.length / tookMs) * 1_000,
    waiting,
    backlogGoneMs: index === 0 || calmAt === undefined ? null : calmAt - endedAt,
  };
}
