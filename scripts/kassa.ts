import { run } from './run.ts';

await run('cli/main.js');
