import { build } from '../../scripts/build.ts';

// One start of several from the same checkout.
process.stdout.write(await build({ root: process.argv[2] ?? '' }));
