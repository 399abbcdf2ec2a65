import { type Connection, openConnection } from './connection.ts';
import { exchange, MAX_FAULTS, type Noted } from './noted.ts';
import type { Request, Requests } from './requests.ts';

export interface ClosedLoop {
  readonly port: number;
  readonly connections: number;
  readonly next: Requests;
  /** How long to ask; without it, until there are no more requests. */
  readonly seconds?: number;
}

/** Each connection has one request in flight. Returns how long it took, in ms, without the connecting. */
export async function closedLoop({ port, connections, next, seconds }: ClosedLoop, noted: Noted): Promise<number> {
  const opened = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const startedAt = performance.now();
  const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : startedAt + seconds * 1_000;
  const more = () => (performance.now() < endsAt && noted.faults.length < MAX_FAULTS ? next() : undefined);
  await Promise.all(opened.map((connection) => askOn(connection, more, noted)));
  const elapsedMs = performance.now() - startedAt;
  for (const connection of opened) connection.close();
  return elapsedMs;
}

async function askOn(connection: Connection, next: () => Request | undefined, noted: Noted): Promise<void> {
  for (let request = next(); request !== undefined; request = next())
    if ((await exchange(connection, request, { noted })).kind === 'broken') return;
}
