// Named places before and after every durable effect and every call to the outside, where a test makes this process
// die, fail, wait or stand still. They wrap the ports where desk.ts makes them; without FAILPOINTS nothing is wrapped.

/** The methods of each port that leave something behind, or ask somebody else to. */
const PORTS = {
  orders: ['insert', 'write', 'markTried'],
  inbox: ['record'],
  cases: ['close'],
  settings: ['setCasePolicy'],
  checks: ['take', 'takeOne', 'putBack', 'hurry'],
  outbox: ['take'],
  deliveries: ['fanOut', 'take', 'finish'],
  sender: ['send'],
  channel: ['precreate', 'pay', 'query', 'close', 'cancel', 'refund', 'queryRefund'],
} as const;

type PortName = keyof typeof PORTS;

/** A port that has all the methods named above. */
type PortOf<Name extends PortName> = Readonly<
  Record<(typeof PORTS)[Name][number], (...asked: never[]) => Promise<unknown>>
>;

/** All of them, `orders.write.after` for one. */
export const failpointNames: readonly string[] = Object.entries(PORTS).flatMap(([port, methods]) =>
  methods.flatMap((method) => [`${port}.${method}.before`, `${port}.${method}.after`]),
);

/** The clock, which may be ahead or behind. */
const CLOCK = 'clock.now';

type Act = 'kill' | 'throw' | 'hang' | 'delay';

interface Armed {
  readonly name: string;
  readonly act: Act;
  /** Of a delay. */
  readonly ms: number;
  /** It strikes once, when it is passed so many times. */
  nth: number;
}

export interface Plan {
  readonly armed: readonly Armed[];
  readonly clockAheadMs: number;
}

/**
 * `orders.write.after:kill@2,channel.pay.before:delay(200),clock.now:skew(-600000)`; `none` waits for a
 * parent to say. Undefined when it is not that.
 */
export function readPlan(text: string): Plan | undefined {
  const parts = text === 'none' ? [] : text.split(',');
  const skews = parts.flatMap((part) => /^clock\.now:skew\((-?\d{1,12})\)$/.exec(part)?.[1] ?? []);
  const points = parts.filter((part) => !part.startsWith(`${CLOCK}:`)).map(readPoint);
  const armed = points.filter((point) => point !== undefined);
  if (armed.length + skews.length !== parts.length || skews.length > 1) return undefined;
  return { armed, clockAheadMs: Number(skews[0] ?? 0) };
}

function readPoint(text: string): Armed | undefined {
  const [, name = '', act, ms, nth] =
    /^([\w.]+):(?:(kill|throw|hang)|delay\((\d{1,6})\))(?:@(\d{1,4}))?$/.exec(text) ?? [];
  if (!failpointNames.includes(name)) return undefined;
  return { name, act: isAct(act) ? act : 'delay', ms: Number(ms ?? 0), nth: Number(nth ?? 1) };
}

function isAct(text: string | undefined): text is Act {
  return text === 'kill' || text === 'throw' || text === 'hang';
}

export interface Failpoints {
  /** The port with its failpoints; the port itself when there are none. */
  wrap<Name extends PortName, Port extends PortOf<Name>>(name: Name, port: Port): Port;
}

export const noFailpoints: Failpoints = { wrap: (_, port) => port };

/**
 * Opens what FAILPOINTS says. A parent that forked us may change it at any time: `{ kind: 'failpoints', plan }` takes the
 * place of the plan before and is answered `{ kind: 'failpoints_set', plan }` when what the clock made due has been done.
 */
export function openFailpoints(plan: Plan | undefined, moveClock: (aheadMs: number) => Promise<void>): Failpoints {
  if (plan === undefined) return noFailpoints;
  let { armed } = plan;
  void moveClock(plan.clockAheadMs);
  // Whoever asked for faults and is gone will not clear up.
  process.once('disconnect', () => process.exit(1));
  process.on('message', async (message) => {
    const text = planIn(message);
    const next = text === undefined ? undefined : readPlan(text);
    if (next === undefined) return;
    ({ armed } = next);
    await moveClock(next.clockAheadMs).catch(() => undefined);
    process.send?.({ kind: 'failpoints_set', plan: text });
  });
  return { wrap: (name, port) => wrapped(name, port, (point) => strike(armed, point)) };
}

function planIn(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message) || message.kind !== 'failpoints')
    return undefined;
  return 'plan' in message && typeof message.plan === 'string' ? message.plan : undefined;
}

function wrapped<Port extends object>(name: PortName, port: Port, pass: (point: string) => Promise<void>): Port {
  const methods: readonly string[] = PORTS[name];
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || !methods.includes(key) || typeof member !== 'function') return member;
      return async (...asked: unknown[]): Promise<unknown> => {
        await pass(`${name}.${key}.before`);
        const answer: unknown = await Reflect.apply(member, target, asked);
        await pass(`${name}.${key}.after`);
        return answer;
      };
    },
  });
}

async function strike(armed: readonly Armed[], name: string): Promise<void> {
  const point = armed.find((one) => one.name === name && one.nth > 0);
  if (point === undefined) return;
  point.nth -= 1;
  if (point.nth > 0) return;
  // Written at once, also to a pipe: the next line may be the end.
  process.stderr.write(`${JSON.stringify({ failpoint: name, act: point.act })}\n`);
  switch (point.act) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => {});
    case 'throw':
      throw new Error(`failpoint ${name}`);
    case 'hang':
      return new Promise(() => {});
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, point.ms));
  }
}
