import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';

// A Kassa that only keeps its database: prints its URL, says so when it is interrupted, stops when its stdin ends.
const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' });
process.on('SIGINT', () => process.stdout.write('interrupted\n'));
process.stdout.write(`${postgres.url}\n`);
for await (const _ of process.stdin);
await postgres.stop();
