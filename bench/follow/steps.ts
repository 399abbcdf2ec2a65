// What the process with the sockets is told, step by step, and what it tells.
import type { Done } from '../books/done.ts';
import type { ContenderName } from '../contenders.ts';
import type { Keys } from '../keys.ts';
import type { Latencies } from '../load/latencies.ts';

export type Step =
  /** Makes the orders: one for each socket, and some that nobody follows. */
  | {
      readonly kind: 'stock';
      readonly contender: ContenderName;
      readonly keys: Keys;
      readonly port: number;
      readonly orders: number;
    }
  /** Opens the sockets, up to the acknowledged connection. */
  | { readonly kind: 'connect'; readonly port: number; readonly sockets: number }
  /** Each follows its own order, until that is so. */
  | { readonly kind: 'subscribe' }
  /** Posts notifications for so many of the orders that nobody follows. */
  | { readonly kind: 'warmUp'; readonly perSecond: number; readonly notices: number }
  /** Posts one for each that is followed, and waits for the frames. */
  | { readonly kind: 'notify'; readonly perSecond: number }
  | { readonly kind: 'close' };

export interface StepFigures extends Latencies {
  readonly done: Done;
  readonly faults: readonly string[];
  /** Notifications answered a second, up to the last answer. */
  readonly perSecond: number;
}
