import type { GatewayTime } from '../alipay/doctor/gateway-time.ts';
import { type Finding, ok, warning, wrong } from '../finding.ts';

/** So many hosts are asked: an installation has one, seldom two. */
const MOST_HOSTS = 20;

/** Once a host, all at the same time. */
export async function checkClocks(
  gateways: readonly string[],
  timeOf: (gateway: string) => Promise<GatewayTime>,
): Promise<readonly Finding[]> {
  const byHost = new Map(gateways.map((gateway) => [new URL(gateway).host, gateway]));
  const asked = [...byHost.values()].slice(0, MOST_HOSTS);
  const findings = await Promise.all(asked.map(async (gateway) => checkClock(gateway, await timeOf(gateway))));
  const unasked = byHost.size - asked.length;
  if (unasked === 0) return findings;
  return [
    ...findings,
    warning('clock', `${unasked} more hosts were not asked`, 'see whether the apps need so many gateways'),
  ];
}

/** Money that seems to be paid before its order was made, by more than 3 s, becomes a case. */
const TOLERATED_MS = 3_000;
/** Alipay refuses calls that are some minutes off. */
const REFUSED_MS = 60_000;

function checkClock(gateway: string, time: GatewayTime): Finding {
  const host = new URL(gateway).hostname;
  if (time.kind === 'unknown')
    return warning(
      'clock',
      `unknown: ${host} does not tell the time (${time.reason})`,
      'see that this machine may reach it, and that its clock is kept by NTP',
    );
  const aheadMs = Math.max(0, Math.abs(time.aheadMs) - time.uncertainMs);
  const says = `${(Math.abs(time.aheadMs) / 1_000).toFixed(1)} s ${time.aheadMs < 0 ? 'behind' : 'ahead of'} ${host} (± ${(time.uncertainMs / 1_000).toFixed(1)} s)`;
  if (aheadMs > REFUSED_MS)
    return wrong('clock', says, 'set the clock (NTP): Alipay refuses calls with a wrong timestamp');
  return aheadMs > TOLERATED_MS ? warning('clock', says, 'set the clock (NTP)') : ok('clock', says);
}
