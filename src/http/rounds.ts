import { type Authenticate, SUSPENDED } from '../merchants/authenticate.ts';
import type { Connection, Connections, Ending } from './connections.ts';

/** Every open connection is looked at once in so long, a few of them each tick: thousands at once would hold up frames. */
const ROUND_MS = 2_000;
const TICKS = 20;
/**
 * Each is asked for a sign of life every 28 s, well within the minute that proxies wait: one in fourteen each round, since all of
 * them in one would hold up frames for seconds.
 */
const ROUNDS_BETWEEN_PINGS = 14;
/** How long one may take nothing of what it was sent before it is ended. */
const STALL_MS = 15_000;

export interface RoundsNeeds {
  readonly connections: Connections;
  readonly authenticate: Authenticate;
  readonly onEnd: (why: Ending) => void;
  /** Shorter ones for tests. */
  readonly roundMs?: number;
  readonly stallMs?: number;
}

/**
 * Goes round the open connections for as long as the gateway runs: ends those whose credential is not valid any more, those
 * that read too slowly, and those whose other side is gone. One timer for all.
 */
export function startRounds(needs: RoundsNeeds): { stop(): void } {
  const { connections, roundMs = ROUND_MS } = needs;
  let round = 0;
  let left: Connection[] = [];
  let atATime = 0;
  const timer = setInterval(() => {
    if (left.length === 0) {
      round += 1;
      left = connections.all();
      atATime = Math.ceil(left.length / TICKS);
    }
    visit(needs, left.splice(-atATime, atATime), round);
  }, roundMs / TICKS);
  return { stop: () => clearInterval(timer) };
}

/** Those of one credential are asked about once. */
function visit(needs: RoundsNeeds, some: readonly Connection[], round: number): void {
  const { connections, authenticate } = needs;
  const fine: Connection[] = [];
  for (const connection of some) {
    const number = connections.numberOf(connection);
    if (number === undefined) continue;
    const why = faultOf(needs, connection, (number + round) % ROUNDS_BETWEEN_PINGS === 0);
    if (why === undefined) fine.push(connection);
    else end(needs, connection, why);
  }
  for (const [{ credential }, held] of Map.groupBy(fine, ({ holder }) => holder))
    void isValid(authenticate, credential).then((valid) => {
      if (!valid) for (const connection of held) end(needs, connection, 'revoked');
    });
}

function end({ connections, onEnd }: RoundsNeeds, connection: Connection, why: Ending): void {
  if (connections.numberOf(connection) === undefined) return;
  onEnd(why);
  connection.end(why);
}

function faultOf({ stallMs = STALL_MS }: RoundsNeeds, connection: Connection, mayPing: boolean): Ending | undefined {
  const { stalledSince } = connection;
  // Who does not read is not read either, and can't be heard.
  if (stalledSince !== undefined) return performance.now() - stalledSince >= stallMs ? 'slow' : undefined;
  return mayPing && !connection.isAlive() ? 'dead' : undefined;
}

/** While the database is away nobody's credential has been taken back. */
async function isValid(authenticate: Authenticate, credential: string): Promise<boolean> {
  try {
    const caller = await authenticate(credential);
    return caller !== undefined && caller !== SUSPENDED;
  } catch {
    return true;
  }
}
