import { run } from './run.ts';

await run('sandbox/main.js');
