// What Linux counts for a process, seen from outside. Elsewhere there is no /proc, and no figure.
import { readFileSync } from 'node:fs';

/** A clock tick of /proc is 1/100 s on every Linux that Node runs on. */
const TICK_US = 10_000;

/** User and system time since its start, in µs. */
export function cpuUs(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces: count from behind it (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** The most memory it ever held, in MiB. */
export function peakRssMb(pid: number): number | undefined {
  const kb = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kb === undefined ? undefined : Number(kb) / 1024;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
