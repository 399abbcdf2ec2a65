// Loaded into the gateway before it starts (node --expose-gc --import …): SIGUSR2 collects garbage, so that the memory
// seen from outside is what is in use and not what waits to be freed. Says so in the file that COLLECTED names.
import { writeFileSync } from 'node:fs';

let collected = 0;

process.on('SIGUSR2', () => {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  collected += 1;
  writeFileSync(process.env.COLLECTED ?? '/dev/null', String(collected));
});
