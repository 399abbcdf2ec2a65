// Read the configuration, build the app, listen, stop on a signal; nothing else.
import { type App, startApp } from './app.ts';
import { box } from './box.ts';
import { ConfigError, readConfig } from './config.ts';
import { newLog } from './log.ts';

/** sysexits.h EX_CONFIG: something in the configuration is wrong or missing. */
const EXIT_CONFIG = 78;
const STOP_WITHIN_MS = 9_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = newLog(config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  const starting = startApp(config, log, () => readConfig(process.env));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(starting));
  const app = await starting;
  // Only where it is expected: a terminal that is closed says the same, and means the end.
  if (config.fromFiles) process.on('SIGHUP', () => void app.reload());
  if (!stopping) process.stdout.write(`${box(app.welcome)}`);
}

let stopping = false;

/** Once; npm forwards a second signal of its own, which must not cut this short. */
function stop(starting: Promise<App>): void {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  starting
    .then((app) => app.stop())
    .then(
      () => process.exit(0),
      (error) => fail(error),
    );
}

function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const expected = error instanceof ConfigError;
  process.stderr.write(expected ? `Kassa can't start.\n${message}\n` : `Kassa stopped: ${stackOf(error) ?? message}\n`);
  process.exit(expected ? EXIT_CONFIG : 1);
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}

main().catch(fail);
