import { expect, onTestFinished, test } from 'vitest';
import { FolderTaken } from '../../src/sandbox/folder-lock.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { newDataDir, testSandbox } from './fixture.ts';

test('one folder, one sandbox', async () => {
  const dataDir = newDataDir();
  const first = await testSandbox({ dataDir });
  await expect(startSandbox({ dataDir, port: 0 })).rejects.toThrow(FolderTaken);
  await first.stop();
  await first.stop();
  await testSandbox({ dataDir });
});

test('a gateway started again at once waits for the sandbox of its former life, and takes over its port', async () => {
  const dataDir = newDataDir();
  const first = await testSandbox({ dataDir });
  const second = startSandbox({ dataDir, port: first.port, waitForFolderMs: 5_000 });
  await first.stop();
  const running = await second;
  onTestFinished(() => running.stop());
  expect(running).toMatchObject({ port: first.port, appId: first.appId });
});
