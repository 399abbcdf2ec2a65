import { reasonOf } from '../../finding.ts';

/** What the gateway's host says the time is, and how far ours is ahead of it; a reason when it can't be asked. */
export type GatewayTime =
  | { readonly kind: 'answered'; readonly aheadMs: number; readonly uncertainMs: number }
  | { readonly kind: 'unknown'; readonly reason: string };

const PATIENCE_MS = 5_000;
/** A Date header shows whole seconds. */
const RESOLUTION_MS = 1_000;

export async function gatewayTime(gateway: string): Promise<GatewayTime> {
  const askedAt = Date.now();
  try {
    const response = await fetch(gateway, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    const heardAt = Date.now();
    await response.body?.cancel();
    const said = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(said)) return { kind: 'unknown', reason: 'its answer has no Date' };
    const theirs = said + RESOLUTION_MS / 2;
    return {
      kind: 'answered',
      aheadMs: (askedAt + heardAt) / 2 - theirs,
      uncertainMs: (heardAt - askedAt + RESOLUTION_MS) / 2,
    };
  } catch (error) {
    return { kind: 'unknown', reason: reasonOf(error) };
  }
}
