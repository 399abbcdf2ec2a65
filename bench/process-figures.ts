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

/** The memory that it holds now, in MiB. */
export function rssMb(pid: number): number | undefined {
  return statusMb(pid, 'VmRSS');
}

/** The most memory it ever held, in MiB. */
export function peakRssMb(pid: number): number | undefined {
  return statusMb(pid, 'VmHWM');
}

/** How many files and sockets a process of this user may have open; undefined where nobody says. */
export function openFilesLimit(): number | undefined {
  const text = /^Max open files +(\d+|unlimited)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : text === undefined ? undefined : Number(text);
}

function statusMb(pid: number, name: string): number | undefined {
  const kb = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kb === undefined ? undefined : Number(kb) / 1024;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
