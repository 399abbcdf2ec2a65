import type { Options } from './options.ts';
import type { Posted } from './till.ts';

/** Resident memory of the gateway in KiB, after collected garbage. */
interface Memory {
  readonly before: number;
  readonly connected: number;
  readonly subscribed: number;
  readonly afterStorm: number;
  /** When all have left. */
  readonly after: number;
}

interface Measured {
  readonly options: Options;
  readonly memoryKb: Memory;
  readonly openMs: number;
  readonly followMs: number;
  readonly stormMs: number;
  /** Connections of the storm that were tried again. */
  readonly retries: number;
  readonly posted: readonly Posted[];
  readonly frames: readonly (readonly [string, number])[];
  readonly cpuUsPerEvent: number;
}

export interface Figures extends Omit<Measured, 'posted' | 'frames'> {
  readonly perSocketKb: { readonly connected: number; readonly subscribed: number; readonly afterStorm: number };
  readonly postedToFrameMs: Percentiles;
  /** From the answer, which follows the commit; a frame that overtakes it counts as 0. */
  readonly commitToFrameMs: Percentiles;
  readonly answerMs: Percentiles;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export function figures({ posted, frames, ...rest }: Measured): Figures {
  const { before, connected, subscribed, afterStorm } = rest.memoryKb;
  const each = (kb: number) => (kb - before) / rest.options.sockets;
  const receivedAt = new Map(frames);
  const of = ({ orderId }: Posted) => receivedAt.get(orderId) ?? Number.POSITIVE_INFINITY;
  return {
    ...rest,
    perSocketKb: { connected: each(connected), subscribed: each(subscribed), afterStorm: each(afterStorm) },
    postedToFrameMs: percentiles(posted.map((one) => of(one) - one.dueAt)),
    commitToFrameMs: percentiles(posted.map((one) => Math.max(0, of(one) - one.answeredAt))),
    answerMs: percentiles(posted.map(({ dueAt, answeredAt }) => answeredAt - dueAt)),
  };
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

export function render(found: Figures): string {
  const { options, memoryKb, perSocketKb } = found;
  const kb = (value: number) => `${value.toFixed(1)} KB`;
  const ms = ({ p50, p99, most }: Percentiles) =>
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${most.toFixed(1)} ms`;
  return [
    `${options.sockets} sockets, resident memory of the gateway after collected garbage`,
    `  before                    ${(memoryKb.before / 1024).toFixed(1)} MB`,
    `  a connection              ${kb(perSocketKb.connected)}`,
    `  with its subscription     ${kb(perSocketKb.subscribed)}`,
    `  after the storm           ${kb(perSocketKb.afterStorm)}`,
    `  when all have left        ${(memoryKb.after / 1024).toFixed(1)} MB`,
    `opened in                   ${(found.openMs / 1_000).toFixed(2)} s`,
    `subscribed in               ${(found.followMs / 1_000).toFixed(2)} s`,
    `reconnect storm             ${(found.stormMs / 1_000).toFixed(2)} s until all are subscribed again, ${found.retries} tried again`,
    `${options.rate} notifications a second`,
    `  posted to frame           ${ms(found.postedToFrameMs)}`,
    `  commit to frame           ${ms(found.commitToFrameMs)}`,
    `  posted to answered        ${ms(found.answerMs)}`,
    `  CPU of the gateway        ${found.cpuUsPerEvent.toFixed(0)} µs a notification`,
    '',
  ].join('\n');
}
