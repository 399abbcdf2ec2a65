import { setTimeout as sleep } from 'node:timers/promises';
import { takeGatewayFault } from './faults.ts';
import type { Call } from './methods/method.ts';
import type { Sandbox } from './sandbox.ts';
import { anyAnswer, refuse } from './sub-codes.ts';
import type { Answer, Signing } from './wire/answer.ts';

/** What became of a call: its result, another answer instead, an HTTP failure, or a dead connection. */
export type Ending<T> =
  | { readonly kind: 'done'; readonly result: T; readonly signing: Signing }
  | { readonly kind: 'instead'; readonly answer: Answer }
  | { readonly kind: 'http_500' }
  | { readonly kind: 'drop' };

/** Does what a verified call asks for, unless a fault strikes it. `act` is told how its result will be signed. */
export async function strike<T>(sandbox: Sandbox, call: Call, act: (signing: Signing) => T): Promise<Ending<T>> {
  const done = (signing: Signing): Ending<T> => ({ kind: 'done', result: act(signing), signing });
  const fault = takeGatewayFault(sandbox.faults, call.method, numberOf(sandbox, call));
  if (fault !== null && 'acts' in fault && fault.acts) act('right');
  switch (fault?.kind) {
    case undefined:
      return done('right');
    case 'drop':
      return { kind: 'drop' };
    case 'act_then_drop':
      act('right');
      return { kind: 'drop' };
    case 'delay':
      return delayed(fault.delayMs, fault.when, () => done('right'));
    case 'unknown':
      return { kind: 'instead', answer: refuse('isp.unknow-error') };
    case 'http_500':
      return { kind: 'http_500' };
    case 'wrong_sign':
      return done('wrong');
    case 'no_sign':
      return done('none');
    case 'answer':
      return { kind: 'instead', answer: anyAnswer(fault) };
  }
}

// A fault that waits for one number strikes calls that name its trade, too.
function numberOf({ books }: Sandbox, { biz }: Call): string | null {
  if (typeof biz.out_trade_no === 'string') return biz.out_trade_no;
  return typeof biz.trade_no === 'string' ? (books.numbers.get(biz.trade_no) ?? null) : null;
}

async function delayed<T>(delayMs: number, when: 'before' | 'after', act: () => T): Promise<T> {
  const done = when === 'after' ? act() : null;
  await sleep(delayMs, undefined, { ref: false });
  return done ?? act();
}
