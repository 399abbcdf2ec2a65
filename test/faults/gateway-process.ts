// A gateway as a supervisor runs it: a process of the built program, started again whenever it ends.
import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/gateway.ts';
import type { Door } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';

export interface GatewayProcess {
  readonly name: string;
  readonly door: Door;
  readonly port: number;
  isUp(): boolean;
  /** What it is to do wrong from now on; answers when it knows, and what its clock made due has been done. */
  plan(points: readonly string[]): Promise<void>;
  /** The clock that all share has moved on. */
  clockAt(aheadMs: number): Promise<void>;
  signal(name: NodeJS.Signals): void;
  up(): Promise<void>;
  /** From the end of a process to the readiness of the next one, each time. */
  readonly recoveriesMs: readonly number[];
  /** When it last ended, by the monotonic clock; undefined: never. */
  lastEndAt(): number | undefined;
  /** The failpoints that have struck, with what they did, over all runs. */
  readonly struck: readonly { readonly failpoint: string; readonly act: string }[];
  /** What it has said lately. */
  log(): string;
  stop(): Promise<void>;
}

export interface GatewayProcessOptions {
  readonly name: string;
  /** The folder of the built program. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly apiKey: string;
  /** How far the clock of its machine is off. */
  readonly skewMs: number;
  readonly aheadMs: number;
}

const SKEWED_CLOCK = join(import.meta.dirname, 'skewed-clock.mjs');
const UP_WITHIN_MS = 120_000;
const HEARD_WITHIN_MS = 10_000;
/** Under the load of a whole test run a start takes some four seconds. */
const START_WITHIN_MS = 30_000;
const LOG_CHARS = 200_000;
/** A program that has ended at once for so long, however often it was started again, is broken: no supervisor helps. */
const HOPELESS_AFTER_MS = 30_000;
const PAUSE_MS = 100;

export async function superviseGateway(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const state = { points: [] as readonly string[], aheadMs: options.aheadMs, stopping: false, ready: false, log: '' };
  const recoveriesMs: number[] = [];
  const struck: { failpoint: string; act: string }[] = [];
  let endedAt: number | undefined;
  let failingSince: number | undefined;
  const isHopeless = () => failingSince !== undefined && performance.now() - failingSince > HOPELESS_AFTER_MS;
  let child = run();

  function planText(): string {
    return [...state.points, `clock.now:skew(${state.aheadMs})`].join(',');
  }

  function run(): ChildProcess {
    const own = { PORT: String(port), HOST: '127.0.0.1', FAILPOINTS: planText(), SKEW_MS: String(options.skewMs) };
    // As scripts/run.ts does: a second start need not compile what the first one has.
    const env = { NODE_COMPILE_CACHE: join(options.program, '.compiled'), ...options.env, ...own };
    const started = fork(join(options.program, 'main.js'), {
      execArgv: ['--import', SKEWED_CLOCK, '--report-on-signal', `--report-directory=${tmpdir()}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
    });
    started.stderr?.setEncoding('utf8').on('data', note);
    started.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('└')) becomeReady();
    });
    const probe = setTimeout(() => void giveUp(started), START_WITHIN_MS);
    started.once('exit', (code, signal) => {
      clearTimeout(probe);
      note(`{"ended":"${signal ?? code}"}\n`);
      const wasReady = state.ready;
      state.ready = false;
      if (state.stopping) return;
      endedAt = performance.now();
      if (!wasReady) failingSince ??= endedAt;
      // What made it die has done so once.
      state.points = [];
      if (wasReady) child = run();
      else if (!isHopeless()) setTimeout(again, PAUSE_MS);
    });
    return started;
  }

  function again(): void {
    if (!state.stopping) child = run();
  }

  /** As a supervisor's start-up probe does; what it was doing stands in a report of Node's. */
  async function giveUp(started: ChildProcess): Promise<void> {
    if (state.ready || started !== child) return;
    note(`{"hung":"not ready after ${START_WITHIN_MS} ms: see report.*.${started.pid}.*.json in ${tmpdir()}"}\n`);
    process.stdout.write(`${options.name} was not ready after ${START_WITHIN_MS} ms: report of pid ${started.pid}\n`);
    started.kill('SIGUSR2');
    await pause(1_000);
    started.kill('SIGKILL');
  }

  function becomeReady(): void {
    state.ready = true;
    failingSince = undefined;
    if (endedAt !== undefined) recoveriesMs.push(performance.now() - endedAt);
  }

  function note(text: string): void {
    for (const [line] of text.matchAll(/\{"failpoint":[^\n]*\}/g)) struck.push(JSON.parse(line));
    state.log = (state.log + text).slice(-LOG_CHARS);
  }

  const up = async () => {
    await until(
      () => state.ready || isHopeless(),
      (so) => so,
      UP_WITHIN_MS,
    ).catch(() => fail());
    if (!state.ready) fail();
  };
  const fail = (): never => {
    throw new Error(`gateway ${options.name} does not come up:\n${state.log.slice(-3_000)}`);
  };

  async function tell(): Promise<void> {
    const told = child;
    if (!told.connected) return;
    const text = planText();
    if (!state.ready) {
      // It was started with an older plan, and hears this one as soon as it listens.
      told.send({ kind: 'failpoints', plan: text }, () => undefined);
      return;
    }
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        told.off('message', heard);
        told.off('exit', done);
        resolve();
      };
      const heard = (said: unknown) => {
        if (JSON.stringify(said) === JSON.stringify({ kind: 'failpoints_set', plan: text })) done();
      };
      const timer = setTimeout(done, HEARD_WITHIN_MS);
      told.on('message', heard);
      told.once('exit', done);
      told.send({ kind: 'failpoints', plan: text }, (error) => error && done());
    });
  }

  await up();
  return {
    name: options.name,
    port,
    door: { url, wsUrl: `ws://127.0.0.1:${port}/graphql`, apiKey: options.apiKey },
    isUp: () => state.ready,
    up,
    recoveriesMs,
    struck,
    lastEndAt: () => endedAt,
    log: () => state.log,
    signal: (name) => void child.kill(name),
    plan: (points) => {
      state.points = points;
      return tell();
    },
    clockAt: (aheadMs) => {
      state.aheadMs = aheadMs;
      return tell();
    },
    async stop() {
      state.stopping = true;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
