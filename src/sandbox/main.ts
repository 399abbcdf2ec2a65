import { BadSetting, readConfig, type SandboxConfig } from './config.ts';
import { FolderTaken } from './folder-lock.ts';
import { leadParent } from './lead-parent.ts';
import { LedgerUnreadable } from './ledger.ts';
import { type RunningSandbox, startSandbox } from './start-sandbox.ts';
import { welcome } from './welcome.ts';

const EXIT_CONFIG = 78;
const STOP_WITHIN_MS = 1_500;
// A gateway killed and started again at once finds the sandbox of its former life still leaving.
const PREDECESSOR_LEAVES_MS = 2_500;

function leave(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(EXIT_CONFIG);
}

function configOrLeave(): SandboxConfig {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof BadSetting) leave(error.message);
    throw error;
  }
}

function explain(error: unknown, config: SandboxConfig): string | null {
  const folder = `DATA_DIR is ${JSON.stringify(config.dataDir)}`;
  if (error instanceof FolderTaken) return `${folder}, where another sandbox (process ${error.message}) is running.`;
  if (error instanceof LedgerUnreadable) return `${folder}, but its ledger is damaged: ${error.message}.`;
  if (!(error instanceof Error) || !('code' in error)) return null;
  switch (error.code) {
    case 'EADDRINUSE':
      return `SANDBOX_PORT is ${config.port}, which is taken by another program; choose another, or 0 for a free one.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `SANDBOX_HOST is ${JSON.stringify(config.host)}, which is no address of this machine.`;
    case 'EACCES':
      return 'syscall' in error && error.syscall === 'listen'
        ? `SANDBOX_PORT is ${config.port}, which this user may not open; choose one above 1023.`
        : `${folder}, which cannot be written.`;
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOSPC':
      return `${folder}, which cannot be written (${error.code}).`;
    default:
      return null;
  }
}

async function startOrLeave(config: SandboxConfig): Promise<RunningSandbox> {
  try {
    if (process.send === undefined) return await startSandbox(config);
    return await startSandbox({ ...config, waitForFolderMs: PREDECESSOR_LEAVES_MS, onClock: leadParent });
  } catch (error) {
    const message = explain(error, config);
    if (message !== null) leave(message);
    throw error;
  }
}

function stopOnce(running: RunningSandbox): () => void {
  let isStopping = false;
  return () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
}

// A parent that forked us decides about Ctrl-C, which the terminal sends to both; without it we leave.
const isForked = process.send !== undefined;
const leaveEarly = () => process.exit(0);
if (isForked) {
  process.on('SIGINT', () => {});
  process.once('disconnect', leaveEarly);
}
const running = await startOrLeave(configOrLeave());
const stop = stopOnce(running);
process.on('SIGTERM', stop);
if (isForked) {
  process.off('disconnect', leaveEarly);
  process.once('disconnect', stop);
  process.send?.({ kind: 'ready', port: running.port });
} else {
  process.on('SIGINT', stop);
  process.stdout.write(welcome(running));
}
