import { type NoticeFault, takeNoticeFault } from './faults.ts';
import { parseLadder } from './ladder.ts';
import type { Attempt, Notice, NoticeState } from './notice.ts';
import { type Corruption, noticeForm } from './notice-form.ts';
import { record, type Sandbox } from './sandbox.ts';
import { sendForm } from './send-form.ts';

export type Notifier = {
  /** Lets go of every notice a fault holds back; the number of them. */
  release(): Promise<number>;
  /** Sends a notice once more, now, beyond its ladder; false when there is none of that id. */
  resend(notifyId: string): Promise<boolean>;
  /** Works out anew when each pending notice is due, after the ladder or the time scale changed. */
  reschedule(): void;
  /** Resolves once every sending that is due has been made and its answer seen. */
  idle(): Promise<void>;
  stop(): void;
};

const MOST_AT_ONCE = 32;
const REPLY_KEPT = 64;

type Desk = {
  readonly sandbox: Sandbox;
  readonly timers: Map<string, () => void>;
  /** Due, waiting for a free place. */
  readonly queue: string[];
  /** Held back by a fault, in the order they came. */
  readonly held: string[];
  /** Collected by a reorder fault. */
  readonly shuffled: string[];
  readonly stopping: AbortController;
  /** Who waits until nothing is being sent. */
  readonly waiting: Array<() => void>;
  inFlight: number;
};

/** Starts sending what is owed, what an earlier run left over too. */
export function startNotifier(sandbox: Sandbox): Notifier {
  const stopping = new AbortController();
  const lists = { queue: [], held: [], shuffled: [], waiting: [] };
  const desk: Desk = { sandbox, timers: new Map(), ...lists, stopping, inFlight: 0 };
  sandbox.listeners.push((entry) => {
    if (entry.kind === 'notice_owed') schedule(desk, entry.notice.notifyId);
    if (entry.kind === 'notice_sent' && !entry.attempt.extra) schedule(desk, entry.notifyId);
  });
  const reschedule = () => {
    for (const notice of sandbox.books.notices.values())
      if (notice.state === 'pending') schedule(desk, notice.notifyId);
  };
  reschedule();
  return {
    release: () => release(desk),
    resend: (notifyId) => resend(desk, notifyId),
    reschedule,
    idle: () => idle(desk),
    stop: () => stop(desk),
  };
}

function stop(desk: Desk): void {
  desk.stopping.abort();
  for (const cancel of desk.timers.values()) cancel();
  desk.timers.clear();
  desk.queue.length = 0;
}

function idle(desk: Desk): Promise<void> {
  return desk.inFlight === 0 ? Promise.resolve() : new Promise((resolve) => desk.waiting.push(resolve));
}

function isHeld(desk: Desk, notifyId: string): boolean {
  return desk.held.includes(notifyId) || desk.shuffled.includes(notifyId) || desk.queue.includes(notifyId);
}

function schedule(desk: Desk, notifyId: string): void {
  desk.timers.get(notifyId)?.();
  desk.timers.delete(notifyId);
  const { books, clock } = desk.sandbox;
  const notice = books.notices.get(notifyId);
  if (notice?.state !== 'pending' || desk.stopping.signal.aborted || isHeld(desk, notifyId)) return;
  const dueInMs = dueAt(desk.sandbox, notice) - clock.now();
  desk.timers.set(
    notifyId,
    clock.after(dueInMs, () => {
      desk.timers.delete(notifyId);
      if (dueAt(desk.sandbox, notice) > clock.now()) schedule(desk, notifyId);
      else enqueue(desk, notifyId);
    }),
  );
}

function enqueue(desk: Desk, notifyId: string): void {
  desk.queue.push(notifyId);
  sendDue(desk);
}

// A gap counts from the sending before it; the first one from when the notice was owed.
function dueAt({ settings }: Sandbox, notice: Notice): number {
  const gaps = parseLadder(settings.ladder) ?? [];
  const since = notice.lastSendingAtMs ?? notice.owedAtMs;
  return since + (gaps[notice.sendings] ?? 0) / settings.timeScale;
}

function sendDue(desk: Desk): void {
  while (desk.inFlight < MOST_AT_ONCE && desk.queue.length > 0) {
    const notice = desk.sandbox.books.notices.get(desk.queue.shift() ?? '');
    if (notice === undefined) continue;
    desk.inFlight += 1;
    void sendOrFail(desk, notice).finally(() => {
      desk.inFlight -= 1;
      sendDue(desk);
    });
  }
  if (desk.inFlight === 0) for (const resolve of desk.waiting.splice(0)) resolve();
}

async function sendOrFail(desk: Desk, notice: Notice): Promise<void> {
  const fault = takeNoticeFault(desk.sandbox.faults, notice.outTradeNo);
  if (fault === null) return deliver(desk, notice);
  return sendWithFault(desk, notice, fault);
}

async function sendWithFault(desk: Desk, notice: Notice, fault: { wanted: NoticeFault; left: number }): Promise<void> {
  const { wanted, left } = fault;
  switch (wanted.kind) {
    case 'duplicate':
      await Promise.all([deliver(desk, notice), ...Array.from({ length: wanted.copies }, () => copy(desk, notice))]);
      return;
    case 'hold':
      desk.held.push(notice.notifyId);
      return;
    case 'reorder':
      desk.shuffled.push(notice.notifyId);
      if (left === 0) await sendBackwards(desk);
      return;
    case 'corrupt':
      return deliver(desk, notice, wanted.way);
    case 'drop':
      return note(desk, notice, { result: 'dropped', httpStatus: null, reply: 'dropped by a fault', extra: false });
  }
}

// One after the other, or the network would shuffle them again.
async function sendBackwards(desk: Desk): Promise<void> {
  const ids = desk.shuffled.splice(0).reverse();
  for (const id of ids) await deliverById(desk, id);
}

async function release(desk: Desk): Promise<number> {
  const ids = [...desk.held.splice(0), ...desk.shuffled.splice(0)];
  for (const id of ids) await deliverById(desk, id);
  return ids.length;
}

async function deliverById(desk: Desk, notifyId: string): Promise<void> {
  const notice = desk.sandbox.books.notices.get(notifyId);
  if (notice !== undefined) await deliver(desk, notice);
}

async function resend(desk: Desk, notifyId: string): Promise<boolean> {
  const notice = desk.sandbox.books.notices.get(notifyId);
  if (notice === undefined) return false;
  await copy(desk, notice);
  return true;
}

async function deliver(desk: Desk, notice: Notice, corruption: Corruption = 'none'): Promise<void> {
  const attempt = await post(desk, notice, corruption);
  if (attempt !== null) note(desk, notice, { ...attempt, extra: false });
}

async function copy(desk: Desk, notice: Notice): Promise<void> {
  const attempt = await post(desk, notice, 'none');
  if (attempt !== null) note(desk, notice, { ...attempt, extra: true });
}

type Heard = Omit<Attempt, 'atMs' | 'extra'>;

// null: the sandbox is stopping, and what became of this sending is not known. It will be sent again.
async function post(desk: Desk, notice: Notice, corruption: Corruption): Promise<Heard | null> {
  const { app, clock } = desk.sandbox;
  const body = noticeForm(notice, { nowMs: clock.now(), key: app.alipayPrivateKey, corruption });
  const contentType = `application/x-www-form-urlencoded; charset=${notice.charset}`;
  const outcome = await sendForm({ url: notice.url, body, contentType, signal: desk.stopping.signal });
  if (desk.stopping.signal.aborted) return null;
  if (outcome.kind === 'failed') return { result: 'unreachable', httpStatus: null, reply: outcome.why.slice(0, 200) };
  const isSuccess = outcome.status === 200 && outcome.body === 'success';
  const reply = outcome.body.slice(0, REPLY_KEPT);
  return { result: isSuccess ? 'success' : 'refused', httpStatus: outcome.status, reply };
}

function note(desk: Desk, notice: Notice, heard: Heard & { extra: boolean }): void {
  const { sandbox } = desk;
  const current = sandbox.books.notices.get(notice.notifyId) ?? notice;
  const attempt: Attempt = { atMs: sandbox.clock.now(), ...heard };
  const state = stateAfter(sandbox, current, attempt);
  record(sandbox, [{ kind: 'notice_sent', notifyId: notice.notifyId, attempt, state }]);
}

function stateAfter({ settings }: Sandbox, notice: Notice, attempt: Attempt): NoticeState {
  if (attempt.result === 'success' || notice.state === 'delivered') return 'delivered';
  if (attempt.extra) return notice.state;
  const rungs = parseLadder(settings.ladder)?.length ?? 0;
  return notice.sendings + 1 >= rungs ? 'given_up' : 'pending';
}
